import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { Secret } from '../../../src/model/secret.ts';
import { parseDetectSecrets, parseGitleaksIgnore } from '../../../src/suppress/foreign/accepted-lists.ts';
import { makeFinding, makePlace } from '../findings.ts';

describe('.gitleaksignore', () => {
  const commit = 'ab'.repeat(20);
  const { accept, size, warnings } = parseGitleaksIgnore(
    `# why\r\n${commit}:src/a.ts:some-rule:12\nsrc/b c:d.ts:some-rule:3\nwhat is this\n`,
    'x/.gitleaksignore',
  );
  const finding = makeFinding('s');

  test('accepts a line of a path, in its commit when one is named', () => {
    expect(size).toBe(2);
    expect(accept(finding, makePlace('src/a.ts', 12, { commit }))).toBe('accepted in .gitleaksignore');
    expect(accept(finding, makePlace('src/b c:d.ts', 3))).toBeDefined();
    expect(accept(finding, makePlace('src/b c:d.ts', 3, { commit }))).toBeDefined();
  });

  test('nothing else', () => {
    expect(accept(finding, makePlace('src/a.ts', 12))).toBeUndefined();
    expect(accept(finding, makePlace('src/a.ts', 12, { commit: 'cd'.repeat(20) }))).toBeUndefined();
    expect(accept(finding, makePlace('src/a.ts', 13, { commit }))).toBeUndefined();
    expect(accept(finding, makePlace('src/b.ts', 3))).toBeUndefined();
  });

  test('a line that is no fingerprint is named', () => {
    expect(warnings).toEqual([
      '.gitleaksignore:4: not read: the line is no fingerprint (commit:path:rule:line)',
    ]);
  });
});

describe('detect-secrets baseline', () => {
  const sha1 = (text: string) => createHash('sha1').update(text).digest('hex');
  const entry = (text: string, rest = {}) => ({
    type: 'x',
    hashed_secret: sha1(text),
    line_number: 4,
    ...rest,
  });
  const { accept, size, warnings } = parseDetectSecrets(
    JSON.stringify({
      version: '1.5.0',
      filters_used: [{ path: 'detect_secrets.filters.regex.should_exclude_file', pattern: ['^a'] }],
      results: {
        'a.py': [entry('known'), entry('real', { is_secret: true }), entry('fake', { is_secret: false })],
        'k.pem': [entry('BEGIN RSA PRIVATE KEY')],
      },
    }),
    '.secrets.baseline',
  );

  test('accepts a secret by its hash, in its file', () => {
    expect(size).toBe(3);
    expect(accept(makeFinding('known', 'a.py'), makePlace('a.py', 99))).toBe('accepted in .secrets.baseline');
    expect(accept(makeFinding('fake', 'a.py'), makePlace('a.py'))).toBeDefined();
    const pem = makeFinding(`-----BEGIN ${'RSA PRIVATE'} KEY-----\nMII`, 'k.pem');
    expect(accept(pem, makePlace('k.pem'))).toBeDefined();
    const pair = makeFinding('x', 'a.py', { pair: { id: 'known', secret: Secret.of('x') } });
    expect(accept(pair, makePlace('a.py'))).toBeDefined();
  });

  test('neither elsewhere, nor one audited as real, nor one whose text is masked', () => {
    expect(accept(makeFinding('known', 'b.py'), makePlace('b.py'))).toBeUndefined();
    expect(accept(makeFinding('real', 'a.py'), makePlace('a.py'))).toBeUndefined();
    expect(
      accept({ ...makeFinding('known', 'a.py'), secret: Secret.masked('****') }, makePlace('a.py')),
    ).toBeUndefined();
  });

  test('what has no effect is named', () => {
    expect(warnings).toEqual([
      expect.stringContaining('1 entries that were audited as real'),
      expect.stringContaining('should_exclude_file ["^a"]'),
    ]);
  });

  test.each(['{', '{}', '[]'])('%s is none', (text) =>
    expect(() => parseDetectSecrets(text, 'b')).toThrow(/^b: /),
  );
});
