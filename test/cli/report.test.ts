import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseCommandLine } from '../../src/cli/parse.ts';
import { reportCommand } from '../../src/cli/report.ts';
import { UserError } from '../../src/model/errors.ts';
import { AWS_SECRET, buildReport } from '../report/fixture.ts';
import { render } from '../report/render.ts';

let folder: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'unleak-report-'));
  writeFileSync(join(folder, 'leaks.json'), await render('json'));
});
afterEach(() => rmSync(folder, { recursive: true }));

async function run(argv: string[], { env = {}, stdin = '' } = {}) {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const printed = text(stdout);
  const code = await reportCommand.run(parseCommandLine(argv, reportCommand), {
    stdin: Readable.from([stdin]),
    stdout,
    stderr,
    env,
    cwd: folder,
    signal: new AbortController().signal,
  });
  stdout.end();
  return { code, stdout: await printed };
}

describe('unleak report', () => {
  test('shows a JSON report as text', async () => {
    const { code, stdout } = await run(['leaks.json']);
    expect(code).toBe(0);
    expect(stdout).toContain('critical: AWS access key with its secret');
    expect(stdout).toContain('4 secrets found');
  });

  test('writes several files at once and nothing to standard output', async () => {
    const { stdout } = await run(['leaks.json', '--output', 'sarif=a.sarif', '--output', 'b.csv,c.html']);
    expect(stdout).toBe('');
    expect(JSON.parse(readFileSync(join(folder, 'a.sarif'), 'utf8')).runs[0].results).toHaveLength(4);
    expect(readFileSync(join(folder, 'b.csv'), 'utf8')).toMatch(/^severity,rule,/);
    expect(readFileSync(join(folder, 'c.html'), 'utf8')).toMatch(/^<!doctype html>/);
    expect(statSync(join(folder, 'c.html')).mode & 0o777).toBe(0o600);
  });

  test('JSON through it is the same JSON', async () => {
    const json = await render('json');
    expect((await run(['-', '--format', 'json'], { stdin: json })).stdout).toBe(json);
  });

  test('keeps secrets masked, also those of a report that holds them, until they are asked for', async () => {
    writeFileSync(join(folder, 'open.json'), await render('json', buildReport(true), { showSecrets: true }));
    for (const format of ['text', 'json', 'html', 'csv', 'sarif', 'gitlab', 'junit', 'markdown', 'github']) {
      expect((await run(['open.json', '--format', format])).stdout).not.toContain(AWS_SECRET);
    }
    expect((await run(['open.json', '--show-secrets'])).stdout).toContain(AWS_SECRET);
  });

  test('appends the summary of a GitHub job to its file', async () => {
    const file = join(folder, 'summary.md');
    writeFileSync(file, 'before\n');
    await run(['leaks.json', '--format', 'github'], { env: { GITHUB_STEP_SUMMARY: file } });
    expect(readFileSync(file, 'utf8')).toMatch(/^before\n<!-- unleak -->\n\n### 🚨 4 secrets found/);
  });

  test.each([
    [[], 'standard input is empty'],
    [['a.json', 'b.json'], 'takes one report, not also b.json'],
    [['missing.json'], 'cannot read missing.json: there is no such file'],
    [['.'], 'cannot read .: it is a folder'],
    [['leaks.json', '--output', 'json=no/such/out.json'], 'the folder'],
    [['leaks.json', '--format', 'htm'], 'did you mean html?'],
    [['leaks.json', '--output', 'htm=x'], 'did you mean html?'],
  ])('%j is refused with the remedy', async (argv, message) => {
    await expect(run(argv)).rejects.toThrow(UserError);
    await expect(run(argv)).rejects.toThrow(message);
  });
});
