import { describe, expect, test } from 'vitest';
import { FOREIGN_TOOLS, findAllowance } from '../../src/suppress/allow-comments.ts';

const code = 'token = "x"';

describe('a tag on the line of the match covers it, in every comment syntax', () => {
  test.each([
    `${code}  # unleak:allow`,
    `${code}; // unleak:allow`,
    `${code} /* unleak:allow */`,
    `<a key="x"/> <!-- unleak:allow -->`,
    `${code} -- unleak:allow`,
    `${code} ; unleak:allow`,
    `${code} % unleak:allow`,
    `{- unleak:allow -} ${code}`,
    `${code} {# unleak:allow #}`,
    `${code} <%# unleak:allow %>`,
    `${code} ' unleak:allow`,
    `${code} (* unleak:allow *)`,
    `{"key": "x", "_comment": "unleak:allow"}`,
    `set key=x & REM unleak:allow`,
    `${code} --unleak:allow`,
    `${code} #unleak:allow`,
  ])('%s', (line) => expect(findAllowance({ line }, 'any-rule')).toEqual({ tag: 'unleak:allow' }));
});

describe('a comment with a line to itself reaches the next line', () => {
  test.each([
    '# unleak:allow',
    '   // unleak:allow',
    '\t/* unleak:allow */',
    '<!-- unleak:allow -->',
    '-- unleak:allow',
    '; unleak:allow',
    '(* unleak:allow *)',
    'REM unleak:allow',
    '@rem unleak:allow',
    ':: unleak:allow',
    'dnl unleak:allow',
    '{{!-- unleak:allow --}}',
    '{/* unleak:allow */}',
    '/* unleak:allow -- sample value */',
    "' unleak:allow",
  ])('%s', (before) => expect(findAllowance({ line: code, before }, 'any-rule')).toBeDefined());
});

describe('a tag beside code, or inside other words, does not reach the next line', () => {
  test.each([
    `${code} # unleak:allow`,
    '/* unleak:allow */ other = 1',
    '/* unleak:allow -- sample */ other = 1',
    '#define KEY "y" // unleak:allow',
    '"_comment": "unleak:allow",',
    '# see the manual about unleak:allow',
  ])('%s', (before) => expect(findAllowance({ line: code, before }, 'any-rule')).toBeUndefined());
});

test('a named rule covers its own matches alone', () => {
  const line = `${code} # unleak:allow github-pat, npm-token -- revoked in 2024`;
  const allowance = { tag: 'unleak:allow', reason: 'revoked in 2024' };
  expect(findAllowance({ line }, 'github-pat')).toEqual(allowance);
  expect(findAllowance({ line }, 'npm-token')).toEqual(allowance);
  expect(findAllowance({ line }, 'github')).toBeUndefined();
  expect(findAllowance({ line: code, before: '# unleak:allow npm-token' }, 'github-pat')).toBeUndefined();
});

test('two tags in a line each keep their own reason', () => {
  const line = `${code} # unleak:allow a-rule -- first, unleak:allow b-rule -- second`;
  expect(findAllowance({ line }, 'a-rule')?.reason).toBe('first,');
  expect(findAllowance({ line }, 'b-rule')?.reason).toBe('second');
});

test('the end of a comment is no part of the reason', () => {
  for (const line of [
    '/* unleak:allow -- a sample */',
    '<!-- unleak:allow -- a sample -->',
    '{# unleak:allow -- a sample #}',
  ])
    expect(findAllowance({ line }, 'r')?.reason).toBe('a sample');
});

test.each(['unleak:allowed', 'my-unleak:allow', 'unleak:allow-list', 'unleak: allow', 'unleak:allow:x'])(
  '%s is another word',
  (word) => expect(findAllowance({ line: `${code} # ${word}` }, 'r')).toBeUndefined(),
);

describe("another tool's tag covers nothing until its tool is named", () => {
  test.each([
    ['gitleaks', '# gitleaks:allow'],
    ['betterleaks', '# betterleaks:allow'],
    ['trufflehog', '// trufflehog:ignore'],
    ['kingfisher', '# kingfisher:ignore'],
    ['ggshield', '# ggignore'],
    ['detect-secrets', '# pragma: allowlist secret'],
    ['detect-secrets', '# pragma: whitelist secret'],
    ['secretlint', '// secretlint-disable-line'],
    ['bandit', '# nosec B105'],
    ['ruff', '# noqa: E501, S105'],
    ['ruff', '# noqa: secret'],
  ] as const)('%s: %s', (tool, tag) => {
    const line = `${code} ${tag}`;
    expect(findAllowance({ line }, 'r')).toBeUndefined();
    expect(
      findAllowance(
        { line },
        'r',
        FOREIGN_TOOLS.filter((other) => other !== tool),
      ),
    ).toBeUndefined();
    expect(findAllowance({ line }, 'r', [tool])).toBeDefined();
    expect(findAllowance({ line: code, before: line }, 'r', [tool])).toBeUndefined();
  });

  test.each([
    ['detect-secrets', '# pragma: allowlist nextline secret'],
    ['secretlint', '// secretlint-disable-next-line'],
  ] as const)('%s: %s covers the line after it', (tool, before) => {
    expect(findAllowance({ line: code, before }, 'r', [tool])).toBeDefined();
    expect(findAllowance({ line: before }, 'r', [tool])).toBeUndefined();
  });
});

test('a line of a million characters is read in linear time', () => {
  const line = `${'unleak:allow '.repeat(80_000)}${' '.repeat(100_000)}`;
  expect(findAllowance({ line, before: line }, 'r')).toBeDefined();
});
