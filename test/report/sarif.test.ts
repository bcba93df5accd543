import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { describe, expect, test } from 'vitest';
import { buildManyFindings, buildReport, HOSTILE_PATH } from './fixture.ts';
import { render } from './render.ts';

// biome-ignore lint/suspicious/noExplicitAny: foreign JSON, checked by its own schema
type Json = any;

describe('SARIF report', () => {
  test('looks like its golden file', async () => {
    await expect(`${JSON.stringify(await sarif(), null, 2)}\n`).toMatchFileSnapshot(
      '../golden/report/report.sarif',
    );
  });

  test.each([
    ['of varied findings', buildReport()],
    ['of many findings', { ...buildReport(), findings: buildManyFindings(500) }],
    ['without findings', { ...buildReport(), findings: [] }],
  ])('%s is valid against the official schema', async (_, report) => {
    const validate = loadSchema();
    validate(await sarif(report));
    expect(validate.errors).toBeNull();
  });

  test('the official schema does refuse a result without a message', async () => {
    const log = await sarif();
    delete log.runs[0].results[0].message;
    expect(loadSchema()(log)).toBe(false);
  });

  test('a finding that moved to another line and file keeps its fingerprint', async () => {
    const report = buildReport();
    const before = (await sarif(report)).runs[0].results[2].partialFingerprints;
    Object.assign(report.findings[2].places[0], { path: 'moved.yml', line: 99, endLine: 99 });
    expect((await sarif(report)).runs[0].results[2].partialFingerprints).toEqual(before);
  });

  test('every place of a finding is named, the one in HEAD first', async () => {
    const [result] = (await sarif()).runs[0].results;
    expect(uri(result.locations[0])).toBe('config/prod.env');
    expect(result.relatedLocations.map(uri)).toEqual([
      'deploy/old.sh',
      ...[0, 1, 2, 3, 4, 5, 6].map((index) => `backup/${index}/prod.env`),
    ]);
  });

  test('paths are URI references that decode to the bytes of the path', async () => {
    const uris = (await sarif()).runs[0].results.map((result: Json) => uri(result.locations[0]));
    expect(uris.slice(1).map(decodeBytes)).toEqual([
      'keys/caf\xe9.pem',
      utf8('src/日本語/設定.yml'),
      utf8(HOSTILE_PATH),
    ]);
    for (const one of uris) expect(one).toMatch(/^[\w.~%/-]+$/);
  });

  test('what was not read makes the execution unsuccessful and is told', async () => {
    const [invocation] = (await sarif()).runs[0].invocations;
    expect(invocation.executionSuccessful).toBe(false);
    expect(invocation.toolExecutionNotifications.map(({ message }: Json) => message.text)).toEqual([
      'Not read: dump/<b>core</b>.bin: larger than 100 MB: raise --max-file-size',
      expect.stringContaining('no permission to read it'),
    ]);
  });

  test('no more than the 1,000 locations that GitHub takes are given to a result', async () => {
    const report = buildReport();
    const [place] = report.findings[1].places;
    report.findings[1].places = Array.from({ length: 3000 }, (_, index) => ({
      ...place,
      line: index + 1,
      endLine: index + 1,
    }));
    const [result] = (await sarif(report)).runs[0].results;
    expect(result.locations.length + result.relatedLocations.length).toBe(1000);
    expect(result.properties.places).toBe(3000);
  });

  test('no more than the 25,000 results that GitHub takes are given, worst first, and the rest is told', async () => {
    const report = { ...buildReport(), findings: buildManyFindings(25_100) };
    const [{ results, invocations }] = (await sarif(report)).runs;
    expect(results).toHaveLength(25_000);
    expect(invocations[0].toolExecutionNotifications.at(-1).message.text).toMatch(
      /^100 findings .* left out/,
    );
    expect(results.filter(({ level }: Json) => level === 'error')).toHaveLength(report.findings.length * 0.4);
  });

  test('each rule brings help in Markdown, a level and a security severity', async () => {
    const { rules } = (await sarif()).runs[0].tool.driver;
    expect(
      rules.map((rule: Json) => [
        rule.id,
        rule.defaultConfiguration.level,
        rule.properties['security-severity'],
      ]),
    ).toEqual([
      ['aws-access-key', 'error', '9.5'],
      ['private-key', 'error', '8.0'],
      ['github-token', 'error', '8.0'],
      ['password-assignment', 'warning', '5.5'],
    ]);
    expect(rules[2].help.markdown).toContain('1. Delete the token in the settings of its owner.');
    expect(rules[2].help.markdown).toContain('[Revoke it](https://github.com/settings/tokens)');
  });
});

async function sarif(report = buildReport()): Promise<Json> {
  return JSON.parse(await render('sarif', report));
}

function loadSchema() {
  const file = new URL('../../fixtures/schemas/sarif-2.1.0-rtm.5.json', import.meta.url);
  // Draft 4 named itself by `id`; nothing else that this schema uses has changed since.
  const { id: _, $schema: __, ...schema } = JSON.parse(readFileSync(file, 'utf8'));
  const ajv = new Ajv({ strict: false, unicodeRegExp: false });
  addFormats.default(ajv);
  return ajv.compile(schema);
}

const uri = (location: Json): string => location.physicalLocation.artifactLocation.uri;

function decodeBytes(text: string): string {
  return text.replace(/%([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
}

const utf8 = (text: string) => Buffer.from(text).toString('latin1');
