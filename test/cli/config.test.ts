import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { configCommand } from '../../src/cli/config.ts';
import { loadConfig } from '../../src/suppress/config.ts';
import { configSchema } from '../../src/suppress/config-schema.ts';
import { STARTER_CONFIG } from '../../src/suppress/starter-config.ts';
import { run } from './run.ts';

const config = configCommand({ ruleIds: async () => ['github-pat', 'npm-token'] });
let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'unleak-config-'));
  mkdirSync(join(root, '.git'));
});
afterEach(() => rmSync(root, { recursive: true }));
const write = (name: string, text: string) => writeFileSync(join(root, name), text);

test('show tells what is in force and where each setting came from', async () => {
  write(
    'unleak.yaml',
    'extends: base.yaml\nmin-confidence: high\nallow:\n  - path: a/**\n    reason: samples\n',
  );
  write('base.yaml', 'exclude: [vendor/]\nseverity: { npm-token: low }\n');
  const { stdout, code } = await run(config, ['show'], root);
  expect(code).toBe(0);
  const lines = stdout.split('\n').map((line) => line.replace(/\s+#/, ' #'));
  expect(lines).toEqual([
    '# files: unleak.yaml, base.yaml'.replace(/^/, ''),
    'min-confidence: high # unleak.yaml:2',
    'baseline: .unleak-baseline # default',
    'exclude: vendor/ # base.yaml:1',
    'severity.npm-token: low # base.yaml:2',
    'allow: path a/** -- samples # unleak.yaml:4',
    '',
  ]);
});

test('show without a configuration says so', async () => {
  expect((await run(config, ['show'], root)).stdout).toContain('# files: none found');
});

describe('check reads all that the configuration names', () => {
  test('fine', async () => {
    write('unleak.yaml', 'rules-off: [github-pat]\nread-foreign-baselines: [.gitleaksignore]\n');
    write('.gitleaksignore', 'a:b:1\n');
    const { code, stdout } = await run(config, ['check'], root);
    expect([code, stdout]).toEqual([
      0,
      'unleak.yaml: fine (0 own rules, 0 allowances, 0 accepted findings)\n',
    ]);
  });

  const rule = (pattern: string, id = 'own-rule') =>
    `rules:\n  - ${JSON.stringify({ id, title: 'x', severity: 'high', confidence: 'high', keywords: ['acme'], pattern })}\n`;
  test.each([
    ['rules-off: [githb-pat]', 'unleak.yaml:1: no rule is called githb-pat: did you mean github-pat?'],
    ['baseline: none', 'unleak.yaml:1: no such baseline: unleak baseline add makes one'],
    ['read-foreign-baselines: [none]', /none: no such file/],
    [rule('acme(?<secret>(?:a|a){1,90})b'), /rule own-rule: its pattern is refused: .*exponentially/],
    [rule('acme(?<secret>a+)'), /unleak.yaml:2: rule own-rule: its pattern is unbounded/],
    [rule('acme(?<secret>a)', 'npm-token'), 'unleak.yaml:2: rule npm-token is built in: choose another id'],
    ['extends: none.toml', /none.toml: no such file/],
  ])('%j', async (text, message) => {
    write('unleak.yaml', text);
    await expect(run(config, ['check'], root)).rejects.toThrow(message);
  });

  test('a .gitleaks.toml that it extends, with what it leaves out', async () => {
    write('unleak.yaml', 'extends: .gitleaks.toml\n');
    write(
      '.gitleaks.toml',
      '[extend]\ndisabledRules = ["some-rule"]\n[[rules]]\nid = "f"\npath = "x"\n[allowlist]\npaths = ["^a/"]\n',
    );
    const { stdout, stderr } = await run(config, ['check'], root);
    expect(stdout).toContain('1 allowance');
    expect(stderr).toBe(
      '.gitleaks.toml:3: not read: rule f: it looks at file names alone, and unleak looks at what files hold\n',
    );
  });
});

describe('init', () => {
  test('writes a configuration that is fine, and never over another', async () => {
    await run(config, ['init'], root);
    expect((await run(config, ['check'], root)).stdout).toContain('unleak.yaml: fine');
    await expect(run(config, ['init'], root)).rejects.toThrow('exists already');
  });

  test('names every key, each with an example that is valid', async () => {
    write('unleak.yaml', STARTER_CONFIG.replace(/^# (?=[a-z -]+:(?: |$)| {2,})(?!yaml-lang)/gm, ''));
    for (const name of ['.gitleaksignore', '.secrets.baseline']) write(name, '');
    mkdirSync(join(root, 'unleak-rules'));
    write('unleak-rules/a.yaml', 'vendor: own\nrules: []\n');
    await loadConfig({ cwd: root });
    const keys = Object.keys(configSchema.shape).filter(
      (key) => !['$schema', 'extends', 'baseline'].includes(key),
    );
    for (const key of keys)
      expect(readFileSync(join(root, 'unleak.yaml'), 'utf8')).toMatch(new RegExp(`^${key}:`, 'm'));
  });
});

test('a misspelt action names the nearest', async () => {
  await expect(run(config, ['shwo'], root)).rejects.toThrow('did you mean show?');
});
