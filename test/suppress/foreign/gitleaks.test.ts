import { describe, expect, test } from 'vitest';
import { loadRules } from '../../../src/rules/load.ts';
import { suppressFindings } from '../../../src/suppress/apply.ts';
import { emptyConfig } from '../../../src/suppress/config.ts';
import { translateGitleaks } from '../../../src/suppress/foreign/gitleaks.ts';
import { makeFinding } from '../findings.ts';

const translate = (text: string) => translateGitleaks(text, '.gitleaks.toml');
const load = (text: string) => {
  const { rules } = translate(text);
  return loadRules([{ name: 'r', text: JSON.stringify({ vendor: 'own', rules }) }], { own: true }).rules;
};
const RULE = `[[rules]]
id = "Acme_Token"
description = "Acme token"
regex = '''(?i)acme[_-]?key\\s*=\\s*"([a-z0-9]{20,})"'''
keywords = ["acme"]
entropy = 3.2
`;

test('a rule becomes a native one: bounded, with id, keyword, entropy and its secret', () => {
  const [rule] = load(RULE);
  expect(rule).toMatchObject({ id: 'acme-token', keywords: ['acme'], flags: 'i', checks: { entropy: 3.2 } });
  const found = new RegExp(rule.pattern, rule.flags).exec(`ACME-KEY = "${'ab1'.repeat(8)}"`);
  expect(found?.groups?.secret).toBe('ab1'.repeat(8));
});

test('secretGroup says where the secret is, and without one it is the first group or the whole', () => {
  const secretOf = (regex: string, text: string, rest = '') => {
    const [rule] = load(`[[rules]]\nid = "a"\nregex = '''${regex}'''\nkeywords = ["abc"]\n${rest}`);
    return new RegExp(rule.pattern, rule.flags).exec(text)?.groups?.secret;
  };
  expect(secretOf('abc(d)(e)', 'abcde', 'secretGroup = 2')).toBe('e');
  expect(secretOf('abc(d)(e)', 'abcde')).toBe('d');
  expect(secretOf('abcd', 'abcde')).toBe('abcd');
});

test('keywords that are missing or too short are taken from the pattern', () => {
  const keywords = (regex: string, given: string) =>
    load(`[[rules]]\nid = "a"\nregex = '''${regex}'''\nkeywords = ${given}`)[0].keywords;
  expect(keywords('(?:ghu|ghs)_[a-z]{9}', '[]')).toEqual(['ghu', 'ghs']);
  expect(keywords('[Aa][Cc][Mm][Ee]_[a-z]{9}', '["a"]')).toEqual(['acme_']);
  expect(translate(`[[rules]]\nid = "a"\nregex = "[a-z]{9}"`).notes).toMatchObject([
    { kind: 'changed' },
    { line: 3, kind: 'lost', text: expect.stringContaining('no fixed text to look for') },
  ]);
});

test('a rule that requires another looks for it nearby', () => {
  const rules = load(
    `${RULE}[[rules.required]]\nid = "acme-id"\nwithinLines = 5\n[[rules]]\nid = "acme-id"\nregex = "acme-id-[0-9]{4}"\nkeywords = ["acme-id-"]\nskipReport = true\n`,
  );
  expect(rules[0].checks.near).toEqual(['(?:acme-id-[0-9]{4})']);
  expect(rules[0].span.before).toBeGreaterThanOrEqual(600);
  expect(rules[1].part).toBe(true);
});

