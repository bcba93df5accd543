import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { expandTemplate } from '../../src/rules/templates.ts';
import { Repository, temporaryFolder } from '../sources/repository.ts';

/** The command as it is shipped. */
const BIN = fileURLToPath(new URL('../../dist/unleak.js', import.meta.url));

/** A token of the right form that nobody has. */
const token = (seed: number) => expandTemplate('ghp_{base62:30}{crc32}', seed);

function unleak(repository: Repository, args: string[], env: Record<string, string> = {}, input = '') {
  const { status, stdout, stderr } = spawnSync(process.execPath, [BIN, ...args], {
    cwd: repository.dir,
    env: { ...repository.env, ...env },
    input,
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

/** `path:line` of every place in a JSON report, with the subject of its commit. */
function places(json: string): string[] {
  const { findings } = JSON.parse(json) as {
    findings: { places: { path: string; line: number; message?: string }[] }[];
  };
  return findings
    .flatMap((finding) => finding.places)
    .map(({ path, line, message }) => `${path}:${line}${message ? ` ${message}` : ''}`)
    .sort();
}

function project(): Repository {
  const repository = new Repository();
  repository.write('.git/info/exclude', 'node_modules\n');
  mkdirSync(join(repository.dir, 'node_modules/.bin'), { recursive: true });
  symlinkSync(BIN, join(repository.dir, 'node_modules/.bin/unleak'));
  repository.commit('first', { 'a.txt': 'a\n' });
  return repository;
}

test('staged: a new token is found, an old one is not', () => {
  const repository = project();
  repository.commit('old', { 'old.txt': `${token(1)}\nend\n` });
  repository.stage('old.txt', `${token(1)}\nmore\nend\n`);
  expect(unleak(repository, ['staged']).status).toBe(0);
  repository.stage('old.txt', `${token(1)}\nmore\n${token(2)}\n`);
  const { status, stdout } = unleak(repository, ['staged', '--format', 'json']);
  expect(status).toBe(1);
  expect(places(stdout)).toEqual(['old.txt:3']);
});

test('staged: of a changed archive what its old version has not is found, wherever it stands there', () => {
  const repository = project();
  const archive = (...tokens: number[]) => {
    const folder = temporaryFolder();
    for (const [i, seed] of tokens.entries()) writeFileSync(join(folder, `${i}.txt`), `a\n${token(seed)}\n`);
    return execFileSync('tar', ['-cz', ...tokens.map((_, i) => `${i}.txt`)], { cwd: folder });
  };
  repository.commit('old', { 'x.tgz': archive(1, 2) });
  repository.stage('x.tgz', archive(2, 1));
  expect(unleak(repository, ['staged']).status).toBe(0);
  repository.stage('x.tgz', archive(2, 3, 1));
  const { status, stdout } = unleak(repository, ['staged', '--format', 'json']);
  expect(status).toBe(1);
  expect(places(stdout)).toEqual(['x.tgz!/1.txt:2']);
  expect(unleak(repository, ['staged', '--no-archives']).status).toBe(0);
});

test('commits: an archive is read, and one that cannot be makes the scan incomplete', () => {
  const repository = project();
  repository.commit('packed', { 'x.gz': gzipSync(`${token(1)}\n`) });
  repository.commit('same again', { 'x.gz': gzipSync(`more\n${token(1)}\n`) });
  const found = unleak(repository, ['commits', 'HEAD~2..HEAD', '--format', 'json']);
  expect(found.status).toBe(1);
  expect(places(found.stdout)).toEqual(['x.gz!/x:1 packed']);
  repository.commit('broken', { 'y.gz': gzipSync('some text that is cut').subarray(0, 25) });
  const broken = unleak(repository, ['commits', 'HEAD^!', '--format', 'json']);
  expect(broken.status).toBe(3);
  expect(JSON.parse(broken.stdout).scan.skipped).toEqual([{ path: 'y.gz', reason: 'truncated' }]);
  repository.write('unleak.yaml', 'exclude: [y.gz]\n');
  expect(unleak(repository, ['commits', 'HEAD^!']).status).toBe(0);
});

test('staged: a secret that is added beside a key id committed long ago is a pair', () => {
  const repository = project();
  const [id, secret] = ['{aws-id:AKIA}', '{aws-secret}'].map((template) => expandTemplate(template, 12));
  const before = `[default]\naws_access_key_id = ${id}\nregion = eu-west-1\n`;
  repository.commit('id', { credentials: before });
  repository.stage('credentials', `${before}aws_secret_access_key = ${secret}\n`);
  const { status, stdout } = unleak(repository, ['staged', '--format', 'json']);
  expect(status).toBe(1);
  expect(JSON.parse(stdout).findings).toMatchObject([{ pair: { id, idLine: 2 }, places: [{ line: 4 }] }]);
});

test('staged: what cannot be read makes the scan incomplete', () => {
  const repository = project();
  repository.stage('b.txt', 'b\n');
  const id = repository.git('rev-parse', ':b.txt');
  execFileSync('rm', ['-f', join(repository.dir, '.git/objects', id.slice(0, 2), id.slice(2))]);
  const { status, stdout } = unleak(repository, ['staged', '--format', 'json']);
  expect(status).toBe(3);
  expect(JSON.parse(stdout).scan).toMatchObject({ complete: false, skipped: [{ path: 'b.txt' }] });
});

test('staged: outside a repository and in a bare one the message names the remedy', () => {
  const bare = new Repository(['--bare']);
  expect(unleak(bare, ['staged'])).toMatchObject({
    status: 2,
    stdout: '',
    stderr: /bare repository.*unleak audit/,
  });
});

test('commits: a token that was added and removed is found at its first commit, once', () => {
  const repository = project();
  repository.commit('leak', { 'a.txt': `x ${token(3)}\n` });
  repository.commit('touched', { 'a.txt': `y ${token(3)}\n` });
  repository.commit('repaired', { 'a.txt': 'clean\n' });
  repository.commit(`message ${token(4)}`);
  const { status, stdout } = unleak(repository, ['commits', 'HEAD~4..HEAD', '--format', 'json']);
  expect(status).toBe(1);
  expect(places(stdout).map((place) => place.replace(/ghp_\S+/, 'TOKEN'))).toEqual([
    'COMMIT_MSG:1 message TOKEN',
    'a.txt:1 leak',
  ]);
});

test('commits: options of git come after --', () => {
  const repository = project();
  repository.commit('leak', { 'b.txt': `${token(11)}\n` });
  expect(unleak(repository, ['commits', '--', '--all', '--not', 'HEAD~1']).status).toBe(1);
  expect(unleak(repository, ['commits', '--', '--all', '--not', 'HEAD']).status).toBe(0);
  expect(unleak(repository, ['commits', '--', '--output=x', 'HEAD'])).toMatchObject({
    status: 2,
    stderr: /not a revision/,
  });
});

test('commits: a revision that a broken pack holds makes the scan incomplete, and is not called unknown', () => {
  const repository = project();
  repository.git('gc', '-q');
  const packs = join(repository.dir, '.git/objects/pack');
  for (const name of readdirSync(packs))
    if (name.endsWith('.pack')) {
      chmodSync(join(packs, name), 0o644);
      truncateSync(join(packs, name), 40);
    }
  const { status, stderr } = unleak(repository, ['commits', 'HEAD']);
  expect(status).toBe(3);
  expect(stderr).toContain('does not match index');
});

test('commits: an unknown revision is wrong usage', () => {
  expect(unleak(project(), ['commits', 'nowhere..HEAD'])).toMatchObject({
    status: 2,
    stderr: /no.* such a revision/,
  });
});

test('an installed hook stops git commit, shows how to go on, and lets the next one pass', () => {
  const repository = project();
  expect(unleak(repository, ['install', 'pre-commit', 'commit-msg']).status).toBe(0);
  repository.stage('b.txt', `${token(5)}\n`);
  const { status, output } = repository.tryGit('commit', '-m', 'x');
  expect(status).toBe(1);
  expect(output).toMatch(/b\.txt[\s\S]*git restore --staged/);
  expect(output).not.toContain(token(5));
  repository.stage('b.txt', 'clean\n');
  expect(repository.tryGit('commit', '-m', `with ${token(6)}`).output).toContain(
    'its message holds a secret',
  );
  expect(repository.tryGit('commit', '-m', 'clean').status).toBe(0);
});

test('doctor proves an installed hook, and names what shadows it', () => {
  const repository = project();
  expect(unleak(repository, ['doctor'])).toMatchObject({
    status: 1,
    stdout: /there is no such hook[\s\S]*NOT GUARDED/,
  });
  unleak(repository, ['install']);
  expect(unleak(repository, ['doctor'])).toMatchObject({
    status: 0,
    stdout: /ok: A planted secret was stopped/,
  });
  repository.git('config', 'core.hooksPath', '.husky/_');
  expect(unleak(repository, ['doctor'])).toMatchObject({
    status: 1,
    stdout: /is never run: core\.hooksPath \(local\)/,
  });
});

test('git push is stopped by a token in any commit that the remote lacks', () => {
  const repository = project();
  const remote = new Repository(['--bare']);
  repository.git('remote', 'add', 'origin', remote.dir);
  unleak(repository, ['install', 'pre-push']);
  expect(repository.tryGit('push', '-q', 'origin', 'main').status).toBe(0);
  repository.commit('leak', { 'b.txt': `${token(7)}\n` });
  repository.commit('repair', { 'b.txt': 'clean\n' });
  const { status, output } = repository.tryGit('push', 'origin', 'main');
  expect(status).toBe(1);
  expect(output).toContain('The push was stopped');
  expect(repository.tryGit('push', '-q', 'origin', 'HEAD~2:refs/heads/clean').status).toBe(0);
  expect(repository.tryGit('push', '-q', 'origin', ':clean').status).toBe(0);
});

test('a server refuses a push that brings a token, and keeps none of it', () => {
  const repository = project();
  const remote = new Repository(['--bare']);
  repository.git('remote', 'add', 'origin', remote.dir);
  expect(unleak(remote, ['install', 'pre-receive']).status).toBe(0);
  expect(repository.tryGit('push', '-q', 'origin', 'main').status).toBe(0);
  repository.commit('leak', { 'b.txt': `${token(8)}\n` });
  const { status, output } = repository.tryGit('push', 'origin', 'main');
  expect(status).toBe(1);
  expect(output).toMatch(/remote: .*b\.txt[\s\S]*pre-receive hook declined/);
  expect(remote.tryGit('cat-file', '-e', repository.git('rev-parse', 'HEAD')).status).not.toBe(0);
});

test('uninstall takes everything away', () => {
  const repository = project();
  unleak(repository, ['install', 'pre-commit', 'pre-push']);
  expect(unleak(repository, ['uninstall']).stdout).toMatch(
    /removed +\.git\/hooks\/pre-commit\nremoved +\.git\/hooks\/pre-push/,
  );
  repository.stage('b.txt', `${token(9)}\n`);
  expect(repository.tryGit('commit', '-qm', 'x').status).toBe(0);
});

test('ci scans a push and annotates it', () => {
  const repository = project();
  const before = repository.git('rev-parse', 'HEAD');
  const after = repository.commit('leak', { 'b.txt': `${token(10)}\n` });
  const event = join(temporaryFolder(), 'event.json');
  execFileSync('tee', [event], { input: JSON.stringify({ before, after }) });
  const { status, stdout } = unleak(repository, ['ci'], {
    GITHUB_ACTIONS: 'true',
    GITHUB_EVENT_NAME: 'push',
    GITHUB_SHA: after,
    GITHUB_EVENT_PATH: event,
    GITHUB_STEP_SUMMARY: `${event}.md`,
  });
  expect(status).toBe(1);
  expect(readFileSync(`${event}.md`, 'utf8')).toContain('b.txt');
  expect(stdout).toContain('::error file=b.txt,line=1');
});

test('a hook over its time budget stops git', () => {
  const repository = project();
  const id = repository.git('rev-parse', 'HEAD');
  const input = `refs/heads/main ${id} refs/heads/main ${'0'.repeat(40)}\n`;
  const args = ['hook', 'pre-push', 'origin', 'url', '--time-budget', '0.001'];
  expect(unleak(repository, args, {}, input)).toMatchObject({ status: 3, stderr: /not done after 0\.001 s/ });
});
