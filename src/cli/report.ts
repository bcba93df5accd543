import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { UserError } from '../model/errors.ts';
import type { Arguments, Command, Io } from './command.ts';
import { prepareOutputs, writeOutputs } from './output.ts';
import { REPORT_OPTIONS } from './scan-options.ts';

export const reportCommand: Command = {
  name: 'report',
  summary: 'turn a JSON report into another format',
  usage: 'report <json>',
  description:
    'Reads a report written with --format json (or - for standard input) and writes it in another format. ' +
    'Nothing is scanned again, so the exit code says only whether it could be written.',
  options: REPORT_OPTIONS,
  examples: [
    ['unleak report leaks.json', 'show it as text'],
    ['unleak report leaks.json --output leaks.html', 'one page to read in a browser'],
    ['unleak report leaks.json --output sarif=leaks.sarif --output csv=leaks.csv', 'two formats at once'],
    ['unleak audit --format json | unleak report - --format markdown', 'without a file between'],
  ],
  run: runReport,
};

async function runReport({ values, positionals }: Arguments, io: Io): Promise<number> {
  const [name, ...more] = positionals;
  if (name === undefined) throw new UserError('which report? Give the file: unleak report leaks.json');
  if (more.length > 0) throw new UserError(`unleak report takes one report, not also ${more.join(' ')}`);
  const outputs = await prepareOutputs(values, io);
  const json = name === '-' ? await text(io.stdin) : await readNamed(resolve(io.cwd, name), name);
  const { readReport } = await import('../report/read.ts');
  const { builtInDetails } = await import('../rules/catalogue.ts');
  const report = readReport(json, {
    name: name === '-' ? 'standard input' : name,
    showSecrets: values['show-secrets'] === true,
  });
  const details = () => new Map(builtInDetails().map((one) => [one.id, one]));
  await writeOutputs(report, outputs, values, io, details);
  return 0;
}

async function readNamed(file: string, name: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const { code = 'unknown error' } = error as NodeJS.ErrnoException;
    throw new UserError(`cannot read ${name}: ${REASONS[code] ?? code}`);
  }
}

const REASONS: Record<string, string> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a folder; give the JSON report in it',
  EACCES: 'no permission to read it',
};
