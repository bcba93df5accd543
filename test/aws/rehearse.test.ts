import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';

it('npm run rehearse -- --auto shows a whole response, and no secret', () => {
  const output = execFileSync(process.execPath, ['build/rehearse.mjs', '--auto'], {
    cwd: resolve(import.meta.dirname, '../..'),
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  expect(output.match(/\(exit code \d\)/g)).toEqual([
    '(exit code 0)',
    '(exit code 0)',
    '(exit code 0)',
    '(exit code 0)',
    '(exit code 0)',
    '(exit code 1)',
  ]);
  expect(output).toContain('Owner        user deploy');
  expect(output).toContain('is dead: AWS refuses it');
  expect(output).toContain('all links hold');
  expect(output).not.toMatch(/(?<![A-Za-z0-9+/=])[A-Za-z0-9+/]{40}(?![A-Za-z0-9+/=])/);
});
