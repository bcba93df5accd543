import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { LARGEST_OBJECT } from './read-objects.ts';
import { SEPARATOR } from './rev-parse.ts';
import { type GitOptions, hardenedEnvironment, shellCommand } from './run.ts';

/**
 * What a hook of a commit asks git, asked before the scanner is loaded. One shell runs the commands: starting a process
 * costs 4 ms in Node, and less than 1 in a shell. Where anything goes wrong there is no answer, and what git has to say
 * about it is learnt by asking again, command by command.
 */
export interface StagedQueries {
  /** What `git --version` says, `git rev-parse` of the repository, and `git diff-index` of its index against HEAD. */
  listed: Promise<{ version: string; state: Buffer; changes: Buffer } | undefined>;
  /** Asks for objects, once: what `git cat-file --batch` says. No answer when that is more than `LARGEST_OBJECT`. */
  objects(ids: readonly string[]): Promise<Buffer | undefined>;
  /** Asks for nothing more. */
  end(): void;
}

/** Questions for git, whose answers `parseState` reads. */
export const STATE_ARGUMENTS = [
  'rev-parse',
  '--is-bare-repository',
  SEPARATOR,
  ...['index', 'MERGE_HEAD', 'shallow'].flatMap((name) => ['--git-path', name, SEPARATOR]),
  '--revs-only',
  'HEAD',
];

export function diffIndexArguments(tree: string, renames: '-M' | '--no-renames'): string[] {
  return ['diff-index', '--cached', '--raw', '-z', '--no-abbrev', '--no-relative', renames, tree, '--'];
}

export function beginStagedQueries({ cwd, env }: Pick<GitOptions, 'cwd' | 'env'>): StagedQueries {
  const child = spawn('/bin/sh', ['-c', SCRIPT], {
    cwd,
    env: hardenedEnvironment({ env }),
    stdio: ['pipe', 'pipe', 'ignore', 'pipe'],
  });
  const stdin = child.stdin as Writable;
  // git may have ended by then, or there is no shell: the answers are missing then.
  stdin.on('error', () => {});
  const ended = new Promise<boolean>((resolve) => {
    child.once('error', () => resolve(false));
    child.once('close', (code) => resolve(code === 0));
  });
  const listing = collect(child.stdio[3] as Readable, child);
  const objects = collect(child.stdout as Readable, child);
  return {
    listed: listing.then(splitListing),
    async objects(ids) {
      stdin.end(`${ids.join('\n')}\n`);
      const output = await objects;
      return (await ended) ? output : undefined;
    },
    end: () => stdin.end(),
  };
}

const DONE = 'done';

/** Lists to descriptor 3, whose end is told before objects are asked for. */
const SCRIPT = [
  'command git --version >&3',
  "printf '\\000' >&3",
  `${shellCommand(STATE_ARGUMENTS)} >&3`,
  "printf '\\000' >&3",
  `${shellCommand(diffIndexArguments('HEAD', '-M'))} >&3 </dev/null`,
  `printf ${DONE} >&3`,
  `exec 3>&-`,
  shellCommand(['cat-file', '--batch', '--buffer']),
].join(' && ');

function splitListing(output: Buffer) {
  const end = output.length - DONE.length;
  if (end < 0 || output.toString('latin1', end) !== DONE) return undefined;
  const first = output.indexOf(0);
  const second = output.indexOf(0, first + 1);
  return {
    version: output.toString('latin1', 0, first),
    state: output.subarray(first + 1, second),
    changes: output.subarray(second + 1, end),
  };
}

async function collect(stream: Readable, child: ChildProcess): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  stream.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size <= LARGEST_OBJECT) chunks.push(chunk);
    else child.kill();
  });
  await new Promise((resolve) => {
    stream.once('close', resolve);
    stream.once('error', resolve);
  });
  return chunks.length === 1 ? chunks[0] : Buffer.concat(chunks);
}
