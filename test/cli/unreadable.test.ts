import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const BIN = resolve('dist/unleak.js');

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'unleak-unreadable-'));
  chmodSync(folder, 0o755);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(path: string, text = 'text\n'): void {
  mkdirSync(join(folder, path, '..'), { recursive: true });
  writeFileSync(join(folder, path), text);
}

/** Root may read everything, so it runs the command as somebody else. */
const somebody = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};

function unleak(args: string[], cwd = folder) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [BIN, ...args], {
    cwd,
    encoding: 'utf8',
    env: { PATH: process.env.PATH, GIT_CEILING_DIRECTORIES: join(folder, '..') },
    timeout: 20_000,
    killSignal: 'SIGKILL',
    ...somebody,
  });
  return { status, stdout, stderr };
}

const skipped = (args: string[]) => {
  const { status, stdout } = unleak(['scan', ...args, '--format', 'json']);
  return { status, skipped: JSON.parse(stdout).scan.skipped };
};

describe.skipIf(process.platform === 'win32')('what may not be read', () => {
  beforeEach(() => {
    write('fine.txt');
    write('locked/inner.txt');
    symlinkSync('locked/inner.txt', join(folder, 'link'));
    chmodSync(join(folder, 'locked'), 0);
  });
  afterEach(() => chmodSync(join(folder, 'locked'), 0o755));

  it.each([
    ['.', 'locked'],
    ['locked', 'locked'],
    ['locked/inner.txt', 'locked/inner.txt'],
    ['locked/*', 'locked/*'],
    ['**/*.txt', 'locked'],
    ['link', 'link'],
  ])('is named when it is met by scan %s, and makes the scan incomplete', (argument, path) => {
    expect(skipped([argument, 'fine.txt'])).toEqual({
      status: 3,
      skipped: [{ path, reason: expect.stringMatching(/permission denied$/) }],
    });
  });

  it('is named in a work tree too, where git passes over it', () => {
    execFileSync('git', ['init', '-q'], { cwd: folder });
    if (somebody.uid) execFileSync('chown', ['-R', `${somebody.uid}`, '.git', '.'], { cwd: folder });
    chmodSync(join(folder, 'locked'), 0);
    expect(skipped(['.'])).toEqual({
      status: 3,
      skipped: [{ path: '.', reason: "git says: could not open directory 'locked/': Permission denied" }],
    });
  });

  it('ends git commands with a message and no stack', () => {
    chmodSync(join(folder, 'locked'), 0o711);
    execFileSync('git', ['init', '-q'], { cwd: folder });
    if (somebody.uid) execFileSync('chown', ['-R', `${somebody.uid}`, '.'], { cwd: folder });
    execFileSync('chmod', ['0', '.git/objects/pack', '.git/objects/info'], { cwd: folder });
    const { status, stderr } = unleak(['audit', '--no-progress']);
    execFileSync('chmod', ['700', '.git/objects/pack', '.git/objects/info'], { cwd: folder });
    expect(status).toBe(3);
    expect(stderr).not.toMatch(/\n\s+at /);
  });
});

describe('an argument that cannot be', () => {
  it.each([
    ['', "unleak: '': an empty path: give . for the current folder\n"],
    ['x'.repeat(300), `unleak: ${'x'.repeat(300)}: the name is too long\n`],
  ])('is refused: %j', (argument, message) => {
    expect(unleak(['scan', argument])).toEqual({ status: 2, stdout: '', stderr: message });
  });

  it('is the current folder when it is gone', () => {
    const script = `mkdir gone && cd gone && rmdir ../gone && '${process.execPath}' '${BIN}' scan .`;
    const { status, stderr } = spawnSync('sh', ['-c', script], { cwd: folder, encoding: 'utf8' });
    expect([status, stderr]).toEqual([
      2,
      'unleak: the current folder is gone: change to one that is there\n',
    ]);
  });
});

describe.skipIf(process.platform === 'win32')('a FIFO or device in the place of', () => {
  const refusal = /: it is a FIFO, socket or device, not a file\n$/;

  it.each(['unleak.yaml', '.unleak-baseline'])('%s is refused and not waited for', (name) => {
    write('a.txt');
    execFileSync('mkfifo', [join(folder, name)]);
    expect(unleak(['scan', '.'])).toMatchObject({ status: 2, stderr: expect.stringMatching(refusal) });
    rmSync(join(folder, name));
    symlinkSync('/dev/zero', join(folder, name));
    expect(unleak(['scan', '.'])).toMatchObject({ status: 2, stderr: expect.stringMatching(refusal) });
  });

  it('package.json is no configuration', () => {
    execFileSync('mkfifo', [join(folder, 'package.json')]);
    write('a.txt');
    expect(unleak(['scan', '.']).status).toBe(0);
  });

  it('a file of --config is taken when the shell passes it in', () => {
    write('a.txt');
    const script = `'${process.execPath}' '${BIN}' scan . --config <(echo 'exclude: [5]')`;
    const { status, stderr } = spawnSync('bash', ['-c', script], { cwd: folder, encoding: 'utf8' });
    expect(status).toBe(2);
    expect(stderr).toMatch(/^unleak: \/dev\/fd\/\d+:1: exclude\[1\]: expected string/);
  });
});

describe('a mistake in a rule of the configuration', () => {
  it('is named by the line of its key', () => {
    const rule = '    title: x\n    severity: high\n    confidence: high\n    keywords: [abcd]\n';
    write('unleak.yaml', `rules:\n  - id: own\n${rule}    patern: "(?<secret>a)"\n`);
    expect(unleak(['scan', '.']).stderr).toBe(
      'unleak: unleak.yaml:7: unknown key patern: did you mean pattern?\n',
    );
    write('unleak.yaml', `rules:\n  - id: own\n${rule}    pattern: "(?<secret>a)"\n    within: 5\n`);
    expect(unleak(['scan', '.']).stderr).toBe('unleak: unleak.yaml:8: the key within has no meaning here\n');
  });
});
