import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { UserError } from '../model/errors.ts';
import type { Finding } from '../model/finding.ts';
import type { ScanSummary } from '../model/report.ts';
import type { AcceptPlace } from '../suppress/apply.ts';
import { suppressFindings } from '../suppress/apply.ts';
import { baselinePath, readBaseline } from '../suppress/baseline-file.ts';
import type { ScanSession } from './scan-session.ts';

/** Takes out what baseline, comments and configuration accept, counts it in `scan`, and tells of stale entries. */
export async function applySuppression(
  session: ScanSession,
  findings: Finding[],
  scan: ScanSummary,
): Promise<Finding[]> {
  const { config, values, io } = session;
  const given = values.baseline as string | undefined;
  const file = given ? resolve(io.cwd, given) : baselinePath(config, session.target);
  const baseline = existsSync(file) ? await readBaseline(file) : undefined;
  if (given && !baseline)
    throw new UserError(`--baseline ${given}: no such file; unleak baseline add makes it`);
  const { kept, suppressed, counts, skipped, stale } = suppressFindings(findings, {
    config,
    pathBase: session.root,
    baseline,
    accept: await readForeignBaselines(session),
    scan,
  });
  scan.suppressed = counts;
  scan.skipped = skipped;
  scan.complete = skipped.length === 0;
  if (stale.length > 0 && !values.quiet) {
    const what =
      stale.length === 1
        ? '1 entry of the baseline matches'
        : `${stale.length} entries of the baseline match`;
    io.stderr.write(`unleak: ${what} nothing any more: unleak baseline prune drops what is stale\n`);
  }
  return values['show-suppressed'] ? [...kept, ...suppressed] : kept;
}

/** Accepted findings in other tools' files that the configuration names. */
async function readForeignBaselines({ config, io }: ScanSession): Promise<AcceptPlace[]> {
  if (config.foreignBaselines.length === 0) return [];
  const { readAcceptedList } = await import('../suppress/foreign/accepted-lists.ts');
  const lists = await Promise.all(config.foreignBaselines.map((path) => readAcceptedList(path)));
  for (const warning of lists.flatMap(({ warnings }) => warnings)) io.stderr.write(`unleak: ${warning}\n`);
  return lists.map(({ accept }) => accept);
}
