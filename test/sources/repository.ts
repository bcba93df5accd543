import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Blob } from '../../src/sources/blob.ts';

/** An environment in which git knows nothing of the machine it runs on. */
export function gitEnvironment(extra: Record<string, string> = {}): Record<string, string> {
  return {
    PATH: process.env.PATH!,
    HOME: '/nonexistent',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_AUTHOR_NAME: 'Ada',
    GIT_AUTHOR_EMAIL: 'ada@example.org',
    GIT_AUTHOR_DATE: '1700000000 +0200',
    GIT_COMMITTER_NAME: 'Ada',
    GIT_COMMITTER_EMAIL: 'ada@example.org',
    GIT_COMMITTER_DATE: '1700000000 +0200',
    GIT_EDITOR: ':',
    ...extra,
  };
}

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'unleak-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A repository of one test, made by git itself and removed after it. */
export class Repository {
  readonly dir: string;
  readonly env: Record<string, string>;

  constructor(init: string[] = [], dir = temporaryFolder(), env: Record<string, string> = {}) {
    this.dir = dir;
    this.env = gitEnvironment(env);
    if (!init.includes('--existing')) this.git('init', '-q', '-b', 'main', ...init);
  }

  git(...args: string[]): string {
    return execFileSync('git', args, { cwd: this.dir, env: this.env, stdio: 'pipe' }).toString().trimEnd();
  }

  /** For commands that may fail. */
  tryGit(...args: string[]): { status: number | null; output: string } {
    const { status, stdout, stderr } = spawnSync('git', args, { cwd: this.dir, env: this.env });
    return { status, output: `${stdout}${stderr}` };
  }

  gitWith(input: string | Buffer, ...args: string[]): string {
    return execFileSync('git', args, { cwd: this.dir, env: this.env, input, stdio: 'pipe' })
      .toString()
      .trimEnd();
  }

  write(path: string, content: string | Buffer, mode?: number): void {
    const file = join(this.dir, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
    if (mode !== undefined) chmodSync(file, mode);
  }

  stage(path: string, content: string | Buffer): void {
    this.write(path, content);
    this.git('add', '-f', '--', path);
  }

  /** @returns the commit's id */
  commit(message: string, files: Record<string, string | Buffer> = {}): string {
    for (const [path, content] of Object.entries(files)) this.write(path, content);
    // One shell for all: starting a process takes a test's own, which is large, more time than git's work.
    const add = Object.keys(files).length > 0 ? 'git add -f -- "$@" && ' : '';
    const commands = `${add}git commit -q --allow-empty --no-verify -m "$0" && git rev-parse HEAD`;
    return execFileSync('sh', ['-c', commands, message, ...Object.keys(files)], {
      cwd: this.dir,
      env: this.env,
      stdio: 'pipe',
    })
      .toString()
      .trimEnd();
  }
}

/** The new text of each blob, by path, as a scan would see it. */
export function newText(blobs: Iterable<Blob>): Record<string, string> {
  return Object.fromEntries([...blobs].map((blob) => [blob.path, changedText(blob)]));
}

export function changedText({ bytes, changed }: Blob): string {
  const buffer = Buffer.from(bytes);
  return (changed ?? [[0, buffer.length]])
    .map(([start, end]) => buffer.toString('utf8', start, end))
    .join('|');
}

export function lines(count: number, word = 'line'): string {
  return Array.from({ length: count }, (_, i) => `${word} ${i + 1}\n`).join('');
}
