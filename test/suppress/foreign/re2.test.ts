import { describe, expect, test } from 'vitest';
import { translateRe2 } from '../../../src/suppress/foreign/re2.ts';

/** What the pattern finds in a text, after translation. */
function find(re2: string, text: string, anchors: 'text' | 'line' = 'line'): string | undefined {
  const { pattern, caseless } = translateRe2(re2, { anchors });
  return new RegExp(pattern, caseless ? 'i' : '').exec(text)?.[0];
}

describe("RE2's syntax, as its manual defines it, keeps its meaning", () => {
  test.each([
    ['(?i)abc', 'xABcx', 'ABc'],
    ['a(?i)bc', 'ABC aBC', 'aBC'],
    ['a(?i:b)c', 'aBC aBc', 'aBc'],
    ['(?i)a(?-i:b)c', 'ABC AbC', 'AbC'],
    ['(?:a(?i)b|c)d', 'aBd', 'aBd'],
    ['(?:a(?i)b|c)d', 'aBD', undefined],
    ['(?i:[a-c]+)', 'AbC', 'AbC'],
    ['(?i:[^a]+)', 'Ab', 'b'],
    ['a.b', 'a\nb', undefined],
    ['(?s)a.b', 'a\nb', 'a\nb'],
    ['(?s:a.)b', 'a\nb', 'a\nb'],
    ['(?P<name>ab)c', 'abc', 'abc'],
    ['(?<name>ab)c', 'abc', 'abc'],
    ['\\Aab\\z', 'x\nab\ny', 'ab'],
    ['^ab$', 'xab', undefined],
    ['(?m)^b$', 'a\nb\nc', 'b'],
    ['[[:alpha:]]+', '12ab3', 'ab'],
    ['[[:xdigit:]_]+', 'xyAF_09', 'AF_09'],
    ['\\Qa.b\\E+', 'axb a.bb', 'a.bb'],
    ['[]a]+', 'b]a]', ']a]'],
    ['[^]a]+', ']ab]', 'b'],
    ['[a\\]b]+', 'x]ab', ']ab'],
    ['\\x41\\x{42}\\103', 'ABC', 'ABC'],
    ['\\pL+', '1ab2', 'ab'],
    ['\\p{Lu}+', 'abCD', 'CD'],
    ['a{,2}', 'aa a{,2}', 'a{,2}'],
    ['x*?y', 'xxy', 'xxy'],
    ['(?:a|[b\\r])+', 'xab\r', 'ab\r'],
    ['[\\w.-]+', 'a.b-c d', 'a.b-c'],
    ['a/b', 'a/b', 'a/b'],
    ['[\\d-]+', 'x1-2', '1-2'],
    ['k\\x60', 'k`', 'k`'],
  ])('%s on %j', (re2, text, found) => expect(find(re2, text)).toBe(found));
});

describe('what cannot be translated is refused with the reason', () => {
  test.each([
    ['(?U)a+', /flag U/],
    ['(a', /\( without a \)/],
    ['a)', /\) without a \(/],
    ['[a', /\[ without a \]/],
    ['(a)\\1', /refers back/],
    ['(?=a)b', /no RE2 syntax/],
    ['a**', /repeats a repetition/],
    ['*a', /repeats nothing/],
    ['\\p{Greek}', /class \\p\{Greek\} is not supported/],
    ['\\x{1F600}', /beyond Latin-1/],
    ['a\\', /ends in a backslash/],
    ['[[:^alpha:]]', /not supported/],
    ['a++', /possessive|repetition/],
  ])('%s', (re2, reason) => expect(() => translateRe2(re2, { anchors: 'line' })).toThrow(reason));
});

test('a repetition without an end is bounded, and the note says so', () => {
  expect(translateRe2('a+b*c{3,}d{2}', { anchors: 'line', bound: 9 })).toMatchObject({
    pattern: 'a{1,9}b{0,9}c{3,9}d{2}',
    notes: ['repetitions without an end are bounded to 9'],
  });
});

test('the secret is in the group that is asked for', () => {
  const { pattern } = translateRe2('(?:x)(a)(?P<n>b)', { anchors: 'line', secretGroup: 2 });
  expect(new RegExp(pattern).exec('xab')?.groups?.secret).toBe('b');
  expect(
    new RegExp(translateRe2('ab', { anchors: 'line', secretGroup: 0 }).pattern).exec('ab')?.groups?.secret,
  ).toBe('ab');
  expect(() => translateRe2('(a)', { anchors: 'line', secretGroup: 2 })).toThrow(/has 1 groups/);
});

test('rules match bytes, so an umlaut is its two', () => {
  expect(find('sch(?:ö)n', Buffer.from('schön').toString('latin1'))).toBeDefined();
  expect(find('schön', 'schön', 'text')).toBe('schön');
});
