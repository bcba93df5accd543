import { execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { expandTemplate } from '../../src/rules/templates.ts';

const BIN = resolve('dist/unleak.js');
const token = (seed = 1) => expandTemplate('ghp_{base62:30}{crc32}', seed);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'unleak-scan-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function write(path: string, text: string | Buffer): void {
  mkdirSync(join(folder, path, '..'), { recursive: true });
  writeFileSync(join(folder, path), text);
}

function unleak(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [BIN, ...args], {
    cwd: folder,
    encoding: 'utf8',
  });
  return { code: status, stdout, stderr };
}

function scanJson(...args: string[]) {
  const { code, stdout, stderr } = unleak('scan', ...args, '--format', 'json');
  return { code, stderr, report: JSON.parse(stdout) };
}

const paths = (report: { findings: { places: { path: string }[] }[] }) =>
  report.findings.flatMap((finding) => finding.places.map((place) => place.path)).sort();

describe('unleak scan', () => {
  it('ends with 0 when nothing is found and 1 when something is', () => {
    write('a.txt', 'nothing here\n');
    expect(unleak('scan', '.').code).toBe(0);
    write('b.txt', `key: ${token()}\n`);
    expect(unleak('scan', '.').code).toBe(1);
  });

  it('reports path, line and column, and masks the secret', () => {
    write('src/a.js', `// one\nconst k = '${token()}';\n`);
    const { report } = scanJson();
    expect(report.findings[0].places[0]).toMatchObject({ path: 'src/a.js', line: 2, column: 12 });
    expect(JSON.stringify(report)).not.toContain(token());
    expect(report.findings[0].secret).toBe(`ghp_********${token().slice(-4)}`);
    expect(unleak('scan', '.', '--show-secrets').stdout).toContain(token());
  });

  it('takes files, folders, globs and standard input', () => {
    write('a/one.txt', token(1));
    write('b/two.txt', token(2));
    write('b/three.md', token(3));
    expect(paths(scanJson('a').report)).toEqual(['a/one.txt']);
    expect(paths(scanJson('b/three.md', 'a').report)).toEqual(['a/one.txt', 'b/three.md']);
    expect(paths(scanJson('**/*.txt').report)).toEqual(['a/one.txt', 'b/two.txt']);
    const input = execFileSync(
      'sh',
      [
        '-c',
        `printf 'x ${token(4)}' | "${process.execPath}" "${BIN}" scan - --stdin-filename x.js --format json || true`,
      ],
      { cwd: folder, encoding: 'utf8' },
    );
    expect(paths(JSON.parse(input))).toEqual(['x.js']);
  });

  it('leaves out and lets in by globs', () => {
    for (const path of ['src/a.txt', 'src/deep/b.txt', 'fixtures/c.txt']) write(path, token());
    expect(paths(scanJson('.', '--exclude', 'fixtures').report)).toEqual(['src/a.txt', 'src/deep/b.txt']);
    expect(paths(scanJson('.', '--exclude', '**/deep/**,fixtures/').report)).toEqual(['src/a.txt']);
    expect(paths(scanJson('.', '--include', 'src/*.txt').report)).toEqual(['src/a.txt']);
  });

  it('refuses to run and not to run the same rule', () => {
    const { code, stderr } = unleak('scan', '--rule', 'aws-access-key', '--no-rule', 'aws-access-key');
    expect([code, stderr]).toEqual([
      2,
      'unleak: --rule aws-access-key and --no-rule aws-access-key: give one of them\n',
    ]);
  });

  it('in a work tree scans what git tracks and what it does not ignore', () => {
    execFileSync('git', ['init', '-q'], { cwd: folder });
    write('.gitignore', 'ignored/\n');
    for (const path of ['tracked.txt', 'untracked.txt', 'ignored/c.txt']) write(path, token());
    execFileSync('git', ['add', 'tracked.txt'], { cwd: folder });
    expect(paths(scanJson().report)).toEqual(['tracked.txt', 'untracked.txt']);
    expect(paths(scanJson('--no-gitignore').report)).toEqual([
      'ignored/c.txt',
      'tracked.txt',
      'untracked.txt',
    ]);
    expect(paths(scanJson('ignored/c.txt').report)).toEqual(['ignored/c.txt']);
  });

  it('does not miss a tracked file that was deleted, nor those that a sparse checkout leaves out', () => {
    const git = (...args: string[]) =>
      execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...args], {
        cwd: folder,
        stdio: 'pipe',
      });
    git('init', '-q');
    for (const path of ['a.txt', 'b.txt', 'deep/c.txt']) write(path, token());
    git('add', '-A');
    git('commit', '-qm', 'x');
    rmSync(join(folder, 'a.txt'));
    const { report, code } = scanJson();
    expect(paths(report)).toEqual(['b.txt', 'deep/c.txt']);
    expect([report.scan.complete, code]).toEqual([true, 1]);
    git('sparse-checkout', 'set', '--no-cone', '/deep/');
    write('b.txt', token());
    expect(scanJson().report.scan).toMatchObject({ complete: true, skipped: [] });
    expect(paths(scanJson().report)).toEqual(['b.txt', 'deep/c.txt']);
  });

  it('scans submodules and nested repositories by their own rules', () => {
    execFileSync('git', ['init', '-q'], { cwd: folder });
    mkdirSync(join(folder, 'inner'));
    execFileSync('git', ['init', '-q'], { cwd: join(folder, 'inner') });
    write('inner/.gitignore', 'no.txt\n');
    write('inner/yes.txt', token());
    write('inner/no.txt', token());
    expect(paths(scanJson().report)).toEqual(['inner/yes.txt']);
    execFileSync('git', ['-C', 'inner', 'add', '-A'], { cwd: folder });
    execFileSync('git', ['-C', 'inner', '-c', 'user.name=a', '-c', 'user.email=a@b', 'commit', '-qm', 'x'], {
      cwd: folder,
    });
    execFileSync('git', ['-c', 'advice.addEmbeddedRepo=false', 'add', '-A'], { cwd: folder });
    expect(paths(scanJson().report)).toEqual(['inner/yes.txt']);
  });

  it('follows no link, out of the tree or around in it', () => {
    write('real/a.txt', token());
    symlinkSync('real', join(folder, 'again'));
    symlinkSync('.', join(folder, 'real/loop'));
    symlinkSync('/etc/passwd', join(folder, 'out'));
    expect(paths(scanJson().report)).toEqual(['real/a.txt']);
    expect(paths(scanJson('again').report)).toEqual(['real/a.txt']);
  });

  it('gives the same with one thread and with two, whatever the order of its arguments', () => {
    for (let i = 0; i < 1500; i++)
      write(`d${i % 7}/f${i}.txt`, i % 50 === 0 ? `k = ${token(i)}\n` : 'plain text\n');
    const strip = (text: string) => text.replace(/"(?:started|durationMs)": [^\n]*/g, '');
    const folders = readdirSync(folder);
    const one = unleak('scan', ...folders, '--jobs', '1', '--format', 'json').stdout;
    const two = unleak('scan', ...folders, '--jobs', '2', '--format', 'json').stdout;
    folders.reverse();
    const shuffled = unleak('scan', ...folders, '--jobs', '2', '--format', 'json').stdout;
    expect(strip(two)).toBe(strip(one));
    expect(strip(shuffled)).toBe(strip(one));
    expect(JSON.parse(one).findings).toHaveLength(30);
  });
});

