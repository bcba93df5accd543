import { Readable, Writable } from 'node:stream';
import { expect, test } from 'vitest';
import type { Arguments, Io } from '../../src/cli/command.ts';
import { type RunScan, runHook } from '../../src/cli/run-hook.ts';
import { changedText, Repository } from '../sources/repository.ts';

/** Runs a hook with a scan that only notes what it is given; `code` is what that scan answers. */
async function hook(
  repository: Repository,
  positionals: string[],
  {
    input = '',
    env = {},
    values = {},
    code = 0,
    scan,
  }: {
    input?: string;
    env?: Record<string, string>;
    values?: Arguments['values'];
    code?: number;
    scan?: RunScan;
  } = {},
) {
  const seen: string[] = [];
  let stderr = '';
  const sink = new Writable({
    write(chunk, _, done) {
      stderr += chunk;
      done();
    },
  });
  const io: Io = {
    stdin: Readable.from([Buffer.from(input)]),
    stdout: sink,
    stderr: sink,
    env: { ...repository.env, ...env },
    cwd: repository.dir,
    signal: new AbortController().signal,
  };
  const note: RunScan = async (opening) => {
    const source = await opening;
    for await (const blob of source.blobs) seen.push(`${blob.path}: ${changedText(blob).trimEnd()}`);
    return source.skipped.length > 0 ? 3 : code;
  };
  const exitCode = await runHook({ positionals, values }, io, scan ?? note);
  return { exitCode, seen, stderr };
}

const ZERO = '0'.repeat(40);

function cloned(): { repository: Repository; remote: Repository } {
  const remote = new Repository(['--bare']);
  const repository = new Repository();
  repository.git('remote', 'add', 'origin', remote.dir);
  repository.commit('first', { 'a.txt': 'pushed\n' });
  repository.git('push', '-q', 'origin', 'main');
  return { repository, remote };
}

test('pre-commit scans what is staged, and says what to do about it', async () => {
  const { repository } = cloned();
  repository.stage('b.txt', 'staged\n');
  const { exitCode, seen, stderr } = await hook(repository, ['pre-commit'], { code: 1 });
  expect({ exitCode, seen }).toEqual({ exitCode: 1, seen: ['b.txt: staged'] });
  expect(stderr).toMatch(/git restore --staged[\s\S]*unleak:allow[\s\S]*unleak respond/);
});

test('a clean commit passes without a word', async () => {
  const { repository } = cloned();
  repository.stage('b.txt', 'staged\n');
  expect(await hook(repository, ['pre-commit'])).toMatchObject({ exitCode: 0, stderr: '' });
});

test('the files that the pre-commit framework names are scanned unless they are staged', async () => {
  const { repository } = cloned();
  repository.commit('second', { 'c.txt': 'old\n', 'moved.txt': 'x\n' });
  repository.stage('c.txt', 'old\nnew\n');
  const { seen } = await hook(repository, ['pre-commit', 'a.txt', 'c.txt']);
  expect(seen).toEqual(['c.txt: new', 'a.txt: pushed']);
});

test('commit-msg scans the message without the diff of git commit --verbose', async () => {
  const { repository } = cloned();
  const cut = '# ------------------------ >8 ------------------------\n';
  repository.write('.git/COMMIT_EDITMSG', `subject\n\nbody\n${cut}# Do not touch\ndiff --git a b\n+staged\n`);
  expect((await hook(repository, ['commit-msg', '.git/COMMIT_EDITMSG'])).seen).toEqual([
    'COMMIT_MSG: subject\n\nbody',
  ]);
});

test('pre-push scans all refs that are pushed, and not what the remote has', async () => {
  const { repository } = cloned();
  const one = repository.commit('one', { 'one.txt': '1\n' });
  repository.git('checkout', '-qb', 'side', 'HEAD~1');
  const two = repository.commit('two', { 'two.txt': '2\n' });
  const old = repository.git('rev-parse', 'origin/main');
  const input = `refs/heads/main ${one} refs/heads/main ${old}\nrefs/heads/side ${two} refs/heads/side ${ZERO}\n`;
  const { seen } = await hook(repository, ['pre-push', 'origin', 'url'], { input });
  expect(seen.filter((line) => !line.startsWith('COMMIT')).sort()).toEqual(['one.txt: 1', 'two.txt: 2']);
});

