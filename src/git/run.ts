import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { UserError } from '../model/errors.ts';

/** How a git command is run. Only what the user's own environment says reaches git; nothing of the repository's configuration is executed. */
export interface GitOptions {
  /** Directory git starts in. */
  cwd: string;
  /** The environment of this run; `GIT_DIR`, `GIT_INDEX_FILE`, `GIT_WORK_TREE` and the quarantine variables of hooks pass through. */
  env: Record<string, string | undefined>;
  signal?: AbortSignal;
  /** Standard input. */
  input?: string | Uint8Array | Readable;
  /** Exit codes that are an answer, not a failure. Default: 0 alone. */
  okCodes?: readonly number[];
  /** Transports git may use (`https`, `ssh`, `file`). Default: none, so that nothing is ever fetched. */
  protocols?: readonly string[];
  /** Gets what git wrote on standard error although it succeeded: a warning that a report must not lose. */
  onWarning?: (text: string) => void;
}

/** git ended with a code that is no answer. */
export class GitError extends UserError {
  readonly args: readonly string[];
  /** Null when a signal ended it. */
  readonly code: number | null;
  readonly stderr: string;

  constructor(args: readonly string[], code: number | null, stderr: string) {
    const said = stderr.trim() || (code === null ? 'ended by a signal' : `ended with code ${code}`);
    super(`git ${args[0] ?? ''}: ${said}`, 3);
    this.args = args;
    this.code = code;
    this.stderr = stderr;
  }
}

/** The oldest git whose commands are used as they are here. */
export const OLDEST_GIT = '2.30';

/**
 * Runs git and gives what it wrote on standard output.
 * @throws {GitError} when it fails
 * @throws {UserError} when git is missing or too old, or the repository belongs to somebody else
 */
export async function runGit(args: readonly string[], options: GitOptions): Promise<Buffer> {
  options.signal?.throwIfAborted();
  const { child, ended, stderr } = startGit(args, options);
  // An iterator over the stream would take 3 ms to make.
  const chunks: Buffer[] = [];
  child.stdout!.on('data', (chunk: Buffer) => chunks.push(chunk));
  await settleEnd(ended, stderr, args, options);
  return chunks.length === 1 ? chunks[0] : Buffer.concat(chunks);
}

/**
 * Runs git and gives its standard output piece by piece. Failure is thrown after the last piece; leaving the loop early ends git.
 * @throws like `runGit`
 */
export async function* streamGit(
  args: readonly string[],
  options: GitOptions,
): AsyncGenerator<Buffer, void, undefined> {
  options.signal?.throwIfAborted();
  const { child, ended, stderr } = startGit(args, options);
  let finished = false;
  try {
    for await (const chunk of child.stdout!) yield chunk as Buffer;
    finished = true;
  } finally {
    if (!finished) child.kill();
  }
  await settleEnd(ended, stderr, args, options);
}

/** Like `runGit`, for the few commands at start-up. `input` cannot be a stream. */
export function runGitSync(
  args: readonly string[],
  options: Omit<GitOptions, 'input' | 'signal'> & { input?: string | Uint8Array },
): Buffer {
  const { status, stdout, stderr, error } = spawnSync('git', hardenedArguments(args), {
    cwd: options.cwd,
    env: hardenedEnvironment(options),
    input: options.input,
    maxBuffer: 1 << 30,
    windowsHide: true,
  });
  if (error) throw explainSpawnError(error, options);
  settle(args, status, stderr.toString(), options);
  return stdout;
}

/** @throws {UserError} when git is missing or older than `OLDEST_GIT` */
export function requireGit(options: Pick<GitOptions, 'cwd' | 'env'>): void {
  refuseOldGit(gitVersion(options));
}

/** @param answer of `git --version`. @throws {UserError} when that is older than `OLDEST_GIT` */
export function refuseOldGit(answer: string): void {
  const version = /(\d+\.\d+(\.\d+)?)/.exec(answer)?.[1];
  if (version && compareVersions(version, OLDEST_GIT) < 0)
    throw new UserError(`git ${version} is too old: install git ${OLDEST_GIT} or newer`);
}

