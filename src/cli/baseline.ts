import { relative, resolve } from 'node:path';
import { UserError } from '../model/errors.ts';
import type { Finding } from '../model/finding.ts';
import { nearest } from '../model/nearest.ts';
import type { Report } from '../model/report.ts';
import { maskEverywhere } from '../report/mask-everywhere.ts';
import { makeVisible } from '../report/shown.ts';
import {
  acceptFinding,
  BASELINE_FILE,
  type Baseline,
  type BaselineEntry,
  createBaseline,
  indexBaseline,
  staleEntries,
  whyNotStale,
} from '../suppress/baseline.ts';
import { attributeUnionMerge, baselinePath, readBaseline, writeBaseline } from '../suppress/baseline-file.ts';
import { loadConfig } from '../suppress/config.ts';
import type { Arguments, Command, Io, Values } from './command.ts';
import { readGivenReport } from './given-report.ts';

const ACTIONS = { add, prune, verify };

export const baseline: Command = {
  name: 'baseline',
  summary: 'accept the findings of a report, drop stale entries, check',
  usage: 'baseline add|prune|verify [report]',
  description:
    'The baseline holds one keyed hash for each accepted finding: neither secret nor line number, so moved lines, renames and merges change nothing. add accepts what a JSON report holds (a file, or standard input); prune drops entries that a complete scan no longer finds; verify reads the file, and with a report tells which findings are not accepted and which entries are stale. No hook ever writes it.',
  options: {
    baseline: {
      type: 'string',
      value: 'FILE',
      help: `The baseline; ${BASELINE_FILE} at the root of the repository otherwise.`,
    },
    config: {
      type: 'string',
      value: 'FILE',
      help: 'Configuration to read instead of the one that is found.',
    },
    'no-repo-config': { type: 'boolean', help: 'Ignore the configuration that is found.' },
    reason: { type: 'string', value: 'TEXT', help: 'add: why these are no leaks.' },
    rule: { type: 'string', multiple: true, value: 'ID', help: 'add: only findings of these rules.' },
    fingerprint: { type: 'string', multiple: true, value: 'HEX', help: 'add: only these findings.' },
    live: { type: 'boolean', help: 'add: accept secrets that verification found active too.' },
    'no-attributes': { type: 'boolean', help: 'add: do not write merge=union to .gitattributes.' },
    'dry-run': { type: 'boolean', short: 'n', help: 'Say what would change, write nothing.' },
  },
  examples: [
    [
      'unleak scan --format json | unleak baseline add --reason "test data"',
      'accept all that a scan finds now',
    ],
    ['unleak baseline add report.json --fingerprint 0123456789abcdef0123', 'accept one finding'],
    ['unleak audit --show-suppressed --format json | unleak baseline prune', 'drop what is gone'],
  ],
  async run(args, io) {
    const [action, ...rest] = args.positionals;
    if (!Object.hasOwn(ACTIONS, action ?? '')) {
      const hint = nearest(action ?? '', Object.keys(ACTIONS));
      throw new UserError(
        `unleak baseline takes add, prune or verify${action && hint ? `: did you mean ${hint}?` : ''}`,
      );
    }
    if (rest.length > 1) throw new UserError(`one report at a time, not ${rest.join(' and ')}`);
    const path = await locateBaseline(args.values, io.cwd);
    return ACTIONS[action as keyof typeof ACTIONS](path, rest[0], args, io);
  },
};

/** The file that `--baseline` or the configuration names, else the one at the repository's root. Absolute. */
export async function locateBaseline(values: Values, cwd: string): Promise<string> {
  if (values.baseline) return resolve(cwd, String(values.baseline));
  const config = await loadConfig({
    cwd,
    file: values.config as string | undefined,
    ignoreRepository: Boolean(values['no-repo-config']),
  });
  return baselinePath(config, cwd);
}

/**
 * Writes a changed baseline. A new one gets its merge attribute too.
 * @returns the .gitattributes that was written, if one was
 */
export async function saveBaseline(
  path: string,
  changed: Baseline,
  isNew: boolean,
  attributes: boolean,
): Promise<string | undefined> {
  await writeBaseline(path, changed);
  return isNew && attributes ? attributeUnionMerge(path) : undefined;
}

