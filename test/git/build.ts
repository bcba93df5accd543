import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A repository of a test, in a temporary directory, untouched by the machine's git configuration. */
export class TestRepository {
  readonly dir: string;
  /** Committer and author dates go up by a minute a commit unless set. */
  clock = 1_600_000_000;

  constructor(...initArgs: string[]) {
    this.dir = mkdtempSync(join(tmpdir(), 'unleak-git-'));
    this.git('init', '-q', '-b', 'main', ...initArgs);
  }

  get env(): Record<string, string | undefined> {
    const date = `${this.clock} +0200`;
    return {
      PATH: process.env.PATH,
      HOME: this.dir,
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_CONFIG_SYSTEM: '/dev/null',
      GIT_AUTHOR_NAME: 'Ada Ä',
      GIT_AUTHOR_EMAIL: 'ada@example.org',
      GIT_COMMITTER_NAME: 'Carl',
      GIT_COMMITTER_EMAIL: 'carl@example.org',
      GIT_AUTHOR_DATE: date,
      GIT_COMMITTER_DATE: date,
    };
  }

  get options(): { cwd: string; env: Record<string, string | undefined> } {
    return { cwd: this.dir, env: this.env };
  }

  /** Runs git bare, as the oracle. @returns standard output without its last line break */
  git(...args: string[]): string {
    return this.bytes(args).toString().replace(/\n$/, '');
  }

  bytes(args: string[], input?: string | Uint8Array): Buffer {
    return execFileSync('git', args, {
      cwd: this.dir,
      env: this.env as NodeJS.ProcessEnv,
      input,
      maxBuffer: 1 << 30,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
  }

  write(path: string, content: string | Uint8Array): this {
    mkdirSync(dirname(join(this.dir, path)), { recursive: true });
    writeFileSync(join(this.dir, path), content);
    return this;
  }

  commit(message: string, ...args: string[]): string {
    this.clock += 60;
    const commands = 'git add -A && git commit -q --allow-empty "$@" && git rev-parse HEAD';
    return this.shell(commands, '-m', message, ...args);
  }

  /** Commits on main, each of which adds files or changes them: one process for all. Their objects are loose, as after `commit`. */
  importCommits(commits: { message: string; files: Record<string, string | Uint8Array> }[]): void {
    const parts: (string | Uint8Array)[] = [];
    const data = (content: string | Uint8Array) =>
      parts.push(`data ${Buffer.byteLength(content)}\n`, content, '\n');
    const isBegun = this.git('for-each-ref', 'refs/heads/main') !== '';
    for (const [i, { message, files }] of commits.entries()) {
      this.clock += 60;
      const { env } = this;
      parts.push('commit refs/heads/main\n');
      for (const who of ['AUTHOR', 'COMMITTER'])
        parts.push(
          `${who.toLowerCase()} ${env[`GIT_${who}_NAME`]} <${env[`GIT_${who}_EMAIL`]}> ${this.clock} +0200\n`,
        );
      data(message);
      if (i === 0 && isBegun) parts.push('from refs/heads/main^0\n');
      for (const [path, content] of Object.entries(files)) {
        parts.push(`M 100644 inline ${path}\n`);
        data(content);
      }
    }
    this.#import(parts);
    this.git('reset', '-q', '--hard');
  }

  /** Loose blobs that nothing names. */
  importBlobs(contents: Uint8Array[]): void {
    this.#import(contents.flatMap((content) => [`blob\ndata ${content.length}\n`, content, '\n']));
  }

  #import(parts: (string | Uint8Array)[]): void {
    const stream = Buffer.concat(parts.map((part) => Buffer.from(part)));
    this.bytes(['-c', 'fastimport.unpackLimit=1000000', 'fast-import', '--quiet'], stream);
  }

  /** Several commands in one shell: starting a process takes a test's own, which is large, more time than git's work. */
  shell(commands: string, ...args: string[]): string {
    return execFileSync('sh', ['-c', commands, 'sh', ...args], {
      cwd: this.dir,
      env: this.env as NodeJS.ProcessEnv,
      maxBuffer: 1 << 30,
      stdio: ['pipe', 'pipe', 'pipe'],
    })
      .toString()
      .replace(/\n$/, '');
  }

  /** Every object there is, as git itself tells. */
  objects(): Map<string, { type: string; bytes: Buffer }> {
    const all = this.bytes(['cat-file', '--batch-all-objects', '--batch', '--buffer', '--unordered']);
    const objects = new Map<string, { type: string; bytes: Buffer }>();
    for (let at = 0; at < all.length; ) {
      const end = all.indexOf(10, at);
      const [id, type, length] = all.toString('latin1', at, end).split(' ');
      objects.set(id, { type, bytes: all.subarray(end + 1, end + 1 + Number(length)) });
      at = end + 2 + Number(length);
    }
    return objects;
  }

  remove(): void {
    rmSync(this.dir, { recursive: true, force: true });
  }
}