/** Commands that would run a diff driver or textconv filter named in the repository, unless told not to. */
const DIFF_COMMANDS = new Set(['diff', 'diff-files', 'diff-index', 'diff-tree', 'log', 'show']);

/** Settings of the repository that start programs, or that change what git prints. Command-line settings win over every file. */
const SETTINGS = [
  'core.fsmonitor=false',
  'core.hooksPath=/dev/null',
  'core.pager=cat',
  'core.attributesFile=/dev/null',
  'core.alternateRefsCommand=:',
  'protocol.ext.allow=never',
  'gc.auto=0',
  'maintenance.auto=false',
  'color.ui=false',
  // These two start gpg, or change which commits and files `git log` names.
  'log.showSignature=false',
  'log.follow=false',
  'log.showRoot=true',
  'log.diffMerges=separate',
  'log.mailmap=false',
  'submodule.recurse=false',
  // Said on standard error wherever a graft file is named, /dev/null too.
  'advice.graftFileDeprecated=false',
].flatMap((setting) => ['-c', setting]);

function hardenedArguments(args: readonly string[]): string[] {
  const [command, ...rest] = args;
  const guards = DIFF_COMMANDS.has(command) ? ['--no-ext-diff', '--no-textconv'] : [];
  return ['--no-pager', ...SETTINGS, command, ...guards, ...rest];
}

/** Variables that name a repository, or a part of one, instead of the folder git starts in. @see `git rev-parse --local-env-vars` */
const LOCAL =
  /^GIT_(ALTERNATE_OBJECT_DIRECTORIES|OBJECT_DIRECTORY|DIR|WORK_TREE|IMPLICIT_WORK_TREE|INDEX_FILE|PREFIX|SHALLOW_FILE|COMMON_DIR|REPLACE_REF_BASE|NAMESPACE)$/;

/** The environment for a repository that is named by its folder: that of a hook, or of a user who has set `GIT_DIR`, names another one. */
export function forNamedFolder(env: GitOptions['env']): GitOptions['env'] {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !LOCAL.test(name)));
}

/** A line for a POSIX shell that runs git as the functions above do. No function of that name is called. */
export function shellCommand(args: readonly string[]): string {
  const words = hardenedArguments(args).map((word) => `'${word.replaceAll("'", "'\\''")}'`);
  return `command git ${words.join(' ')}`;
}

/** Variables of the user's shell that change what git prints or start a program for it. */
const DROPPED = /^GIT_(EXTERNAL_DIFF|DIFF_OPTS|PAGER|TRACE.*|REDIRECT_.*|CONFIG_NOSYSTEM|PAGER_IN_USE)$/;

/** What git gets to see of the environment. */
export function hardenedEnvironment(options: Pick<GitOptions, 'env' | 'protocols'>): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = {};
  for (const [name, value] of Object.entries(options.env)) if (!DROPPED.test(name)) env[name] = value;
  env.LC_ALL = 'C';
  env.LANGUAGE = 'C';
  env.GIT_TERMINAL_PROMPT = '0';
  env.GIT_OPTIONAL_LOCKS = '0';
  env.GIT_NO_REPLACE_OBJECTS = '1';
  env.GIT_GRAFT_FILE = '/dev/null';
  if (options.protocols) {
    env.GIT_ALLOW_PROTOCOL = options.protocols.join(':');
  } else {
    env.GIT_NO_LAZY_FETCH = '1';
    // Older git does not know that variable; with no transport allowed a promisor cannot be asked either.
    env.GIT_ALLOW_PROTOCOL = 'none';
  }
  return env;
}

interface RunningGit {
  child: ChildProcess;
  ended: Promise<number | null>;
  stderr: Promise<string>;
}