async function add(
  path: string,
  reportPath: string | undefined,
  { values }: Arguments,
  io: Io,
): Promise<number> {
  const report = maskEverywhere(await readGivenReport(reportPath, io, 'baseline add'));
  const rules = values.rule as string[] | undefined;
  const prints = values.fingerprint as string[] | undefined;
  const chosen = report.findings.filter(
    ({ rule, fingerprint, suppressed }) =>
      !suppressed && (!rules || rules.includes(rule)) && (!prints || prints.includes(fingerprint)),
  );
  const missing =
    prints?.filter((print) => !report.findings.some(({ fingerprint }) => fingerprint === print)) ?? [];
  if (missing.length > 0)
    throw new UserError(`the report has no finding with fingerprint ${missing.join(', ')}`);
  const live = chosen.filter(({ verdict }) => verdict?.state === 'active');
  if (live.length > 0 && !values.live) {
    throw new UserError(
      `${live.map(describe).join('\n')}\n${count(live.length, 'secret')} of these still works: end it first (unleak respond), or accept it with --live`,
    );
  }
  const old = await readBaseline(path);
  const before = old ?? createBaseline();
  const accepted = indexBaseline(before);
  const fresh = chosen.filter(({ fingerprint }) => !accepted(fingerprint));
  const after = chosen.reduce(
    (all, finding) => acceptFinding(all, finding, values.reason as string | undefined),
    before,
  );
  for (const finding of fresh) io.stdout.write(`+ ${describe(finding)}\n`);
  const known = chosen.length - fresh.length;
  const verb = values['dry-run'] ? 'Would accept' : 'Accepted';
  const attributes = values['dry-run']
    ? undefined
    : await saveBaseline(path, after, !old, !values['no-attributes']);
  io.stdout.write(
    `${verb} ${count(fresh.length, 'finding')}${known ? `, ${known} accepted before` : ''} in ${relative(io.cwd, path)}\n`,
  );
  if (attributes) io.stdout.write(`Wrote merge=union to ${relative(io.cwd, attributes)}: commit it too\n`);
  return 0;
}

async function prune(
  path: string,
  reportPath: string | undefined,
  { values }: Arguments,
  io: Io,
): Promise<number> {
  const before = await demand(path);
  const report = await readGivenReport(reportPath, io, 'baseline prune');
  const stale = staleBy(before, report);
  for (const entry of stale) io.stdout.write(`- ${describeEntry(entry)}\n`);
  if (stale.length > 0 && !values['dry-run']) {
    await writeBaseline(path, {
      ...before,
      entries: before.entries.filter((entry) => !stale.includes(entry)),
    });
  }
  const verb = values['dry-run'] ? 'Would drop' : 'Dropped';
  io.stdout.write(
    `${verb} ${count(stale.length, 'stale entry', 'stale entries')} of ${before.entries.length}\n`,
  );
  return 0;
}

async function verify(path: string, reportPath: string | undefined, _: Arguments, io: Io): Promise<number> {
  const current = await demand(path);
  io.stdout.write(`${path}: ${count(current.entries.length, 'entry', 'entries')}, readable\n`);
  const unexplained = current.entries.filter(({ reason }) => !reason).length;
  if (unexplained > 0) io.stdout.write(`${count(unexplained, 'entry', 'entries')} without a reason\n`);
  if (reportPath === undefined) return 0;
  const report = maskEverywhere(await readGivenReport(reportPath, io, 'baseline verify'));
  const accepted = indexBaseline(current);
  const open = report.findings.filter(({ fingerprint, suppressed }) => !suppressed && !accepted(fingerprint));
  for (const finding of open) io.stdout.write(`not accepted: ${describe(finding)}\n`);
  const why = whyNotTold(report);
  const stale = why ? [] : staleBy(current, report);
  for (const entry of stale) io.stdout.write(`stale: ${describeEntry(entry)}\n`);
  if (why) io.stdout.write(`stale entries cannot be told: ${why}\n`);
  return open.length > 0 || stale.length > 0 ? 1 : 0;
}

async function demand(path: string): Promise<Baseline> {
  const found = await readBaseline(path);
  if (!found) throw new UserError(`${path}: no baseline here: unleak baseline add makes one`);
  return found;
}

function staleBy(current: Baseline, report: Report) {
  const why = whyNotTold(report);
  if (why) throw new UserError(`stale entries cannot be told: ${why}`);
  return staleEntries(
    current,
    report.findings.map(({ fingerprint }) => fingerprint),
    report.scan,
  );
}

/** A report leaves accepted findings out unless asked, and then all entries would look stale. */
function whyNotTold({ scan, findings }: Report): string | undefined {
  const shown = findings.filter(({ suppressed }) => suppressed).length;
  const { baseline, comment, config } = scan.suppressed;
  if (shown < baseline + comment + config) {
    return 'the report leaves out what is suppressed: scan with --show-suppressed';
  }
  return whyNotStale(scan);
}

function describe({ rule, secret, places }: Finding): string {
  const [first] = places;
  return makeVisible(`${rule} ${first ? `${first.path}:${first.line}` : ''} ${secret.mask}`);
}

function describeEntry({ rule, path, reason }: BaselineEntry): string {
  return makeVisible(`${rule} ${path}${reason ? ` -- ${reason}` : ''}`);
}

function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}
