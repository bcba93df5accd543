import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { buildManyFindings, buildReport } from './fixture.ts';
import { render } from './render.ts';

describe('GitLab report', () => {
  test('looks like its golden file', async () => {
    await expect(await render('gitlab')).toMatchFileSnapshot('../golden/report/gitlab.json');
  });

  test.each([
    ['of varied findings', buildReport()],
    ['of many findings', { ...buildReport(), findings: buildManyFindings(300) }],
    ['without findings', { ...buildReport(), findings: [] }],
  ])('%s is valid against the official schema, which is of the version that it names', async (_, report) => {
    const schema = loadSchema();
    const validate = new Ajv({ strict: false }).compile(schema);
    const written = JSON.parse(await render('gitlab', report));
    validate(written);
    expect(validate.errors).toBeNull();
    expect(written.version).toBe(schema.self.version);
  });

  test('the official schema does refuse a place without a commit', async () => {
    const written = JSON.parse(await render('gitlab'));
    delete written.vulnerabilities[0].location.commit;
    expect(new Ajv({ strict: false }).validate(loadSchema(), written)).toBe(false);
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

function loadSchema() {
  const file = new URL('../../fixtures/schemas/gitlab-secret-detection-15.2.4.json', import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8'));
}
