import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readStaged } from '../../src/sources/staged.ts';
import { lines, newText, Repository, temporaryFolder } from './repository.ts';

/** What comes, in its order. */
async function allOf(blobs: Awaited<ReturnType<typeof readStaged>>['blobs']) {
  const all = [];
  for await (const blob of blobs) all.push(blob);
  return all;
}

async function staged(repository: Repository, env: Record<string, string> = {}) {
  const source = await readStaged({ cwd: repository.dir, env: { ...repository.env, ...env } });
  const blobs = await allOf(source.blobs);
  return { blobs, text: newText(blobs), skipped: source.skipped };
}

test('a new file is new as a whole', async () => {
  const repository = new Repository();
  repository.commit('first', { 'a.txt': 'a\n' });
  repository.stage('b.txt', 'x\ny\n');
  const { blobs } = await staged(repository);
  expect(blobs).toEqual([
    { path: 'b.txt', id: repository.git('rev-parse', ':b.txt'), bytes: Buffer.from('x\ny\n') },
  ]);
});

test('of a changed file the added lines are new and the rest is context', async () => {
  const repository = new Repository();
  repository.commit('first', { 'a.txt': lines(5) });
  repository.stage('a.txt', lines(5).replace('line 3\n', 'line 3\nsecret\n'));
  const { blobs, text } = await staged(repository);
  expect(text).toEqual({ 'a.txt': 'secret' });
  expect(Buffer.from(blobs[0].bytes).toString()).toContain('line 1');
});

test('the first commit of a repository is new as a whole', async () => {
  const repository = new Repository();
  repository.stage('a.txt', 'a\n');
  expect((await staged(repository)).text).toEqual({ 'a.txt': 'a\n' });
});

test('the first commit of an orphan branch is new as a whole', async () => {
  const repository = new Repository();
  repository.commit('first', { 'a.txt': 'a\n' });
  repository.git('checkout', '-q', '--orphan', 'other');
  expect((await staged(repository)).text).toEqual({ 'a.txt': 'a\n' });
});

test('a new repository without index has nothing staged', async () => {
  const repository = new Repository();
  repository.write('a.txt', 'a\n');
  expect(await staged(repository)).toEqual({ blobs: [], text: {}, skipped: [] });
});

test('the index is read and not the work tree', async () => {
  const repository = new Repository();
  repository.commit('first', { 'a.txt': 'a\n' });
  repository.stage('a.txt', 'a\nstaged\n');
  repository.write('a.txt', 'a\nnot staged\n');
  expect((await staged(repository)).text).toEqual({ 'a.txt': 'staged' });
});

test('a secret that is removed from the work tree after git add is still staged', async () => {
  const repository = new Repository();
  repository.stage('a.txt', 'secret\n');
  repository.write('a.txt', 'clean\n');
  expect((await staged(repository)).text).toEqual({ 'a.txt': 'secret\n' });
});

test('a file that is staged and then deleted from the work tree is still staged', async () => {
  const repository = new Repository();
  repository.stage('a.txt', 'secret\n');
  unlinkSync(join(repository.dir, 'a.txt'));
  expect((await staged(repository)).text).toEqual({ 'a.txt': 'secret\n' });
});

test('an unstaged change is not staged', async () => {
  const repository = new Repository();
  repository.commit('first', { 'a.txt': 'a\n' });
  repository.write('a.txt', 'secret\n');
  repository.write('untracked.txt', 'secret\n');
  expect((await staged(repository)).text).toEqual({});
});

test('GIT_INDEX_FILE names the index', async () => {
  const repository = new Repository();
  repository.commit('first', { 'a.txt': 'a\n' });
  const index = join(temporaryFolder(), 'index');
  const other = { ...repository.env, GIT_INDEX_FILE: index };
  execFileSync('git', ['read-tree', 'HEAD'], { cwd: repository.dir, env: other });
  repository.write('b.txt', 'only there\n');
  execFileSync('git', ['add', 'b.txt'], { cwd: repository.dir, env: other });
  expect((await staged(repository, { GIT_INDEX_FILE: index })).text).toEqual({ 'b.txt': 'only there\n' });
  expect((await staged(repository)).text).toEqual({});
});

