import type { Report } from '../model/report.ts';
import { checkOutputs, type Output, parseOutputs } from '../report/outputs.ts';
import { detectTerminal } from '../report/terminal.ts';
import type { RuleDetails } from '../rules/rule.ts';
import type { Io, Values } from './command.ts';

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
  details: () => ReadonlyMap<string, RuleDetails>,
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
      details,
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
