import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { UserError } from '../../src/model/errors.ts';
import { readReport } from '../../src/report/read.ts';
import { publishedSchema } from '../../src/report/schema.ts';
import { AWS_SECRET, buildReport, PLANTED } from './fixture.ts';
import { render } from './render.ts';

const PUBLISHED = new URL('../../docs/report.schema.json', import.meta.url);

describe('JSON report', () => {
  test('looks like its golden file', async () => {
    await expect(await render('json')).toMatchFileSnapshot('../golden/report/report.json');
  });

  test('is valid against the published schema, and has no field that the schema does not name', async () => {
    const validate = new Ajv2020({ formats: { base64: true }, allowUnionTypes: true }).compile(
      closed(JSON.parse(readFileSync(PUBLISHED, 'utf8'))),
    );
    validate(JSON.parse(await render('json')));
    expect(validate.errors).toBeNull();
    validate(JSON.parse(await render('json', buildReport(true), { showSecrets: true })));
    expect(validate.errors).toBeNull();
  });

  test('the published schema is the one that reports are read by', async () => {
    await expect(`${JSON.stringify(publishedSchema(), null, 2)}\n`).toMatchFileSnapshot(
      '../../docs/report.schema.json',
    );
  });

  test('fields stand in the documented order', async () => {
    const report = JSON.parse(await render('json'));
    expect(Object.keys(report)).toEqual(['schemaVersion', 'tool', 'scan', 'findings']);
    expect(Object.keys(report.scan)).toEqual([
      'source',
      'started',
      'durationMs',
      'bytes',
      'blobs',
      'commits',
      'rules',
      'complete',
      'skipped',
      'suppressed',
    ]);
    expect(Object.keys(report.findings[1])).toEqual([
      'rule',
      'vendor',
      'title',
      'severity',
      'confidence',
      'fingerprint',
      'secret',
      'entropy',
      'pair',
      'facts',
      'verdict',
      'places',
    ]);
  });

  test('read back and written again it is the same', async () => {
    const text = await render('json');
    expect(await render('json', readReport(text, { name: 'report.json' }))).toBe(text);
  });

  test('secrets are in it only when asked for, and then it says so', async () => {
    const text = await render('json', buildReport(true), { showSecrets: true });
    expect(JSON.parse(text).scan.revealed).toBe(true);
    for (const secret of PLANTED) expect(text).toContain(secret);
    const masked = readReport(text, { name: 'report.json' });
    expect(masked.findings[1].secret.reveal()).toBe(AWS_SECRET);
    const again = await render('json', masked);
    for (const secret of PLANTED) expect(again).not.toContain(secret);
    const shown = readReport(text, { name: 'report.json', showSecrets: true });
    expect(await render('json', shown, { showSecrets: true })).toBe(text);
  });

  test('a masked report stays masked when secrets are asked for', async () => {
    const masked = readReport(await render('json'), { name: 'report.json' });
    expect(await render('json', masked, { showSecrets: true })).toBe(await render('json'));
  });

  test('a report without findings is a whole document', async () => {
    expect(JSON.parse(await render('json', { ...buildReport(), findings: [] })).findings).toEqual([]);
  });
});

describe('JSON lines report', () => {
  test('has one line a place, then one with the scan', async () => {
    const text = await render('jsonl');
    await expect(text).toMatchFileSnapshot('../golden/report/report.jsonl');
    const lines = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines).toHaveLength(buildReport().findings.flatMap(({ places }) => places).length + 1);
    expect(lines[1]).toMatchObject({ rule: 'aws-access-key', path: 'deploy/old.sh', line: 3 });
    expect(Object.keys(lines.at(-1))).toEqual(['scan']);
  });
});

describe('reading a report', () => {
  test.each([
    ['', 'r.json is empty'],
    ['{"schemaVersion": 1,\n tool: 1}', 'r.json is not JSON: a mistake at line 2, column 2'],
    ['{"schemaVersion": 1,', 'r.json is not JSON: it ends too early'],
    ['unleak: not found', 'r.json is not JSON: write it with --format json'],
    ['[]', 'it must be an object'],
    ['{}', 'schemaVersion is missing'],
    ['{"schemaVersion": 2}', 'r.json has schemaVersion 2, and this unleak reads up to 1: update unleak'],
    ['{"schemaVersion": "1"}', 'schemaVersion: Invalid input'],
    ['{"version": "2.1.0", "runs": []}', 'is a SARIF file'],
    ['{"scan":{}}\n{"scan":{}}\n', 'not jsonl'],
  ])('refuses %j and says what is wrong', (text, message) => {
    expect(() => readReport(text, { name: 'r.json' })).toThrow(UserError);
    expect(() => readReport(text, { name: 'r.json' })).toThrow(message);
  });

  test('names the field that is wrong by its path', async () => {
    const report = JSON.parse(await render('json'));
    report.findings[1].places[2].line = 'twelve';
    expect(() => readReport(JSON.stringify(report), { name: 'r.json' })).toThrow(
      'findings[1].places[2].line: ',
    );
  });

  test('lets fields of a newer minor version through', async () => {
    const report = JSON.parse(await render('json'));
    report.findings[1].novelty = true;
    expect(readReport(JSON.stringify(report), { name: 'r.json' }).findings).toHaveLength(4);
  });
});

/** The schema with every object closed. */
function closed<Value>(schema: Value): Value {
  if (Array.isArray(schema)) return schema.map(closed) as Value;
  if (typeof schema !== 'object' || schema === null) return schema;
  const inner = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, closed(value)]));
  return ('properties' in inner ? { ...inner, additionalProperties: false } : inner) as Value;
}
