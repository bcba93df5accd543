import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GitError, requireGit, runGit, runGitSync, streamGit } from '../../src/git/run.ts';
import { UserError } from '../../src/model/errors.ts';

let dir: string;
const env = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' };
const options = () => ({ cwd: dir, env });

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'unleak-run-'));
  await runGit(['init', '-q'], options());
  writeFileSync(join(dir, 'a.txt'), 'one\n');
  await runGit(['add', '.'], options());
  await runGit(['commit', '-qm', 'first'], {
    ...options(),
    env: {
      ...env,
      GIT_AUTHOR_NAME: 'T',
      GIT_AUTHOR_EMAIL: 't@t',
      GIT_COMMITTER_NAME: 'T',
      GIT_COMMITTER_EMAIL: 't@t',
    },
  });
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

describe('running git', () => {
  it('gives standard output, whole, streamed and synchronously', async () => {
    expect((await runGit(['cat-file', '-p', 'HEAD:a.txt'], options())).toString()).toBe('one\n');
    expect(runGitSync(['cat-file', '-p', 'HEAD:a.txt'], options()).toString()).toBe('one\n');
    const pieces: Buffer[] = [];
    for await (const piece of streamGit(['cat-file', '--batch'], { ...options(), input: 'HEAD:a.txt\n' }))
      pieces.push(piece);
    expect(Buffer.concat(pieces).toString()).toMatch(/ blob 4\none\n\n$/);
  });

  it('says what git said when it fails, with exit code 3', async () => {
    const error = await runGit(['rev-parse', '--verify', 'nowhere'], options()).catch((e) => e);
    expect(error).toBeInstanceOf(GitError);
    expect(error.exitCode).toBe(3);
    expect(error.message).toContain('Needed a single revision');
    expect(() => runGitSync(['rev-parse', '--verify', 'nowhere'], options())).toThrow(GitError);
    expect(
      (await runGit(['diff', '--quiet', '--no-index', 'a.txt', '.git/HEAD'], { ...options(), okCodes: [1] }))
        .length,
    ).toBe(0);
  });

  it('runs no program that the repository names: fsmonitor, hooks, external diff, textconv, pager, gpg', async () => {
    const marker = join(dir, 'RAN');
    const script = join(dir, 'evil.sh');
    writeFileSync(script, `#!/bin/sh\ntouch '${marker}'\ncat "$@" 2>/dev/null\n`);
    chmodSync(script, 0o755);
    const set = (key: string, value: string) => runGitSync(['config', key, value], options());
    for (const key of [
      'core.fsmonitor',
      'core.pager',
      'diff.external',
      'diff.evil.textconv',
      'diff.evil.command',
      'gpg.program',
      'pager.log',
    ])
      set(key, script);
    set('log.showSignature', 'true');
    set('alias.log', `!${script}`);
    writeFileSync(join(dir, '.git/info/attributes'), '* diff=evil\n');
    writeFileSync(join(dir, '.git/hooks/post-index-change'), `#!/bin/sh\ntouch '${marker}'\n`, {
      mode: 0o755,
    });
    writeFileSync(join(dir, 'a.txt'), 'two\n');
    expect((await runGit(['diff', '-U0'], options())).toString()).toContain('+two');
    expect((await runGit(['log', '-p', '--all'], options())).toString()).toContain('+one');
    await runGit(['diff-index', '-p', 'HEAD'], options());
    await runGit(['status', '--porcelain'], options());
    expect(existsSync(marker)).toBe(false);
    // The trap does spring when git is run bare, so its silence above proves something.
    const { spawnSync } = await import('node:child_process');
    spawnSync('git', ['diff'], { cwd: dir, env });
    expect(existsSync(marker)).toBe(true);
  });

  it('uses no transport unless one is named', async () => {
    await expect(runGit(['ls-remote', dir], options())).rejects.toThrow(/transport 'file' not allowed/);
    expect((await runGit(['ls-remote', dir], { ...options(), protocols: ['file'] })).toString()).toContain(
      'HEAD',
    );
  });

  it('tells a missing git, a missing directory and an old git apart', async () => {
    const empty = mkdtempSync(join(tmpdir(), 'unleak-path-'));
    await expect(runGit(['version'], { cwd: dir, env: { PATH: empty } })).rejects.toThrow(
      /git is not installed/,
    );
    expect(() => runGitSync(['version'], { cwd: dir, env: { PATH: empty } })).toThrow(/git is not installed/);
    await expect(runGit(['version'], { cwd: join(dir, 'none'), env })).rejects.toThrow(/no such directory/);
    writeFileSync(join(empty, 'git'), '#!/bin/sh\necho git version 2.17.1\nexit 129\n', { mode: 0o755 });
    const old = { cwd: dir, env: { PATH: `${empty}:/bin:/usr/bin` } };
    expect(() => requireGit(old)).toThrow('git 2.17.1 is too old: install git 2.30 or newer');
    await expect(runGit(['rev-parse'], old)).rejects.toThrow(UserError);
    expect(() => requireGit(options())).not.toThrow();
    rmSync(empty, { recursive: true });
  });

  it('quotes the command that mends dubious ownership', async () => {
    const owned = { cwd: dir, env: { ...env, GIT_TEST_ASSUME_DIFFERENT_OWNER: '1' } };
    const error = await runGit(['rev-parse', '--git-dir'], owned).catch((e) => e);
    expect(error).toBeInstanceOf(UserError);
    expect(error.message).toContain('git config --global --add safe.directory');
  });

  it('hands on warnings of a command that succeeded', async () => {
    const warnings: string[] = [];
    writeFileSync(join(dir, '.git/refs/heads/broken'), 'nonsense\n');
    await runGit(['for-each-ref'], { ...options(), onWarning: (text) => warnings.push(text) });
    rmSync(join(dir, '.git/refs/heads/broken'));
    expect(warnings.join()).toContain('broken');
  });

  it('ends git when the reader has enough', async () => {
    for await (const piece of streamGit(['cat-file', '--batch-all-objects', '--batch'], options())) {
      expect(piece.length).toBeGreaterThan(0);
      break;
    }
    await expect(runGit(['version'], { ...options(), signal: AbortSignal.abort() })).rejects.toThrow(
      /abort/i,
    );
  });
});