test.each([
  ['commit -a', ['commit', '-qam', 'x']],
  ['commit <path>', ['commit', '-qm', 'x', 'a.txt']],
  ['commit --include', ['commit', '-qm', 'x', '-i', 'a.txt']],
])('a hook of git %s sees what is committed', async (_, command) => {
  const repository = new Repository();
  repository.commit('first', { 'a.txt': 'a\n', 'b.txt': 'b\n' });
  repository.write('a.txt', 'a\nmine\n');
  if (command.includes('-i')) repository.stage('b.txt', 'b\nearlier\n');
  // git removes its temporary index when the hook refuses, so the hook keeps a copy.
  repository.write(
    '.git/hooks/pre-commit',
    `#!/bin/sh\ncp "\${GIT_INDEX_FILE:-.git/index}" .git/kept-index\nexit 1\n`,
    0o755,
  );
  expect(repository.tryGit(...command).status).toBe(1);
  const { text } = await staged(repository, { GIT_INDEX_FILE: join(repository.dir, '.git/kept-index') });
  expect(text).toEqual({ 'a.txt': 'mine', ...(command.includes('-i') && { 'b.txt': 'earlier' }) });
});

test('of a partly staged file (commit -p) the staged part is new', async () => {
  const repository = new Repository();
  repository.commit('first', { 'a.txt': lines(30) });
  const both = `top\n${lines(30)}bottom\n`;
  repository.write('a.txt', both);
  repository.gitWith('y\nn\n', 'add', '-p');
  expect((await staged(repository)).text).toEqual({ 'a.txt': 'top' });
});

test('a renamed file is nothing new', async () => {
  const repository = new Repository();
  repository.commit('first', { 'a.txt': lines(20) });
  repository.git('mv', 'a.txt', 'b.txt');
  expect((await staged(repository)).text).toEqual({});
});

test('of a renamed and edited file the edit is new', async () => {
  const repository = new Repository();
  repository.commit('first', { 'a.txt': lines(20) });
  repository.git('mv', 'a.txt', 'b.txt');
  repository.stage('b.txt', `${lines(20)}secret\n`);
  expect((await staged(repository)).text).toEqual({ 'b.txt': 'secret' });
});

test('a rename is seen although the configuration turns renames off', async () => {
  const repository = new Repository();
  repository.commit('first', { 'a.txt': lines(20) });
  repository.git('config', 'diff.renames', 'false');
  repository.git('mv', 'a.txt', 'b.txt');
  expect((await staged(repository)).text).toEqual({});
});

test('a copy is new as a whole', async () => {
  const repository = new Repository();
  repository.commit('first', { 'a.txt': lines(3) });
  repository.stage('b.txt', lines(3));
  expect((await staged(repository)).text).toEqual({ 'b.txt': lines(3) });
});

test('a deleted file passes', async () => {
  const repository = new Repository();
  repository.commit('first', { 'a.txt': 'a\n' });
  repository.git('rm', '-q', 'a.txt');
  expect(await staged(repository)).toEqual({ blobs: [], text: {}, skipped: [] });
});

test('a deleted line passes', async () => {
  const repository = new Repository();
  repository.commit('first', { 'a.txt': 'a\nsecret\nb\n' });
  repository.stage('a.txt', 'a\nb\n');
  expect((await staged(repository)).text).toEqual({});
});

test('a changed mode is nothing new', async () => {
  const repository = new Repository();
  repository.commit('first', { 'a.sh': 'a\n' });
  repository.git('update-index', '--chmod=+x', 'a.sh');
  expect((await staged(repository)).text).toEqual({});
});

test('a moved line is nothing new, a doubled one is', async () => {
  const repository = new Repository();
  repository.commit('first', { 'moved.txt': 'a\nb\nc\nd\n', 'doubled.txt': 'a\nb\nc\nd\n' });
  repository.stage('moved.txt', 'b\nc\nd\na\n');
  repository.stage('doubled.txt', 'a\nb\nc\nd\nb\n');
  expect((await staged(repository)).text).toEqual({ 'doubled.txt': 'b' });
});

