import { describe, expect, test } from 'vitest';
import { buildManyFindings, buildReport } from './fixture.ts';
import { render } from './render.ts';

describe('GitHub annotations', () => {
  test('look like their golden file', async () => {
    await expect(await render('github')).toMatchFileSnapshot('../golden/report/github.txt');
  });

  test('are one command a finding, worst first, then what was not read', async () => {
    const commands = (await render('github')).trimEnd().split('\n').map(parse);
    expect(commands.map((one) => one?.name)).toEqual([
      'error',
      'error',
      'error',
      'warning',
      'error',
      undefined,
    ]);
    expect(commands[0]?.properties).toMatchObject({
      file: 'config/prod.env',
      line: '12',
      title: 'critical: aws-access-key',
    });
    expect(commands[0]?.message).toContain('still works');
    expect(commands[4]?.message).toMatch(/^2 things could not be read/);
  });

  test('hostile paths and titles cannot begin a command of their own', async () => {
    const report = buildReport();
    const [finding] = report.findings;
    finding.title = 'x\n::add-mask::a';
    finding.places[0].path = 'a\r\n::stop-commands::x,line=1::y';
    const lines = (await render('github', report)).split(/\r\n|\r|\n/);
    expect(lines.filter((line) => line.startsWith('::'))).toHaveLength(5);
    expect(parse(lines[3])?.properties).toMatchObject({
      file: 'a\r\n::stop-commands::x,line=1::y',
      line: '7',
    });
  });

  test('the summary is the report in Markdown, within the 1 MiB that GitHub takes', async () => {
    let summary = '';
    const report = { ...buildReport(), findings: buildManyFindings(10_000) };
    await render('github', report, { summary: (markdown) => (summary += markdown) });
    expect(summary).toContain('### 🚨 10,000 secrets found');
    expect(Buffer.byteLength(summary)).toBeGreaterThan(900_000);
    expect(Buffer.byteLength(summary)).toBeLessThan(1024 * 1024);
  });
});

/** A workflow command as the runner reads it. */
function parse(line: string) {
  const found = /^::(\w+) (.*?)::(.*)$/.exec(line);
  if (!found) return undefined;
  const properties = Object.fromEntries(
    found[2]
      .split(',')
      .map((pair) => [pair.slice(0, pair.indexOf('=')), unquote(pair.slice(pair.indexOf('=') + 1))]),
  );
  return { name: found[1], properties, message: unquote(found[3]) };
}

function unquote(text: string): string {
  return text.replace(/%(0A|0D|3A|2C|25)/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
}
