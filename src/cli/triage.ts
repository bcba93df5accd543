import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { UserError } from '../model/errors.ts';
import type { Finding, Place } from '../model/finding.ts';
import type { Report } from '../model/report.ts';
import { makeVisible } from '../report/shown.ts';
import { type Baseline, createBaseline, indexBaseline } from '../suppress/baseline.ts';
import { readBaseline } from '../suppress/baseline-file.ts';
import { openProgress, type Progress } from '../suppress/triage/progress.ts';
import { openFindings, triage as runTriage } from '../suppress/triage/triage.ts';
import { type WrittenComment, writeComment } from '../suppress/triage/write-comment.ts';
import { locateBaseline, saveBaseline } from './baseline.ts';
import type { Command, Io, Values } from './command.ts';
import { readGivenReport } from './given-report.ts';
import { rootOfPaths } from './root-of-paths.ts';

export const triage: Command = {
  name: 'triage',
  summary: 'go through the findings of a report and decide each',
  usage: 'triage [report]',
  description:
    'Without a report the current folder is scanned. Asks about one finding at a time: accept it in the baseline, write an allow comment above its line, keep it as a finding, or leave it for later. Every answer is saved at once, so it can be stopped at any point and goes on from there.',
  options: {
    baseline: {
      type: 'string',
      value: 'FILE',
      help: 'The baseline; .unleak-baseline at the root of the repository otherwise.',
    },
    config: {
      type: 'string',
      value: 'FILE',
      help: 'Configuration to read instead of the one that is found.',
    },
    'no-repo-config': { type: 'boolean', help: 'Ignore the configuration that is found.' },
    all: { type: 'boolean', help: 'Ask about findings again that were kept.' },
    stats: { type: 'boolean', help: 'Tell how far it is, and ask nothing.' },
  },
  examples: [
    ['unleak triage', 'scan the current folder, then decide'],
    [
      'unleak audit --format json --output report.json; unleak triage report.json',
      'decide what a history holds',
    ],
    ['unleak triage report.json --stats', 'how many are decided'],
  ],
  async run({ values, positionals: [reportPath, ...rest] }, io) {
    if (rest.length > 0)
      throw new UserError(`one report at a time, not ${[reportPath, ...rest].join(' and ')}`);
    if (!values.stats && (!io.stdin.isTTY || !io.stdout.isTTY)) {
      throw new UserError(
        'triage asks questions and needs a terminal: here use unleak baseline add REPORT --fingerprint HEX --reason TEXT',
      );
    }
    if (reportPath === '-' && !values.stats)
      throw new UserError('triage needs standard input for the answers: name the report’s file');
    const report =
      reportPath === undefined && io.stdin.isTTY
        ? await scanHere(values, io)
        : await readGivenReport(reportPath, io, 'triage');
    const path = await locateBaseline(values, io.cwd);
    const old = await readBaseline(path);
    const baseline = old ?? createBaseline();
    const progress = await openProgress(io.cwd, report.scan.started);
    if (values.stats) return showStats(report, baseline, progress, io);
    if (values.all) progress.kept.clear();
    const findings = openFindings(report.findings, baseline, progress);
    if (findings.length === 0) {
      io.stdout.write('Nothing to decide: every finding of this report is accepted or kept.\n');
      return 0;
    }
    const root = rootOfPaths(report.scan.source, io.cwd);
    const { openDialogue } = await import('./triage-dialogue.ts');
    let isNew = !old;
    const tally = await runTriage(
      findings,
      {
        baseline,
        async saveBaseline(changed) {
          await saveBaseline(path, changed, isNew, true);
          isNew = false;
        },
        progress,
        comment: (finding, reason) => writeComments(root, finding, reason),
      },
      await openDialogue(io),
    );
    io.stdout.write(
      `\n${tally.accepted} accepted in ${relative(io.cwd, path)}, ${tally.commented} allowed by comment, ${tally.kept} kept, ${tally.open} left.\n`,
    );
    return tally.cancelled ? 130 : 0;
  },
};

/** The report of `unleak scan` in the current folder, which is kept no longer than it takes to read it. */
async function scanHere(values: Values, io: Io): Promise<Report> {
  const { scan } = await import('./scan.ts');
  const folder = mkdtempSync(join(tmpdir(), 'unleak-scan-'));
  try {
    const file = join(folder, 'report.json');
    const options = { ...values, format: 'json', output: [file], quiet: true };
    await scan.run({ values: options, positionals: [] }, io);
    return await readGivenReport(file, io, 'triage');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** At every line of the work tree where the finding stands, from the last up so that none moves another. */
async function writeComments(root: string, finding: Finding, reason: string): Promise<WrittenComment[]> {
  const lines = new Map<string, Place>();
  for (const place of finding.places)
    if (place.inHead !== false) lines.set(`${place.path}:${place.line}`, place);
  const old = finding.places.filter(({ inHead }) => inHead === false).length;
  if (old > 0)
    throw new UserError(
      `${old} of its places are in the history alone, where no comment can be written: accept it instead`,
    );
  const written: WrittenComment[] = [];
  try {
    for (const place of [...lines.values()].sort((a, b) => b.line - a.line)) {
      written.push(await writeComment(root, finding, place, reason));
    }
  } catch (error) {
    for (const { undo } of written.reverse()) await undo();
    throw error;
  }
  return written;
}

function showStats({ findings }: Report, baseline: Baseline, progress: Progress, { stdout }: Io): number {
  const accepted = indexBaseline(baseline);
  const rows = new Map<string, { open: number; kept: number; accepted: number }>();
  const total = { open: 0, kept: 0, accepted: 0 };
  for (const { rule, fingerprint, suppressed } of findings) {
    const state =
      accepted(fingerprint) || suppressed || progress.commented.has(fingerprint)
        ? 'accepted'
        : progress.kept.has(fingerprint)
          ? 'kept'
          : 'open';
    const row = rows.get(rule) ?? { open: 0, kept: 0, accepted: 0 };
    row[state]++;
    total[state]++;
    rows.set(rule, row);
  }
  const sorted = [...rows].sort(([a, x], [b, y]) => y.open - x.open || (a < b ? -1 : 1));
  const width = Math.max(5, ...sorted.map(([rule]) => rule.length));
  stdout.write(`${'rule'.padEnd(width)}  open  kept  accepted\n`);
  for (const [rule, row] of [...sorted, ['total', total] as const]) {
    const cells = [row.open, row.kept].map((n) => String(n).padStart(4)).join('  ');
    stdout.write(`${makeVisible(rule).padEnd(width)}  ${cells}  ${String(row.accepted).padStart(8)}\n`);
  }
  return 0;
}
