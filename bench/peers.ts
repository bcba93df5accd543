// node bench/run.mjs peers tree PATH | history REPOSITORY | staged [--files N] | start
//   [--runs N] [--timeout SECONDS] [--budget SECONDS] [--only NAME,NAME] [--json FILE] [--markdown]
// Whole commands side by side on one input, in turn. Peers are those found on PATH. See docs/benchmarks.md.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type CommandLimits, findCommand, runCommand } from './command.ts';
import { alternate, type Sample, type Summary } from './measure.ts';
import { betterleaks } from './peers/betterleaks.ts';
import { detectSecrets, detectSecretsHook, ripsecrets, secretlint } from './peers/file-scanners.ts';
import { gitCatFile, gitGrep, gitLog, node, ripgrep } from './peers/floors.ts';
import { gitleaks } from './peers/gitleaks.ts';
import { kingfisher } from './peers/kingfisher.ts';
import type { Peer } from './peers/peer.ts';
import { trufflehog } from './peers/trufflehog.ts';
import { unleak } from './peers/unleak.ts';
import { runSession, type Session } from './session.ts';
import { stageFiles } from './staged-repository.ts';
import { formatCpu, formatMegabytes, formatRatio, formatSeconds } from './table.ts';

const PEERS: Peer[] = [
  unleak,
  node,
  gitGrep,
  ripgrep,
  gitCatFile,
  gitLog,
  kingfisher,
  betterleaks,
  gitleaks,
  trufflehog,
  ripsecrets,
  detectSecrets,
  detectSecretsHook,
  secretlint,
];

/** A peer and what it is asked in one comparison. */
interface Contender {
  peer: Peer;
  argv: string[];
  /** The same to print, with words in place of this machine's paths. */
  shown: string;
  cwd: string;
}

await runSession({ files: { type: 'string' }, only: { type: 'string' } }, async (session) => {
  const [mode, path] = session.positionals;
  const input = path === undefined ? '' : resolve(path);
  if (mode === 'start') return compareStarts(session);
  if (mode === 'tree' && path)
    return compare(session, 'Tree', select(session, 'PATH', input, 'tree', session.scratch));
  if (mode === 'history' && path)
    return compare(session, 'History', select(session, 'REPOSITORY', input, 'history', session.scratch));
  if (mode !== 'staged') throw new Error('name one of: tree PATH, history REPOSITORY, staged, start');
  const count = Number(session.values.files ?? 10);
  const { repository, files } = stageFiles(session.scratch, count);
  const contenders = available(session).flatMap((peer) => {
    const ask = peer.staged;
    if (!ask) return [];
    const out = reportFile(session, peer);
    const shown = show(peer, ask(files.length > 1 ? ['FILE..'] : files, 'OUT'));
    return [{ peer, argv: [...commandOf(peer), ...ask(files, out)], shown, cwd: repository }];
  });
  await compare(session, `Hook, ${count} staged files`, contenders);
});

/** `--version`, and a scan of one small file, each against Node doing nothing. */
async function compareStarts(session: Session): Promise<void> {
  const folder = join(session.scratch, 'small');
  mkdirSync(folder);
  const file = join(folder, 'settings.ini');
  writeFileSync(file, '[server]\nport = 8080\nname = example\n');
  const versions = available(session).flatMap((peer) =>
    peer.version
      ? [{ peer, argv: [...commandOf(peer), ...peer.version], shown: show(peer, peer.version), cwd: folder }]
      : [],
  );
  await compare(session, 'Start: --version', versions, node);
  const scans = select(session, 'FILE', file, 'file', folder).filter(({ peer }) => peer !== gitGrep);
  const floor = { peer: node, argv: [...commandOf(node), '-e', '0'], shown: 'node -e 0', cwd: folder };
  await compare(session, 'Start: one small file', [...scans, floor], node);
}

function select(
  session: Session,
  word: string,
  input: string,
  mode: 'tree' | 'history' | 'file',
  cwd: string,
): Contender[] {
  return available(session).flatMap((peer) => {
    const ask = mode === 'file' ? (peer.file ?? peer.tree) : peer[mode];
    if (!ask) return [];
    const argv = [...commandOf(peer), ...ask(input, reportFile(session, peer))];
    return [{ peer, argv, shown: show(peer, ask(word, 'OUT')), cwd }];
  });
}

function available({ values }: Session): Peer[] {
  const only = values.only === undefined ? undefined : String(values.only).split(',');
  return PEERS.filter(
    ({ name, executable }) => findCommand(executable) && (!only || only.some((word) => name.includes(word))),
  );
}

function commandOf({ executable, script }: Peer): string[] {
  return [findCommand(executable)!, ...(script ? [script] : [])];
}

function show({ name, executable, script }: Peer, args: readonly string[]): string {
  const words = [script ? name : executable === process.execPath ? 'node' : executable, ...args];
  return words.map((word) => (/[\s"{*]/.test(word) ? `'${word}'` : word)).join(' ');
}

function reportFile({ scratch }: Session, { name }: Peer): string {
  return join(scratch, `${name.replace(/\W+/g, '-')}.report`);
}

/** Runs contenders in turn and prints them, the fastest first, with ratios to unleak or to another of them. */
async function compare(
  session: Session,
  title: string,
  contenders: Contender[],
  reference: Peer = unleak,
): Promise<void> {
  const limits: CommandLimits = { scratch: session.scratch, timeout: session.timeout };
  const runs = contenders.map(({ peer, argv, cwd }) => (): Promise<Sample> => {
    const output = peer === gitCatFile || peer === gitLog ? undefined : join(session.scratch, 'output');
    return runCommand({ argv, cwd, codes: peer.codes, ...(output && { output }) }, limits);
  });
  const results = await alternate(runs, session.runs, session.budget);
  const entries = contenders.map((contender, i) => ({ ...contender, result: results[i] }));
  const base = entries.find(({ peer, result }) => peer === reference && !(result instanceof Error))?.result;
  const ranked = entries.sort((a, b) => medianOf(a.result) - medianOf(b.result));
  const rows = ranked.map(({ peer, result }) =>
    result instanceof Error
      ? [peer.name, result.message, '', '', '', '', '']
      : [
          peer.name,
          formatSeconds(result.median),
          `${formatSeconds(result.min)} to ${formatSeconds(result.max)}`,
          base ? formatRatio(result.median / (base as Summary).median) : '-',
          formatCpu(result.cpu),
          formatMegabytes(result.peakBytes),
          String(result.runs),
        ],
  );
  const headers = ['command', 'median', 'spread', `of ${reference.name}`, 'CPU', 'peak memory', 'runs'];
  const data = ranked.map(({ peer, shown, result }) => ({
    name: peer.name,
    floor: peer.floor === true,
    command: shown,
    ...(result instanceof Error ? { error: result.message } : result),
  }));
  session.show(title, headers, rows, data);
  session.note(ranked.map(({ shown }) => `    ${shown}`).join('\n'));
}

function medianOf(result: Summary | Error): number {
  return result instanceof Error ? Number.POSITIVE_INFINITY : result.median;
}
