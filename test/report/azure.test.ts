import { describe, expect, test } from 'vitest';
import { AWS_ID, buildReport, HOSTILE_PATH } from './fixture.ts';
import { render } from './render.ts';

describe('Azure Pipelines report', () => {
  test('each finding is an issue with its file and line, and so is what was not read', async () => {
    const issues = (await render('azure')).trimEnd().split('\n').map(parse);
    expect(issues.map((issue) => issue?.properties.type)).toEqual([
      'error',
      'error',
      'error',
      'warning',
      'error',
      undefined,
    ]);
    expect(issues[0]).toMatchObject({
      properties: { sourcepath: 'config/prod.env', code: 'aws-access-key' },
      message: expect.stringContaining(`Next: unleak respond plan --key ${AWS_ID}`),
    });
    expect(Number(issues[0]?.properties.linenumber)).toBeGreaterThan(0);
    expect(issues[4]?.message).toContain('unleak: incomplete: 2 things could not be read');
  });

  test('a hostile path or title ends no command and begins none', async () => {
    const report = buildReport();
    report.findings[0].title = 'x\n##vso[task.complete result=Succeeded;]done';
    report.findings[0].places[0].path = 'a]\r\n##vso[task.setvariable variable=x;]y;type=warning';
    const lines = (await render('azure', report)).split(/\r\n|\r|\n/);
    expect(lines.filter((line) => line.startsWith('##vso'))).toHaveLength(5);
    for (const line of lines.slice(0, 5)) expect(line).toMatch(/^##vso\[task\.logissue [^\]]*\]/);
    const paths = lines.map((line) => parse(line)?.properties.sourcepath);
    expect(paths).toContain('a]\r\n##vso[task.setvariable variable=x;]y;type=warning');
    expect((await render('azure')).includes(HOSTILE_PATH)).toBe(false);
  });
});

/** A logging command as the agent reads it. */
function parse(line: string) {
  const found = /^##vso\[task\.logissue ([^\]]*)\](.*)$/.exec(line);
  if (!found) return undefined;
  const pairs = found[1].split(';').filter((pair) => pair !== '');
  const properties = Object.fromEntries(
    pairs.map((pair) => [pair.slice(0, pair.indexOf('=')), unquote(pair.slice(pair.indexOf('=') + 1))]),
  );
  return { properties, message: unquote(found[2]) };
}

function unquote(text: string): string {
  return text
    .replace(/%(0A|0D|3B|5D)/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))
    .replaceAll('%AZP25', '%');
}
