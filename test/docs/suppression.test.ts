import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { baseline } from '../../src/cli/baseline.ts';
import type { Command } from '../../src/cli/command.ts';
import { configCommand } from '../../src/cli/config.ts';
import { migrateCommand } from '../../src/cli/migrate.ts';
import { parseCommandLine } from '../../src/cli/parse.ts';
import { triage } from '../../src/cli/triage.ts';
import { builtInRules } from '../../src/rules/catalogue.ts';
import { loadRules } from '../../src/rules/load.ts';
import { findAllowance } from '../../src/suppress/allow-comments.ts';
import { parseBaseline } from '../../src/suppress/baseline.ts';
import { checkRuleIds, loadConfig } from '../../src/suppress/config.ts';
import { configSchema } from '../../src/suppress/config-schema.ts';

const pages = ['configuration', 'suppression'].map((name) => readFileSync(`docs/${name}.md`, 'utf8'));
const blocks = (page: string, language: string) =>
  [...page.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'))].map(([, text]) => text);

let root: string;
beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'unleak-docs-'))));
afterEach(() => rmSync(root, { recursive: true }));

describe('docs/configuration.md', () => {
  test('its example loads, and has every key', async () => {
    const [text] = blocks(pages[0], 'yaml');
    for (const folder of ['.git', 'team', 'unleak-rules']) mkdirSync(join(root, folder));
    writeFileSync(join(root, 'unleak.yaml'), text);
    writeFileSync(join(root, 'team/unleak.yaml'), '');
    writeFileSync(join(root, 'unleak-rules/a.yaml'), 'vendor: own\n');
    const config = await loadConfig({ cwd: root });
    expect(config.maxFileSize).toBe(10_000_000);
    expect(config.allow).toHaveLength(3);
    expect(loadRules([config.rules[1]], { own: true }).rules).toMatchObject([{ id: 'acme-deploy-key' }]);
    for (const key of Object.keys(configSchema.shape)) {
      if (key !== '$schema') expect(text).toMatch(new RegExp(`^${key}:`, 'm'));
    }
    const ids = [...builtInRules().map((rule) => rule.id), 'acme-deploy-key'];
    expect(() => checkRuleIds(config, ids)).not.toThrow();
    const conditions = Object.keys(configSchema.shape.allow.unwrap().element.shape);
    for (const key of conditions) expect(pages[0]).toContain(key);
  });
});

describe('docs/suppression.md', () => {
  test('both of its comments cover their match, and no other rule', () => {
    const lines = blocks(pages[1], 'python')[0].split('\n');
    const matches = lines.flatMap((line, index) => (line.startsWith('token') ? [index] : []));
    expect(matches).toHaveLength(2);
    for (const index of matches) {
      const at = { line: lines[index], before: lines[index - 1] };
      expect(findAllowance(at, 'github-personal-access-token')).toEqual({
        tag: 'unleak:allow',
        reason: 'revoked in 2024',
      });
      expect(findAllowance(at, 'npm-token')).toBeUndefined();
    }
  });

  test('its baseline is one', () => {
    expect(parseBaseline(blocks(pages[1], 'text')[0], 'docs').entries).toMatchObject([
      { rule: 'github-personal-access-token', path: 'test/fixtures/auth.ts', reason: 'revoked in 2024' },
    ]);
  });
});

test('every command line of both pages, and every example of the commands, is one that is understood', () => {
  const needs = { ruleIds: async () => [] };
  const commands: Command[] = [baseline, triage, configCommand(needs), migrateCommand(needs)];
  const lines = [
    ...pages.flatMap((page) => [...page.matchAll(/^ {4}(unleak .*)$/gm)].map(([, line]) => line)),
    ...commands.flatMap(({ examples }) => examples.map(([line]) => line)),
  ];
  let understood = 0;
  for (const part of lines.flatMap((line) => line.split(/ \| | && /))) {
    const [, name, rest] = /^unleak (\S+)(.*?)(?:\s+#.*)?$/.exec(part.trim())!;
    const command = commands.find((one) => one.name === name);
    if (!command) continue;
    const argv = [...rest.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain);
    expect(() => parseCommandLine(argv, command), part).not.toThrow();
    understood++;
  }
  expect(understood).toBeGreaterThan(10);
});