test('a change of line ends is nothing new', async () => {
  const repository = new Repository();
  repository.git('config', 'core.autocrlf', 'false');
  repository.commit('first', { 'a.txt': lines(5), 'b.txt': 'no end' });
  repository.stage('a.txt', lines(5).replaceAll('\n', '\r\n'));
  repository.stage('b.txt', 'no end\n');
  expect((await staged(repository)).text).toEqual({});
});

test('a symbolic link is read as its target', async () => {
  const repository = new Repository();
  repository.commit('first');
  symlinkSync('/etc/secret-target', join(repository.dir, 'link'));
  repository.git('add', 'link');
  expect((await staged(repository)).text).toEqual({ link: '/etc/secret-target' });
});

test('a link that becomes a file is new as a whole', async () => {
  const repository = new Repository();
  symlinkSync('target', join(repository.dir, 'link'));
  repository.commit('first', {});
  repository.git('add', 'link');
  repository.commit('link');
  rmSync(join(repository.dir, 'link'));
  repository.stage('link', 'target\nmore\n');
  expect((await staged(repository)).text).toEqual({ link: 'target\nmore\n' });
});

test('a submodule passes and is not entered', async () => {
  const repository = new Repository();
  repository.commit('first');
  repository.git('init', '-q', 'inner');
  const inner = new Repository(['--existing'], join(repository.dir, 'inner'));
  inner.commit('inside', { 'a.txt': 'secret\n' });
  repository.git('add', 'inner');
  expect(repository.git('ls-files', '-s')).toMatch(/^160000 /);
  expect(await staged(repository)).toEqual({ blobs: [], text: {}, skipped: [] });
});

test('a file that replaces a submodule is new as a whole', async () => {
  const repository = new Repository();
  repository.git('update-index', '--add', '--cacheinfo', `160000,${'1'.repeat(40)},inner`);
  repository.commit('submodule');
  repository.stage('inner', 'text\n');
  expect((await staged(repository)).text).toEqual({ inner: 'text\n' });
});

test('a file whose addition is only intended (add -N) is not staged', async () => {
  const repository = new Repository();
  repository.commit('first');
  repository.write('a.txt', 'secret\n');
  repository.git('add', '-N', 'a.txt');
  expect(await staged(repository)).toEqual({ blobs: [], text: {}, skipped: [] });
});

test('of a binary file the changed part is new', async () => {
  const repository = new Repository();
  const before = Buffer.from([0, 1, 2, 255, 10, 7, 7, 7, 10, 0, 0]);
  repository.commit('first', { 'a.bin': before });
  repository.stage('a.bin', Buffer.concat([before, Buffer.from('\nsecret\n')]));
  expect((await staged(repository)).text).toEqual({ 'a.bin': 'secret' });
});

test('of a UTF-16 file the added line is new', async () => {
  const repository = new Repository();
  repository.commit('first', { 'a.txt': Buffer.from('\ufeffone\r\ntwo\r\n', 'utf16le') });
  repository.stage('a.txt', Buffer.from('\ufeffone\r\nsecret\r\ntwo\r\n', 'utf16le'));
  const [{ bytes, changed }] = (await staged(repository)).blobs;
  const text = Buffer.from(bytes).toString('utf16le');
  const start = text.indexOf('secret') * 2;
  expect(changed!.some(([from, to]) => from <= start && to >= start + 'secret'.length * 2)).toBe(true);
  expect(
    changed!.some(([from, to]) => from < text.indexOf('one') * 2 + 6 || to > text.indexOf('two') * 2 + 1),
  ).toBe(false);
});

test.each([
  'with space.txt',
  'umläut.txt',
  '日本.txt',
  'quote".txt',
  'tab\there.txt',
  'new\nline.txt',
  '-dash.txt',
  ':(top)x',
])('a file named %j is read under its name', async (name) => {
  const repository = new Repository();
  repository.commit('first');
  repository.write(name, 'text\n');
  repository.git('add', '-A');
  expect((await staged(repository)).text).toEqual({ [name]: 'text\n' });
});

test('a name that is not UTF-8 is percent-encoded and its bytes are kept', async () => {
  const repository = new Repository();
  repository.commit('first');
  const name = Buffer.from([0x61, 0xe4, 0xc3, 0xa4, 0x62]);
  writeFileSync(Buffer.concat([Buffer.from(`${repository.dir}/`), name]), 'text\n');
  repository.git('add', '-A');
  expect((await staged(repository)).blobs).toMatchObject([
    { path: 'a%E4äb', pathBytes: name.toString('base64') },
  ]);
});