describe('what cannot be carried over is explained with its line', () => {
  test.each([
    ['[[rules]]\nid = "a"\npath = "\\\\.p12$"', 1, /file names alone/],
    ['[[rules]]\nid = "a"\nregex = "key(a+)+$"\nkeywords=["key"]', 3, /exponentially/],
    ['[[rules]]\nid = "a"\nregex = "(?U)key.+"\nkeywords=["key"]', 3, /flag U/],
    ['title = "x"\n[weird]\na = 1', 2, /weird: not supported/],
    ['[allowlist]\nregexes = ["""\n[a]\n"""]\nstopword = ["a"]', 5, /stopword: not supported/],
    ['[allowlist]\npaths = [\n  "a(",\n]', 2, /a\(: it has a \( without/],
    [
      '[[allowlists]]\ncondition = "AND"\npaths = ["a"]\nregexTarget = "line"\nregexes = ["b"]',
      2,
      /condition AND of a line/,
    ],
  ])('%j', (text, line, message) => {
    const lost = translate(text).notes.filter(({ kind }) => kind === 'lost');
    expect(lost).toMatchObject([{ text: expect.stringMatching(message) }]);
    expect(lost[0].line).toBe(line);
  });

  test('text that is no TOML, or another TOML', () => {
    expect(() => translate('a = [')).toThrow(/^\.gitleaks\.toml:\d+: /);
    expect(() => translate('title = "x"\nrules = "none"')).toThrow(
      /^\.gitleaks\.toml:2: rules: expected array/,
    );
  });
});

describe('allowlists suppress what they did', () => {
  const kept = (toml: string, finding = makeFinding('abcEXAMPLE1', 'test/a.py')) => {
    const config = { ...emptyConfig('/r'), allow: translate(toml).allow };
    return suppressFindings([finding], { config }).kept.length;
  };
  test.each([
    ["[allowlist]\npaths = ['''^test/''']", 0],
    ["[allowlist]\npaths = ['''^src/''']", 1],
    ["[allowlist]\nregexes = ['''EXAMPLE''']", 0],
    ["[allowlist]\nregexes = ['''(?i)example\\d$''']", 0],
    ["[allowlist]\nregexes = ['''example''']", 1],
    ['[allowlist]\nstopwords = ["example"]', 0],
    ['[[allowlists]]\nstopwords = ["other"]\npaths = ["^test/"]', 0],
    ['[[allowlists]]\ncondition = "AND"\nstopwords = ["other"]\npaths = ["^test/"]', 1],
    ['[[allowlists]]\ncondition = "AND"\nstopwords = ["example"]\npaths = ["^test/"]', 0],
    ['[[allowlists]]\ntargetRules = ["generic-token"]\npaths = ["^test/"]', 0],
    ['[[allowlists]]\ntargetRules = ["other"]\npaths = ["^test/"]', 1],
    ['[[rules]]\nid = "generic-token"\n[[rules.allowlists]]\npaths = ["^test/"]', 0],
    ['[[rules]]\nid = "generic-token"\n[rules.allowlist]\npaths = ["^test/"]', 0],
    ['[[rules]]\nid = "other"\n[rules.allowlist]\npaths = ["^test/"]', 1],
  ])('%j keeps %d', (toml, count) => expect(kept(toml)).toBe(count));

  test('a pattern for the line or the match becomes one for the line, without the ends of the match', () => {
    const [allowance] = translate('[allowlist]\nregexTarget = "match"\nregexes = ["^key=a$"]').allow;
    expect(allowance).toMatchObject({ linePattern: 'key=a' });
  });

  test('a list of a thousand words is split into patterns that are not refused', () => {
    const words = Array.from({ length: 1000 }, (_, i) => `word${i}x`);
    const toml = `[[allowlists]]\ncondition = "AND"\npaths = ["^test/"]\nstopwords = ${JSON.stringify(words)}`;
    expect(translate(toml).notes).toEqual([]);
    expect(translate(toml).allow.length).toBeLessThan(50);
    for (const word of ['word0x', 'WORD999X'])
      expect(kept(toml, makeFinding(`a-${word}`, 'test/a.py')), word).toBe(0);
    expect(kept(toml, makeFinding('a-word0x', 'src/a.py'))).toBe(1);
    expect(kept(toml, makeFinding('a-word', 'test/a.py'))).toBe(1);
  });

  test('commits', () => {
    expect(translate(`[allowlist]\ncommits = ["${'a'.repeat(40)}"]`).allow).toMatchObject([
      { commit: 'a'.repeat(40) },
    ]);
  });
});
