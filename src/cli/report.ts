import { UserError } from '../model/errors.ts';
import type { Arguments, Command, Io } from './command.ts';
import { readGivenReport } from './given-report.ts';
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
  if (more.length > 0) throw new UserError(`unleak report takes one report, not also ${more.join(' ')}`);
  const outputs = await prepareOutputs(values, io);
  const report = await readGivenReport(name, io, 'report', { showSecrets: values['show-secrets'] === true });
  const { builtInDetails } = await import('../rules/catalogue.ts');
  const details = () => new Map(builtInDetails().map((one) => [one.id, one]));
  await writeOutputs(report, outputs, values, io, details);
  return 0;
}