describe('bad input of unleak scan', () => {
  it.each([
    [['scan', 'missing.txt'], 'missing.txt: no such file or folder'],
    [['scan', 'none/*.txt'], 'none/*.txt: no file matches'],
    [['scan', '--exlude', 'x'], 'did you mean --exclude?'],
    [['scan', '--format', 'yson'], 'did you mean json?'],
    [['scan', '--jobs', '0'], '--jobs 0'],
    [['scan', '--max-file-size', 'big'], '--max-file-size big'],
    [['scan', '--rule', 'aws-acess-key'], 'did you mean aws-access-key?'],
    [['scan', '--output', 'no/where.json'], 'does not exist'],
    [['scan', '--config', 'none.yaml'], 'none.yaml'],
    [['scn'], 'did you mean unleak scan?'],
    [['scan', '-', 'x'], 'standard input'],
  ])('%j is refused by name, with the mend, and exit code 2', (args, message) => {
    const { code, stdout, stderr } = unleak(...args);
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });

  it('a rule with a mistake is named by file, line and the nearest key', () => {
    write('unleak.yaml', 'rules:\n  - own.yaml\n');
    write(
      'own.yaml',
      'vendor: Own\nrules:\n  - id: own-key\n    title: Own key\n    severity: high\n    confidnce: high\n',
    );
    const { code, stderr } = unleak('scan', '.');
    expect(stderr).toContain('own.yaml:6');
    expect(stderr).toContain('did you mean confidence?');
    expect(code).toBe(2);
  });

  it('FIFOs and sockets block nothing', async () => {
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    const server = createServer().listen(join(folder, 'socket'));
    write('a.txt', token());
    expect(paths(scanJson().report)).toEqual(['a.txt']);
    const named = scanJson('pipe', 'a.txt');
    expect(named.report.scan.skipped).toEqual([{ path: 'pipe', reason: 'it is a FIFO, not a file' }]);
    await new Promise((done) => server.close(done));
  });

  it('a file too large is named, and the scan is incomplete', () => {
    write('large.txt', `${'x'.repeat(2000)}${token()}`);
    const { code, report } = scanJson('--max-file-size', '1KB');
    expect(code).toBe(3);
    expect(report.scan).toMatchObject({ complete: false, skipped: [{ path: 'large.txt' }] });
  });

  it('names with newlines, bytes that are no UTF-8, NUL bytes and empty files are taken as they are', () => {
    write('two\nlines.txt', token(1));
    write('empty.txt', '');
    write(
      'binary.bin',
      Buffer.concat([Buffer.from([0, 1, 2, 0xff]), Buffer.from(` ${token(2)} `), Buffer.from([0, 0xfe])]),
    );
    execFileSync('sh', ['-c', `printf '%s' '${token(3)}' > "$(printf 'b\\377d.txt')"`], { cwd: folder });
    const { report } = scanJson();
    expect(paths(report)).toEqual(['b%FFd.txt', 'binary.bin', 'two\nlines.txt']);
    const [place] = report.findings
      .flatMap((f: { places: { pathBytes?: string }[] }) => f.places)
      .filter((p: { pathBytes?: string }) => p.pathBytes);
    expect(Buffer.from(place.pathBytes, 'base64').toString('latin1')).toBe('b\xffd.txt');
  });

  it('a closed pipe ends quietly', () => {
    for (let i = 0; i < 400; i++) write(`f${i}.txt`, token(i));
    const out = execFileSync(
      'bash',
      ['-c', `"${process.execPath}" "${BIN}" scan . 2>err | head -c 100; cat err`],
      { cwd: folder },
    );
    expect(out).toHaveLength(100);
  });

  it('a full disk leaves a message, exit code 3 and nothing half-written', () => {
    write('a.txt', token());
    const { code, stderr } = unleak('scan', 'a.txt', '--format', 'json', '--output', '/dev/full');
    expect(stderr).toContain('/dev/full: the disk is full');
    expect(code).toBe(3);
  });

  it('a report file is readable by its owner alone and complete', () => {
    write('a.txt', token());
    unleak('scan', 'a.txt', '--output', 'json=out.json');
    expect(statSync(join(folder, 'out.json')).mode & 0o777).toBe(0o600);
    expect(JSON.parse(readFileSync(join(folder, 'out.json'), 'utf8')).findings).toHaveLength(1);
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s ends it with %i', async (signal, code) => {
    const child = spawn(process.execPath, [BIN, 'scan', '-'], {
      cwd: folder,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    child.stdin.write('waiting\n');
    await new Promise((done) => setTimeout(done, 700));
    child.kill(signal);
    child.stdin.on('error', () => {});
    const ended = await new Promise((done) => child.on('close', (status) => done(status)));
    expect(ended).toBe(code);
  });
});

describe('unleak scan --explain', () => {
  it('says which rules looked at a line, and why one dropped it', () => {
    write('a.env', `first\nGITHUB_TOKEN=ghp_${'x'.repeat(36)}\nOTHER=${token()}\n`);
    expect(unleak('scan', '--explain', 'a.env:2').stdout).toContain(
      'github-personal-access-token ghp_********xxxx: dropped',
    );
    const found = unleak('scan', '--explain', 'a.env:3');
    expect(found.stdout).toContain('-> github-personal-access-token, critical, confidence high');
    expect(found.stdout).not.toContain(token());
    expect(unleak('scan', '--explain', 'a.env:99').code).toBe(2);
  });
});