test('paths count from the root of the repository, also in a folder below it', async () => {
  const repository = new Repository();
  repository.git('config', 'diff.relative', 'true');
  repository.stage('sub/a.txt', 'a\n');
  repository.stage('b.txt', 'b\n');
  const source = await readStaged({ cwd: join(repository.dir, 'sub'), env: repository.env });
  expect(newText(await allOf(source.blobs))).toEqual({ 'b.txt': 'b\n', 'sub/a.txt': 'a\n' });
});

/** main and side both change a.txt; the merge stands in the index and is not committed. */
function merging(): Repository {
  const repository = new Repository();
  repository.commit('base', { 'a.txt': lines(30) });
  repository.git('checkout', '-qb', 'side');
  repository.commit('side', { 'a.txt': lines(30).replace('line 2\n', 'from side\n'), 'side.txt': 'side\n' });
  repository.git('checkout', '-q', 'main');
  repository.commit('main', { 'a.txt': lines(30).replace('line 28\n', 'from main\n') });
  repository.git('merge', '-q', '--no-commit', '--no-ff', 'side');
  return repository;
}

test('a merge brings nothing new of its parents', async () => {
  expect((await staged(merging())).text).toEqual({});
});

test('a line that only the merge has is new', async () => {
  const repository = merging();
  const text = readFileSync(join(repository.dir, 'a.txt'), 'utf8');
  repository.stage('a.txt', `${text}evil\n`);
  repository.stage('extra.txt', 'extra\n');
  expect((await staged(repository)).text).toEqual({ 'a.txt': 'evil', 'extra.txt': 'extra\n' });
});

test('an octopus merge is compared with every head', async () => {
  const repository = new Repository();
  repository.commit('base', { 'base.txt': 'base\n' });
  for (const name of ['one', 'two']) {
    repository.git('checkout', '-qb', name, 'main');
    repository.commit(name, { [`${name}.txt`]: `${name}\n` });
  }
  repository.git('checkout', '-q', 'main');
  repository.commit('main', { 'main.txt': 'main\n' });
  repository.git('merge', '-q', '--no-commit', 'one', 'two');
  expect((await staged(repository)).text).toEqual({});
  repository.stage('two.txt', 'two\nthree\n');
  expect((await staged(repository)).text).toEqual({ 'two.txt': 'three' });
});

test('a squashed merge is a commit like any other', async () => {
  const repository = merging();
  repository.git('merge', '--abort');
  repository.git('merge', '-q', '--squash', 'side');
  expect((await staged(repository)).text).toEqual({ 'a.txt': 'from side', 'side.txt': 'side\n' });
});

test('a file with an unresolved conflict is named', async () => {
  const repository = new Repository();
  repository.commit('base', { 'a.txt': 'base\n' });
  repository.git('checkout', '-qb', 'side');
  repository.commit('side', { 'a.txt': 'side\n' });
  repository.git('checkout', '-q', 'main');
  repository.commit('main', { 'a.txt': 'main\n' });
  expect(repository.tryGit('merge', 'side').status).toBe(1);
  expect(await staged(repository)).toMatchObject({
    text: {},
    skipped: [{ path: 'a.txt', reason: /merge conflict/ }],
  });
});

test('a linked worktree has an index of its own', async () => {
  const repository = new Repository();
  repository.commit('first', { 'a.txt': 'a\n' });
  const dir = join(temporaryFolder(), 'linked');
  repository.git('worktree', 'add', '-q', dir);
  const linked = new Repository(['--existing'], dir);
  linked.stage('b.txt', 'b\n');
  expect((await staged(linked)).text).toEqual({ 'b.txt': 'b\n' });
  expect((await staged(repository)).text).toEqual({});
});

test('GIT_DIR and GIT_WORK_TREE name a repository elsewhere', async () => {
  const repository = new Repository();
  repository.stage('a.txt', 'a\n');
  const source = await readStaged({
    cwd: temporaryFolder(),
    env: { ...repository.env, GIT_DIR: join(repository.dir, '.git'), GIT_WORK_TREE: repository.dir },
  });
  expect(newText(await allOf(source.blobs))).toEqual({ 'a.txt': 'a\n' });
});

