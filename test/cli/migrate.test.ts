import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { configCommand } from '../../src/cli/config.ts';
import { migrateCommand } from '../../src/cli/migrate.ts';
import { loadRules } from '../../src/rules/load.ts';
import { loadConfig } from '../../src/suppress/config.ts';
import { run } from './run.ts';

const needs = { ruleIds: async () => ['github-pat', 'npm-token'] };
const migrate = migrateCommand(needs);
let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'unleak-migrate-'));
  mkdirSync(join(root, '.git'));
});
afterEach(() => rmSync(root, { recursive: true }));
const write = (name: string, text: string) => writeFileSync(join(root, name), text);

const GITLEAKS = `
[extend]
useDefault = true
disabledRules = ["github-pat", "unheard-of"]

[[rules]]
id = "acme-token"
description = "Acme token"
regex = '''acme_([a-z0-9]{20,})'''
keywords = ["acme_"]

[[rules]]
id = "npm-token"
regex = '''own_npm_[a-z]{9}'''
keywords = ["own_npm_"]

[[rules]]
id = "p12"
path = '''\\.p12$'''

[[allowlists]]
description = "samples"
paths = ['''^samples/''']

[[allowlists]]
targetRules = ["elsewhere"]
regexes = ["x"]
`;

test('the native files load, and all that was left out is listed with its line', async () => {
  write('.gitleaks.toml', GITLEAKS);
  write('.gitleaksignore', 'a.ts:some-rule:3\n');
  write('.secrets.baseline', '{"results": {}}');
  const { code, stdout } = await run(migrate, [], root);
  expect(code).toBe(0);
  expect(stdout).toContain(
    'Wrote unleak.yaml and unleak-rules.yaml: 2 rules, 1 allowance, 1 accepted finding.',
  );
  expect(stdout.slice(stdout.indexOf('Not carried over')).split('\n').slice(1)).toEqual([
    '  .gitleaks.toml:17: rule p12: it looks at file names alone, and unleak looks at what files hold',
    '  .gitleaks.toml:4: its disabled rule unheard-of: no rule is called so here',
    '  .gitleaks.toml:25: its allowance for rule elsewhere: no rule is called so here',
    '',
  ]);
  const config = await loadConfig({ cwd: root });
  expect(config).toMatchObject({
    rulesOff: ['github-pat'],
    allow: [{ pathPattern: '^samples\\/', reason: 'samples' }],
    foreignTools: ['detect-secrets', 'gitleaks'],
    foreignBaselines: [join(root, '.gitleaksignore'), join(root, '.secrets.baseline')],
  });
  expect(loadRules(config.rules, { own: true }).rules.map(({ id }) => id)).toEqual([
    'acme-token',
    'own-npm-token',
  ]);
  expect((await run(configCommand(needs), ['check'], root)).code).toBe(0);
});

test('--dry-run prints the files and writes none', async () => {
  write('gitleaks.toml', GITLEAKS);
  const { stdout, stderr } = await run(migrate, ['--dry-run'], root);
  expect(stdout).toMatch(/# unleak.yaml\n[\s\S]*# unleak-rules.yaml\n/);
  expect(stderr).toContain('Would write');
  expect(existsSync(join(root, 'unleak.yaml'))).toBe(false);
});

test('what exists is not overwritten unless forced', async () => {
  write('.gitleaksignore', 'a.ts:some-rule:3\n');
  write('unleak.yaml', 'exclude: [a]\n');
  await expect(run(migrate, [], root)).rejects.toThrow('unleak.yaml exists already: --force overwrites');
  await run(migrate, ['--force'], root);
  expect(readFileSync(join(root, 'unleak.yaml'), 'utf8')).toContain('.gitleaksignore');
});

test('nothing to migrate is an error that names what is looked for', async () => {
  await expect(run(migrate, [], root)).rejects.toThrow(/none of \.gitleaks\.toml, .* is here/);
  await expect(run(migrate, ['none.toml'], root)).rejects.toThrow('none.toml: no such file');
});
