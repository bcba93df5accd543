import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { rules } from '../../src/cli/rules.ts';
import { scan } from '../../src/cli/scan.ts';
import { expandTemplate } from '../../src/rules/templates.ts';
import { run } from './run.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'unleak-services-'));
  writeFileSync(join(folder, 'app.conf'), expandTemplate('ABYSSALE_API_KEY={base62:40}\n', 5));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function find(...argv: string[]) {
  const { stdout } = await run(scan, ['.', '--format', 'json', ...argv], folder);
  return JSON.parse(stdout) as {
    scan: { rules: number; suppressed: { config: number } };
    findings: Record<string, string>[];
  };
}

describe('a service is a rule like the others', () => {
  test('in a report', async () => {
    const { findings } = await find();
    expect(findings).toMatchObject([
      { rule: 'abyssale-api-key', vendor: 'Abyssale', title: 'Abyssale API key', severity: 'medium' },
    ]);
  });

  test('in SARIF, with its page and its cure', async () => {
    const { stdout } = await run(scan, ['.', '--format', 'sarif'], folder);
    const [rule] = JSON.parse(stdout).runs[0].tool.driver.rules;
    expect(rule).toMatchObject({ id: 'abyssale-api-key', helpUri: 'https://developers.abyssale.com' });
    expect(rule.help.text).toContain('Revoke the API key in the Abyssale account');
  });

  test('for --rule and --no-rule', async () => {
    const only = await find('--rule', 'abyssale-api-key');
    expect(only.findings.map(({ rule }) => rule)).toEqual(['abyssale-api-key']);
    const other = await find('--rule', 'bannerbear-api-key');
    expect(other.findings).toEqual([]);
    const generic = await find('--rule', 'generic-secret');
    expect(generic.findings.map(({ rule }) => rule)).toEqual(['generic-secret']);
    const without = await find('--no-rule', 'abyssale-api-key');
    expect(without.findings.map(({ rule }) => rule)).toEqual(['generic-secret']);
    const neither = await find('--no-rule', 'generic-secret');
    expect(neither.findings).toEqual([]);
    await expect(find('--rule', 'abysale-api-key')).rejects.toThrow('did you mean abyssale-api-key?');
  });

  test('for severity and rules-off of a configuration', async () => {
    writeFileSync(join(folder, 'unleak.yaml'), 'severity: { abyssale-api-key: critical }\n');
    expect((await find()).findings).toMatchObject([{ severity: 'critical' }]);
    writeFileSync(join(folder, 'unleak.yaml'), 'rules-off: [abyssale-api-key]\n');
    expect(await find()).toMatchObject({ scan: { suppressed: { config: 1 } } });
    writeFileSync(join(folder, 'unleak.yaml'), 'rules-off: [abysale-api-key]\n');
    await expect(find()).rejects.toThrow('did you mean abyssale-api-key?');
  });

  test('for rules list and show', async () => {
    const list = await run(rules, ['list', '--format', 'json'], folder);
    const entries: { id: string; vendor: string }[] = JSON.parse(list.stdout);
    expect(entries.find(({ id }) => id === 'abyssale-api-key')).toMatchObject({ vendor: 'Abyssale' });
    expect((await find()).scan.rules).toBe(entries.length);
    const shown = await run(rules, ['show', 'abyssale-api-key'], folder);
    expect(shown.stdout).toMatch(/^ {2}names {4}abyssale$/m);
    expect(shown.stdout).toMatch(/^ {2}docs {5}https:\/\/developers\.abyssale\.com$/m);
  });
});
