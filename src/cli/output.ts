import type { Report } from '../model/report.ts';
import { FORMATS } from '../report/formats.ts';
import { checkOutputs, type Output, parseOutputs } from '../report/outputs.ts';
import { detectTerminal } from '../report/terminal.ts';
import type { RuleDetails } from '../rules/rule.ts';
import type { Io, Options, Values } from './command.ts';

/** The flags of every command that ends in a report. */
export const OUTPUT_OPTIONS: Options = {
  format: { type: 'string', value: 'FORMAT', choices: FORMATS, help: `How to write: ${FORMATS.join(', ')}` },
  output: {
    type: 'string',
    multiple: true,
    value: 'FILE',
    help: 'Write to a file, several as sarif=out.sarif html=out.html',
  },
  'show-secrets': { type: 'boolean', help: 'Write secrets as they are instead of masking them' },
  'no-color': { type: 'boolean', help: 'No colours and no links, as NO_COLOR does' },
};

/** Where a report will go, looked at before the work begins. @throws {UserError} for a format or file that cannot be */
export async function prepareOutputs(values: Values, io: Io): Promise<Output[]> {
  const outputs = parseOutputs(
    { format: values.format as string | undefined, output: values.output as string[] | undefined },
    io.cwd,
  );
  await checkOutputs(outputs);
  return outputs;
}

/** Writes a finished report, and the job's summary when GitHub asked for one. @throws {UserError} */
export async function writeOutputs(
  report: Report,
  outputs: readonly Output[],
  values: Values,
  io: Io,
  details: () => RuleDetails[],
  /** Absolute folder that the report's paths are relative to. */
  root?: string,
): Promise<void> {
  const { writeReport } = await import('../report/write.ts');
  const summaryFile = io.env.GITHUB_STEP_SUMMARY;
  let summary = '';
  await writeReport(
    report,
    outputs,
    {
      details: () => new Map(details().map((one): [string, RuleDetails] => [one.id, one])),
      showSecrets: values['show-secrets'] === true,
      quiet: values.quiet === true,
      terminal: detectTerminal(io.stdout, io.env, values['no-color'] === true),
      root,
      ...(summaryFile && {
        summary: (markdown: string) => {
          summary = markdown;
        },
      }),
    },
    io.stdout,
  );
  if (summaryFile && summary !== '') {
    const { appendStepSummary } = await import('../report/step-summary.ts');
    await appendStepSummary(summaryFile, summary);
  }
}