test('a SHA-256 repository is read', async () => {
  const repository = new Repository(['--object-format=sha256']);
  repository.stage('a.txt', 'a\n');
  expect((await staged(repository)).text).toEqual({ 'a.txt': 'a\n' });
  repository.commit('first');
  repository.stage('a.txt', 'a\nb\n');
  expect((await staged(repository)).text).toEqual({ 'a.txt': 'b' });
});

test.each([
  ['split', 'core.splitIndex'],
  ['sparse', 'index.sparse'],
])('a %s index is read', async (_, setting) => {
  const repository = new Repository();
  repository.commit('first', { 'in/a.txt': 'a\n', 'out/b.txt': 'b\n' });
  repository.git('config', setting, 'true');
  if (setting === 'index.sparse') repository.git('sparse-checkout', 'set', '--cone', '--sparse-index', 'in');
  repository.stage('in/a.txt', 'a\nc\n');
  expect((await staged(repository)).text).toEqual({ 'in/a.txt': 'c' });
});

test('clean filters and text conversions of the repository do not run', async () => {
  const repository = new Repository();
  repository.commit('first', { '.gitattributes': '*.txt diff=evil filter=evil\n', 'a.txt': 'a\n' });
  repository.stage('a.txt', 'a\nb\n');
  const trace = join(repository.dir, '.git/ran');
  for (const key of [
    'diff.evil.textconv',
    'diff.evil.command',
    'filter.evil.smudge',
    'core.fsmonitor',
    'diff.external',
  ])
    repository.git('config', key, `touch ${trace};`);
  expect((await staged(repository)).text).toEqual({ 'a.txt': 'b' });
  expect(() => readFileSync(trace)).toThrow('ENOENT');
});

test('the index is not written, and a lock that another git holds does not matter', async () => {
  const repository = new Repository();
  repository.commit('first', { 'a.txt': 'a\n' });
  repository.stage('a.txt', 'a\nb\n');
  repository.write('.git/index.lock', '');
  const hash = () =>
    createHash('sha1')
      .update(readFileSync(join(repository.dir, '.git/index')))
      .digest('hex');
  const before = hash();
  expect((await staged(repository)).text).toEqual({ 'a.txt': 'b' });
  expect(hash()).toBe(before);
});

test('a truncated index is an error and not an empty one', async () => {
  const repository = new Repository();
  repository.commit('first', { 'a.txt': 'a\n' });
  repository.stage('b.txt', 'secret\n');
  const index = join(repository.dir, '.git/index');
  writeFileSync(index, readFileSync(index).subarray(0, 60));
  await expect(staged(repository)).rejects.toThrow(/the index is damaged.*git reset/);
});

test('an index written without a checksum is read', async () => {
  const repository = new Repository();
  repository.stage('a.txt', 'a\n');
  const index = join(repository.dir, '.git/index');
  const bytes = readFileSync(index);
  writeFileSync(index, bytes.fill(0, bytes.length - 20));
  expect((await staged(repository)).text).toEqual({ 'a.txt': 'a\n' });
});

test('a staged blob that is missing is named', async () => {
  const repository = new Repository();
  repository.stage('a.txt', 'a\n');
  repository.stage('b.txt', 'b\n');
  const id = repository.git('rev-parse', ':a.txt');
  unlinkSync(join(repository.dir, '.git/objects', id.slice(0, 2), id.slice(2)));
  expect(await staged(repository)).toMatchObject({
    text: { 'b.txt': 'b\n' },
    skipped: [{ path: 'a.txt', reason: `its blob ${id} is missing or damaged: see git fsck` }],
  });
});

test('a staged blob that is damaged is named and the others are read', async () => {
  const repository = new Repository();
  repository.stage('a.txt', lines(300));
  repository.stage('b.txt', 'b\n');
  const id = repository.git('rev-parse', ':a.txt');
  const file = join(repository.dir, '.git/objects', id.slice(0, 2), id.slice(2));
  const bytes = readFileSync(file);
  renameSync(file, `${file}.old`);
  writeFileSync(file, bytes.subarray(0, bytes.length / 2));
  const { text, skipped } = await staged(repository);
  expect(text).toEqual({ 'b.txt': 'b\n' });
  expect(skipped).toEqual([{ path: 'a.txt', reason: expect.stringMatching(/damaged|missing/) }]);
});

