import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { UserError } from '../../src/model/errors.ts';
import { loadRules } from '../../src/rules/load.ts';
import { checkRuleIds, loadConfig } from '../../src/suppress/config.ts';
import { configJsonSchema } from '../../src/suppress/config-schema.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'unleak-config-'));
  mkdirSync(join(root, '.git'));
});
afterEach(() => rmSync(root, { recursive: true }));

function write(files: Record<string, string>) {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
}

describe('the nearest configuration is found', () => {
  test.each([
    ['unleak.yaml', 'min-confidence: high'],
    ['.unleak.yaml', 'min-confidence: high'],
    ['unleak.config.json', '{"min-confidence": "high"}'],
    ['package.json', '{"name": "x", "unleak": {"min-confidence": "high"}}'],
  ])('in %s, from a folder below', async (name, text) => {
    write({ [name]: text, 'a/b/c.txt': '' });
    const config = await loadConfig({ cwd: join(root, 'a/b') });
    expect(config).toMatchObject({
      minConfidence: 'high',
      base: root,
      files: [join(root, name)],
      trusted: false,
    });
  });

  test('the nearer one wins over the one at the root', async () => {
    write({ 'unleak.yaml': 'min-confidence: high', 'a/unleak.yaml': 'min-confidence: low' });
    expect((await loadConfig({ cwd: join(root, 'a') })).minConfidence).toBe('low');
  });

  test('never above the root of the repository', async () => {
    write({ 'unleak.yaml': 'min-confidence: high', 'inner/.git/HEAD': '', 'inner/a/b': '' });
    expect((await loadConfig({ cwd: join(root, 'inner/a') })).files).toEqual([]);
  });

  test('a package.json of other people, even a broken one, is none', async () => {
    write({ 'package.json': '{"name": "unleak" ' });
    expect((await loadConfig({ cwd: root })).files).toEqual([]);
  });

  test('two in one folder contradict each other', async () => {
    write({ 'unleak.yaml': '', '.unleak.yaml': '' });
    await expect(loadConfig({ cwd: root })).rejects.toThrow(/two configurations: .*keep one/);
  });

  test('--no-repo-config finds none, --config takes the file it names and trusts it', async () => {
    write({ 'unleak.yaml': 'min-confidence: high', 'other.yaml': 'min-confidence: medium' });
    expect((await loadConfig({ cwd: root, ignoreRepository: true })).minConfidence).toBeUndefined();
    expect(await loadConfig({ cwd: root, file: 'other.yaml' })).toMatchObject({
      minConfidence: 'medium',
      trusted: true,
    });
    await expect(loadConfig({ cwd: root, file: 'none.yaml' })).rejects.toThrow('none.yaml: no such file');
  });
});

test('extends builds on other files: values replace, lists grow, each remembers where it came from', async () => {
  write({
    'unleak.yaml': 'extends: [shared/a.yaml, shared/b.yaml]\nseverity:\n  x: low\nexclude: [three]\n',
    'shared/a.yaml': 'min-confidence: low\nexclude: [one]\nbaseline: base\nseverity: { x: high, y: high }\n',
    'shared/b.yaml': 'min-confidence: high\nexclude: [two]\n',
  });
  const config = await loadConfig({ cwd: root });
  expect(config).toMatchObject({
    minConfidence: 'high',
    exclude: ['one', 'two', 'three'],
    baseline: join(root, 'shared/base'),
    severity: { x: 'low', y: 'high' },
  });
  expect(config.origins).toMatchObject({
    'min-confidence': 'shared/b.yaml:1',
    'exclude[2]': 'unleak.yaml:4',
    'severity.x': 'unleak.yaml:3',
  });
});

test('files that extend each other in a circle are an error', async () => {
  write({ 'unleak.yaml': 'extends: a.yaml', 'a.yaml': 'extends: unleak.yaml' });
  await expect(loadConfig({ cwd: root })).rejects.toThrow(/circle: break it/);
});

