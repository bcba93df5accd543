import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { rangeOfFramework, rangeOfPush, rangeOfReceive } from '../git/hooks/pushes.ts';
import { HOOKS, type HookName } from '../git/hooks/script.ts';
import type { StagedQueries } from '../git/staged-queries.ts';
import { UserError } from '../model/errors.ts';
import { readCommitMessage } from '../sources/commit-message.ts';
import { readCommits } from '../sources/commits.ts';
import type { Source } from '../sources/source.ts';
import { readStaged } from '../sources/staged.ts';
import { readUnstagedFiles } from '../sources/unstaged-files.ts';
import type { Arguments, Io } from './command.ts';
import { adviseAfter } from './hook-advice.ts';
import type { DescribedSource } from './run-scan.ts';

/** Scans a source, prints what it found, gives the exit code. */
export type RunScan = (
  source: DescribedSource | Promise<DescribedSource>,
  args: Arguments,
  io: Io,
) => Promise<number>;

/** What `unleak hook <name>` does. Anything but 0 stops git. */
export async function runHook(
  args: Arguments,
  io: Io,
  runScan: RunScan,
  begun?: StagedQueries,
): Promise<number> {
  const [name, ...rest] = args.positionals;
  if (!(HOOKS as readonly string[]).includes(name ?? '')) {
    throw new UserError(`unleak hook takes one of ${HOOKS.join(', ')}`);
  }
  const hook = name as HookName;
  const budget = readBudget(args.values['time-budget']);
  const timer = budget === undefined ? undefined : AbortSignal.timeout(budget * 1000);
  const timed = timer ? { ...io, signal: AbortSignal.any([io.signal, timer]) } : io;
  try {
    const { cwd, env } = io;
    const source =
      hook === 'pre-commit' ? openStaged(rest, { cwd, env }, begun) : await openSource(hook, rest, timed);
    const code = source
      ? await runScan(source, { positionals: [], values: { quiet: true, ...args.values } }, timed)
      : 0;
    if (code === 1) io.stderr.write(adviseAfter(hook));
    return code;
  } catch (error) {
    if (!timer?.aborted || io.signal.aborted) throw error;
    return endLate(hook, budget!, args.values['on-timeout'] === 'pass', io);
  }
}

async function openStaged(
  files: string[],
  options: Pick<Io, 'cwd' | 'env'>,
  begun?: StagedQueries,
): Promise<DescribedSource> {
  const staged = await readStaged(options, begun);
  if (files.length === 0) return { ...staged, description: 'staged' };
  // The pre-commit framework names the files it runs for: all of them with --all-files.
  return join(staged, readUnstagedFiles(files, options), 'staged and the files named');
}

/** @returns undefined when there is nothing to scan, such as a push that only deletes */
async function openSource(
  hook: Exclude<HookName, 'pre-commit'>,
  args: string[],
  io: Io,
): Promise<DescribedSource | undefined> {
  const { cwd, env, signal } = io;
  switch (hook) {
    case 'commit-msg': {
      if (!args[0]) throw new UserError('unleak hook commit-msg takes the file with the message');
      const blobs = readCommitMessage(readFileSync(resolve(cwd, args[0])));
      return { blobs, skipped: [], commits: 0, description: 'commit message' };
    }
    case 'pre-push': {
      const input = await readInput(io);
      const range =
        (input.trim() === '' && rangeOfFramework(env, { cwd, env })) ||
        rangeOfPush(input, args[0] ?? '', { cwd, env });
      return openRange(range, 'push', { cwd, env, signal });
    }
    case 'pre-receive':
      return openRange(rangeOfReceive(await readInput(io)), 'push received', { cwd, env, signal });
  }
}

async function openRange(
  range: string[],
  description: string,
  options: Pick<Io, 'cwd' | 'env' | 'signal'>,
): Promise<DescribedSource | undefined> {
  if (range.length === 0) return undefined;
  const source = await readCommits(range, options);
  return Object.assign(source, { description });
}

function join(first: Source, second: Source, description: string): DescribedSource {
  const skipped = first.skipped;
  async function* blobs() {
    yield* first.blobs;
    yield* second.blobs;
    skipped.push(...second.skipped);
  }
  return { blobs: blobs(), skipped, commits: 0, description };
}

async function readInput({ stdin }: Io): Promise<string> {
  if (stdin.isTTY) return '';
  const chunks: Buffer[] = [];
  for await (const chunk of stdin) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString();
}

/** @returns seconds */
function readBudget(value: unknown): number | undefined {
  if (value === undefined) return undefined;
  const seconds = Number(value);
  if (!(seconds > 0 && seconds < 1e6)) {
    throw new UserError(`--time-budget ${value}: it takes a number of seconds, such as 30`);
  }
  return seconds;
}

function endLate(hook: HookName, budget: number, pass: boolean, io: Io): number {
  const outcome = pass ? 'let through (--on-timeout pass)' : 'stopped';
  io.stderr.write(
    `unleak: the scan was not done after ${budget} s, so ${hook} is ${outcome}. Push fewer commits at once, or raise --time-budget.\n`,
  );
  return pass ? 0 : 3;
}