test('a file whose old version is missing is new as a whole', async () => {
  const repository = new Repository();
  repository.commit('first', { 'a.txt': 'a\n' });
  const id = repository.git('rev-parse', 'HEAD:a.txt');
  repository.stage('a.txt', 'a\nb\n');
  unlinkSync(join(repository.dir, '.git/objects', id.slice(0, 2), id.slice(2)));
  expect(await staged(repository)).toMatchObject({ text: { 'a.txt': 'a\nb\n' }, skipped: [] });
});

test('many files are read in batches, with the same result', async () => {
  const repository = new Repository();
  const names = Array.from({ length: 150 }, (_, i) => `file-${String(i).padStart(3, '0')}.txt`);
  for (const name of names) repository.write(name, `old ${name}\n`);
  repository.git('add', '-A');
  repository.commit('first');
  for (const name of names) repository.write(name, `old ${name}\nnew ${name}\n`);
  repository.git('add', '-A');
  expect((await staged(repository)).text).toEqual(
    Object.fromEntries(names.map((name) => [name, `new ${name}`])),
  );
});

test('a file over the limit is named', async () => {
  const repository = new Repository();
  repository.stage('a.txt', 'x'.repeat(2000));
  const source = await readStaged({ cwd: repository.dir, env: repository.env, maxFileSize: 1000 });
  expect(await allOf(source.blobs)).toEqual([]);
  expect(source.skipped).toEqual([{ path: 'a.txt', reason: '2000 bytes, over the limit of 1000' }]);
});

test('a bare repository, a plain folder and a missing git are told apart', async () => {
  const bare = new Repository(['--bare']);
  await expect(staged(bare)).rejects.toThrow(/bare repository has nothing staged/);
  const folder = temporaryFolder();
  const options = { cwd: folder, env: { ...bare.env, GIT_CEILING_DIRECTORIES: folder } };
  await expect(readStaged(options)).rejects.toThrow(/not in a git repository/);
  mkdirSync(join(folder, 'empty'));
  await expect(
    readStaged({ ...options, env: { ...options.env, PATH: join(folder, 'empty') } }),
  ).rejects.toThrow(/git is not installed/);
});

test('for files without moved or doubled lines the new lines are those that git diff adds', async () => {
  const repository = new Repository();
  const line = fc.nat({ max: 60 }).map((n) => `line ${n}`);
  const file = fc.uniqueArray(line, { maxLength: 40 }).map((all) => all.sort());
  let version = 0;
  await fc.assert(
    fc.asyncProperty(file, file, async (before, after) => {
      const name = `file-${version++}.txt`;
      const text = (all: string[]) => all.map((entry) => `${entry}\n`).join('');
      repository.commit('before', { [name]: text(before) });
      repository.stage(name, text(after));
      const diff = repository.git('diff', '--cached', '-U0', '--no-renames');
      const added = diff
        .split('\n')
        .filter((entry) => /^\+(?!\+\+)/.test(entry))
        .map((entry) => entry.slice(1));
      expect(((await staged(repository)).text[name] ?? '').split(/[|\n]/).filter(Boolean)).toEqual(added);
    }),
    { numRuns: 15 },
  );
});

test('where the one shell gives no answer git is asked command by command, and says the same', async () => {
  const silent = { listed: Promise.resolve(undefined), objects: async () => undefined, end: () => {} };
  const repository = new Repository();
  const options = { cwd: repository.dir, env: repository.env };
  const both = async () => {
    const [fast, slow] = [await readStaged(options), await readStaged(options, silent)];
    expect(await allOf(slow.blobs)).toEqual(await allOf(fast.blobs));
    expect(slow.skipped).toEqual(fast.skipped);
  };
  repository.stage('a.txt', lines(5));
  await both();
  repository.commit('first', { 'b.txt': 'b\n' });
  repository.git('mv', 'a.txt', 'c.txt');
  repository.stage('c.txt', `${lines(5)}secret\n`);
  repository.stage("it's $HOME.txt", 'new\n');
  await both();
});