describe('a mistake is named with its line and the mend', () => {
  test.each([
    ['exclud: [a]', 'unleak.yaml:1: unknown key exclud: did you mean exclude?'],
    [
      'exclude: []\npaths:\n  - match: [a]\n    rule-off: [x]',
      'unleak.yaml:4: unknown key rule-off: did you mean rules-off?',
    ],
    [
      'allow:\n  - path: a\n    reasn: b',
      'unleak.yaml:2: allow[1].reason: expected string, received undefined',
    ],
    ['min-confidence: hihg', 'unleak.yaml:1: min-confidence: it takes one of low, medium, high'],
    [
      'severity:\n  a-rule: urgent',
      'unleak.yaml:2: severity.a-rule: it takes one of info, low, medium, high, critical',
    ],
    [
      'max-file-size: much',
      'unleak.yaml:1: max-file-size: a size is a number of bytes, or such as 500KB, 10MB, 1GiB',
    ],
    ['allow:\n  - rule: a\n    reason: b', /unleak.yaml:2: allow\[1\]: it needs path, .* use rules-off/],
    [
      'allow:\n  - secret-pattern: "(a+)+$"\n    reason: b',
      /unleak.yaml:2: allow\[1\].secret-pattern: pattern .* is refused: .*exponentially/,
    ],
    ['exclude: ["a*b*c*d*e*f*g"]', /exclude\[1\]: glob .* is refused: .*more than 4 stars/],
    ['exclude: [a\nb: c', /^unleak.yaml:\d: /],
    ['a: &a [x]\nb: [*c]', /^unleak.yaml:2: /],
    ['- a', /^unleak.yaml:1: expected object/],
    ['verify: { deny-accounts: [123] }', /deny-accounts/],
  ])('%j', async (text, message) => {
    write({ 'unleak.yaml': text });
    const failed = loadConfig({ cwd: root });
    await expect(failed).rejects.toThrow(UserError);
    await expect(failed).rejects.toThrow(message);
  });

  test('in package.json too', async () => {
    write({ 'package.json': '{\n  "name": "x",\n  "unleak": {\n    "exclde": []\n  }\n}' });
    await expect(loadConfig({ cwd: root })).rejects.toThrow(
      'package.json:4: unknown key exclde: did you mean exclude?',
    );
  });

  test('aliases that unfold without end are refused', async () => {
    const bomb = ['a: &a [x,x,x,x,x,x,x,x,x,x]'];
    for (let i = 1; i < 9; i++) {
      const [letter, before] = [String.fromCharCode(97 + i), String.fromCharCode(96 + i)];
      bomb.push(`${letter}: &${letter} [${`*${before},`.repeat(9)}*${before}]`);
    }
    write({ 'unleak.yaml': bomb.join('\n') });
    await expect(loadConfig({ cwd: root })).rejects.toThrow(/alias/i);
  });
});

describe('own rules', () => {
  const rule = {
    id: 'acme-key',
    title: 'Acme key',
    severity: 'high',
    confidence: 'high',
    keywords: ['acme_'],
    pattern: '(?<secret>acme_[a-z]{9})',
  };

  test('are read from the configuration and from files beside it', async () => {
    write({
      'unleak.yaml': `rules:\n  - rules/*.yaml\n  - ${JSON.stringify(rule)}\n`,
      'rules/own.yaml': JSON.stringify({ vendor: 'acme', rules: [{ ...rule, id: 'acme-other' }] }),
    });
    const { rules } = await loadConfig({ cwd: root });
    expect(loadRules(rules, { own: true }).rules.map(({ id }) => id)).toEqual(['acme-other', 'acme-key']);
  });

  test('a mistake in one is named with its place', async () => {
    write({ 'unleak.yaml': `rules:\n  - ${JSON.stringify({ ...rule, patern: 'x' })}\n` });
    const { rules } = await loadConfig({ cwd: root });
    expect(() => loadRules(rules, { own: true })).toThrow(
      /^unleak.yaml:2: unknown key patern: did you mean pattern/,
    );
  });

  test('a pattern of files that matches none is an error', async () => {
    write({ 'unleak.yaml': 'rules: [none/*.yaml]' });
    await expect(loadConfig({ cwd: root })).rejects.toThrow(/unleak.yaml:1: no file matches none/);
  });
});

describe('settings of one file that undo each other are refused with both places', () => {
  test.each([
    [
      'rules-off: [a-key]\nseverity:\n  a-key: low',
      'unleak.yaml:1: rule a-key is off, and unleak.yaml:3 gives it a severity: keep one of them',
    ],
    [
      "verify:\n  allow-accounts: ['111122223333']\n  deny-accounts:\n    - '111122223333'",
      'unleak.yaml:2: account 111122223333 is denied at unleak.yaml:4: keep one of them',
    ],
    [
      'paths:\n  - match: [a]\n    exclude: true\n    min-confidence: low',
      'unleak.yaml:4: min-confidence for paths that exclude leaves out: keep one of them',
    ],
  ])('%j', async (text, message) => {
    write({ 'unleak.yaml': text });
    await expect(loadConfig({ cwd: root })).rejects.toThrow(message);
  });

  test('but not what a file says against one that it extends', async () => {
    write({ 'unleak.yaml': 'extends: base.yaml\nrules-off: [a-key]', 'base.yaml': 'severity: {a-key: low}' });
    expect((await loadConfig({ cwd: root })).rulesOff).toEqual(['a-key']);
  });
});

test('a rule id that no rule has is an error that names the nearest', async () => {
  write({ 'unleak.yaml': 'rules-off:\n  - github-pat\n  - githb-token\n' });
  const config = await loadConfig({ cwd: root });
  expect(() => checkRuleIds(config, ['github-pat', 'github-token'])).toThrow(
    'unleak.yaml:3: no rule is called githb-token: did you mean github-token?',
  );
  expect(() => checkRuleIds(config, ['github-pat', 'githb-token'])).not.toThrow();
});

test('the published schema is the one that is enforced', async () => {
  await expect(`${JSON.stringify(configJsonSchema(), null, 2)}\n`).toMatchFileSnapshot(
    '../../docs/config.schema.json',
  );
});
