import { expect, it } from 'vitest';
import { roleOf } from '../../../src/engine/checks/file-role.ts';
import { wordness } from '../../../src/engine/checks/words.ts';

it('tells words and identifiers from random letters', () => {
  for (const word of ['password', 'authentication', 'getUserName', 'my-application-secret', 'DATABASE_HOST'])
    expect(wordness(word), word).toBeGreaterThan(0.5);
  for (const noise of ['xkqzvwpj', 'QZJXKVWB', 'bvzqtxkd', 'tkwzgqxh'])
    expect(wordness(noise), noise).toBeLessThan(-0.5);
  expect(wordness('12345')).toBe(0);
});

it.each([
  ['src/app.ts', 'code', false, false],
  ['spec/models/user_spec.rb', 'code', true, false],
  ['test/fixtures/users.yml', 'config', true, false],
  ['docs/guide.md', 'text', false, true],
  ['README.md', 'text', false, true],
  ['.env.example', 'config', false, true],
  ['deploy/run.sh', 'shell', false, false],
  ['Dockerfile', 'shell', false, false],
  ['contest/latest.py', 'code', false, false],
])('%s is %s', (path, kind, test, example) => {
  expect(roleOf(path)).toEqual({ kind, test, example });
});