test('pre-push to a URL leaves out what the remote said it has', async () => {
  const { repository, remote } = cloned();
  const next = repository.commit('next', { 'b.txt': 'b\n' });
  const old = repository.git('rev-parse', 'HEAD~1');
  const input = `refs/heads/main ${next} refs/heads/main ${old}\n`;
  const { seen } = await hook(repository, ['pre-push', remote.dir, remote.dir], { input });
  expect(seen).toEqual(['COMMIT_MSG: next', 'b.txt: b']);
});

test('pre-push scans the message of a tag', async () => {
  const { repository } = cloned();
  repository.git('tag', '-a', '-m', 'tag text', 'v1');
  const input = `refs/tags/v1 ${repository.git('rev-parse', 'v1')} refs/tags/v1 ${ZERO}\n`;
  expect((await hook(repository, ['pre-push', 'origin', 'url'], { input })).seen).toEqual([
    'TAG_MSG: tag text',
  ]);
});

test('a push that only deletes passes, and is no reason to scan', async () => {
  const { repository } = cloned();
  const input = `(delete) ${ZERO} refs/heads/main ${repository.git('rev-parse', 'HEAD')}\n`;
  const scan = () => Promise.reject(new Error('scanned'));
  expect((await hook(repository, ['pre-push', 'origin', 'url'], { input, scan })).exitCode).toBe(0);
});

test('a forced push over commits that are not here scans all that is not on the remote', async () => {
  const { repository } = cloned();
  const next = repository.commit('next', { 'b.txt': 'b\n' });
  const input = `refs/heads/main ${next} refs/heads/main ${'1'.repeat(40)}\n`;
  expect((await hook(repository, ['pre-push', 'origin', 'url'], { input })).seen).toEqual([
    'COMMIT_MSG: next',
    'b.txt: b',
  ]);
});

test('when a manager has used up the input of pre-push, HEAD is scanned', async () => {
  const { repository } = cloned();
  repository.commit('next', { 'b.txt': 'b\n' });
  expect((await hook(repository, ['pre-push', 'origin', 'url'])).seen).toEqual([
    'COMMIT_MSG: next',
    'b.txt: b',
  ]);
});

test('the pre-commit framework tells a push by variables', async () => {
  const { repository } = cloned();
  const next = repository.commit('next', { 'b.txt': 'b\n' });
  repository.commit('not pushed', { 'c.txt': 'c\n' });
  const env = {
    PRE_COMMIT_TO_REF: next,
    PRE_COMMIT_FROM_REF: 'origin/main',
    PRE_COMMIT_REMOTE_NAME: 'origin',
  };
  expect((await hook(repository, ['pre-push'], { env })).seen).toEqual(['COMMIT_MSG: next', 'b.txt: b']);
});

test('pre-receive scans what no ref of the server holds', async () => {
  const { repository, remote } = cloned();
  const next = repository.commit('next', { 'b.txt': 'b\n' });
  repository.git('push', '-q', 'origin', 'main:refs/tmp/x');
  remote.git('update-ref', '-d', 'refs/tmp/x');
  const input = `${repository.git('rev-parse', 'HEAD~1')} ${next} refs/heads/main\n${ZERO} ${next} refs/heads/copy\n`;
  expect((await hook(remote, ['pre-receive'], { input })).seen).toEqual(['COMMIT_MSG: next', 'b.txt: b']);
});

/** A scan that ends when it is told to, as the real one does. */
const endless: RunScan = (_source, _args, { signal }) =>
  new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));

test.each([
  ['stops git', {}, 3],
  ['lets git go on when told so', { 'on-timeout': 'pass' }, 0],
])('a scan over its time budget %s', async (_, more, expected) => {
  const { repository } = cloned();
  const values = { 'time-budget': '0.05', ...more };
  const { exitCode, stderr } = await hook(repository, ['pre-commit'], { values, scan: endless });
  expect(exitCode).toBe(expected);
  expect(stderr).toContain('not done after 0.05 s');
});

test.each([[['pre-comit']], [[]], [['commit-msg']]])('%j is an error', async (positionals) => {
  await expect(hook(cloned().repository, positionals)).rejects.toThrow(/unleak hook/);
});

test('a line that git does not write is not taken for a push', async () => {
  await expect(hook(cloned().repository, ['pre-push', 'origin', 'url'], { input: 'x y\n' })).rejects.toThrow(
    /not a line/,
  );
});
