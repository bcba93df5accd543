import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { buildManyFindings, buildReport } from './fixture.ts';
import { render } from './render.ts';

const text = { type: 'string', minLength: 1 };
const time = { type: 'string', pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}$' };
const url = { type: 'string', pattern: '^(https?|ftp)://.+' };
const program = closed({ id: text, name: text, version: text, vendor: closed({ name: text }) });
const field = (type: string, fields: object) => closed({ type: { const: type }, name: text, ...fields });

/** What schema 15.2.1 asks of the fields that the report has, and no field more. */
const SCHEMA = closed({
  version: { const: '15.2.1' },
  schema: url,
  scan: closed({
    analyzer: program,
    scanner: program,
    type: { const: 'secret_detection' },
    start_time: time,
    end_time: time,
    status: { enum: ['success', 'failure'] },
    messages: { type: 'array', items: closed({ level: { enum: ['info', 'warn', 'fatal'] }, value: text }) },
  }),
  vulnerabilities: {
    type: 'array',
    items: closed({
      id: { type: 'string', pattern: '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' },
      name: { type: 'string', maxLength: 255 },
      description: { type: 'string', maxLength: 1048576 },
      severity: { enum: ['Info', 'Unknown', 'Low', 'Medium', 'High', 'Critical'] },
      solution: { type: 'string', maxLength: 7000 },
      identifiers: { type: 'array', minItems: 1, items: closed({ type: text, name: text, value: text }) },
      links: { type: 'array', items: closed({ name: { type: 'string' }, url }) },
      location: closed({
        file: { type: 'string' },
        commit: closed(
          { sha: text, author: { type: 'string' }, date: { type: 'string' }, message: { type: 'string' } },
          ['sha'],
        ),
        start_line: { type: 'number' },
        end_line: { type: 'number' },
      }),
      details: {
        type: 'object',
        additionalProperties: {
          oneOf: [
            field('text', { value: { type: 'string' } }),
            field('value', { value: { type: ['number', 'string', 'boolean'] } }),
            field('list', {
              items: {
                type: 'array',
                items: closed({
                  type: { const: 'file-location' },
                  file_name: text,
                  line_start: { type: 'integer', minimum: 1 },
                  line_end: { type: 'integer', minimum: 1 },
                }),
              },
            }),
          ],
        },
      },
      raw_source_code_extract: { type: 'string' },
    }),
  },
});

describe('GitLab report', () => {
  test('looks like its golden file', async () => {
    await expect(await render('gitlab')).toMatchFileSnapshot('../golden/report/gitlab.json');
  });

  test.each([
    ['of varied findings', buildReport()],
    ['of many findings', { ...buildReport(), findings: buildManyFindings(300) }],
    ['without findings', { ...buildReport(), findings: [] }],
  ])('%s keeps to the schema that it names', async (_, report) => {
    const validate = new Ajv({ allowUnionTypes: true }).compile(SCHEMA);
    validate(JSON.parse(await render('gitlab', report)));
    expect(validate.errors).toBeNull();
  });

  test('an id stays the same when the secret moves, and differs between secrets', async () => {
    const ids = async (report = buildReport()): Promise<string[]> =>
      JSON.parse(await render('gitlab', report)).vulnerabilities.map(({ id }: { id: string }) => id);
    const moved = buildReport();
    Object.assign(moved.findings[2].places[0], { line: 77, endLine: 77, path: 'src/other.yml' });
    expect(await ids(moved)).toEqual(await ids());
    expect(new Set(await ids()).size).toBe(4);
  });

  test('an incomplete scan is a failure and says what it did not read', async () => {
    const { scan } = JSON.parse(await render('gitlab'));
    expect(scan.status).toBe('failure');
    expect(scan.messages[1].value).toBe('Not read: private\\e[2J.key: no permission to read it');
  });
});

function closed(properties: object, required = Object.keys(properties)) {
  return { type: 'object', properties, required, additionalProperties: false };
}