function startGit(args: readonly string[], options: GitOptions): RunningGit {
  const child = spawn('git', hardenedArguments(args), {
    cwd: options.cwd,
    env: hardenedEnvironment(options),
    stdio: [options.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    windowsHide: true,
    ...(options.signal && { signal: options.signal }),
  });
  const ended = awaitEnd(child);
  // Looked at later; until then a rejection must not count as unhandled.
  ended.catch(() => {});
  const stderr = collectText(child.stderr!);
  feed(child, options.input);
  return { child, ended, stderr };
}

/** Waits for the end. @throws what is wrong with it */
async function settleEnd(
  ended: Promise<number | null>,
  stderr: Promise<string>,
  args: readonly string[],
  options: GitOptions,
): Promise<void> {
  let code: number | null;
  try {
    code = await ended;
  } catch (error) {
    throw explainSpawnError(error as NodeJS.ErrnoException, options);
  }
  settle(args, code, await stderr, options);
}

function settle(args: readonly string[], code: number | null, stderr: string, options: GitOptions): void {
  if (code === null || !(options.okCodes ?? [0]).includes(code))
    throw explainFailure(args, code, stderr, options);
  if (stderr.trim()) options.onWarning?.(stderr.trim());
}

function explainFailure(
  args: readonly string[],
  code: number | null,
  stderr: string,
  options: GitOptions,
): UserError {
  if (/dubious ownership|unsafe repository/.test(stderr)) {
    const mend =
      /git config --global --add safe\.directory .*/.exec(stderr)?.[0].trim() ??
      `git config --global --add safe.directory '${options.cwd}'`;
    return new UserError(
      `git refuses to read this repository because it belongs to another user. If you trust it, run:\n  ${mend}`,
      3,
    );
  }
  requireGit(options);
  return new GitError(args, code, stderr);
}

function explainSpawnError(error: NodeJS.ErrnoException, options: Pick<GitOptions, 'cwd'>): Error {
  if (error.code === 'ENOTDIR') return new UserError(`${options.cwd}: a file, not a folder of a repository`);
  if (error.code === 'EACCES')
    return new UserError(`${options.cwd}: permission denied: git cannot be started in this folder`, 3);
  if (error.code === 'EMFILE' || error.code === 'ENFILE')
    return new UserError('too many open files to start git: raise the limit (ulimit -n)', 3);
  if (error.code !== 'ENOENT') return error;
  // spawn says ENOENT for a missing directory as well.
  if (!existsSync(options.cwd)) return new UserError(`${options.cwd}: no such directory`);
  return new UserError(`git is not installed or not on the PATH: install git ${OLDEST_GIT} or newer`);
}

function gitVersion(options: Pick<GitOptions, 'cwd' | 'env'>): string {
  const { stdout, error } = spawnSync('git', ['--version'], {
    cwd: options.cwd,
    env: hardenedEnvironment(options),
    windowsHide: true,
  });
  if (error) throw explainSpawnError(error, options);
  return stdout.toString();
}

function compareVersions(a: string, b: string): number {
  const [x, y] = [a, b].map((version) => version.split('.').map(Number));
  return x[0] - y[0] || x[1] - y[1];
}

/** After git has ended, what it started (ssh, a helper) may keep its pipes open: that is waited for no longer, in milliseconds. */
const LAST_WORDS = 500;

function awaitEnd(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.once('error', (error) => {
      if (error.name !== 'AbortError') return reject(error);
      // It has been told to end and still writes: whoever cleans up after it must come after it.
      const ended = () => {
        const timer = setTimeout(() => {
          child.stdout?.destroy();
          child.stderr?.destroy();
          reject(error);
        }, LAST_WORDS);
        child.once('close', () => clearTimeout(timer));
      };
      child.off('close', resolve);
      child.once('close', () => reject(error));
      if (child.exitCode === null && child.signalCode === null) child.once('exit', ended);
      else ended();
    });
    child.once('close', resolve);
  });
}

/** What git writes on standard error is for people: a megabyte of it is enough. */
async function collectText(stream: Readable, limit = 1 << 20): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  stream.on('data', (chunk: Buffer) => {
    if (size < limit) chunks.push(chunk);
    size += chunk.length;
  });
  await new Promise((resolve) => {
    stream.once('close', resolve);
    stream.once('error', resolve);
  });
  return Buffer.concat(chunks).toString();
}

function feed(child: ChildProcess, input: GitOptions['input']): void {
  if (input === undefined || !child.stdin) return;
  // git may end before it has read everything; its exit code tells why.
  child.stdin.on('error', () => {});
  if (typeof input === 'string' || input instanceof Uint8Array) child.stdin.end(input);
  else input.pipe(child.stdin);
}
