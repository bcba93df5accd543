import { unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readCommits } from '../../src/sources/commits.ts';
import { changedText, lines, Repository, temporaryFolder } from './repository.ts';

async function range(repository: Repository, ...revisions: string[]) {
  const source = await readCommits(revisions, { cwd: repository.dir, env: repository.env });
  const blobs = [];
  for await (const blob of source.blobs) blobs.push(blob);
  return {
    blobs,
    /** `subject: path: new text` of files, in order. */
    files: blobs
      .filter(({ path }) => !path.endsWith('_MSG'))
      .map((blob) => `${blob.commit?.subject}: ${blob.path}: ${changedText(blob).trimEnd()}`),
    messages: blobs
      .filter(({ path }) => path.endsWith('_MSG'))
      .map((blob) => `${blob.path}: ${changedText(blob)}`),
    skipped: source.skipped,
    commits: source.commits,
  };
}

/** base, then one, two. */
function history(): Repository {
  const repository = new Repository();
  repository.commit('base', { 'a.txt': lines(5), 'old.txt': 'old\n' });
  repository.commit('one', { 'a.txt': `${lines(5)}first\n` });
  repository.commit('two', { 'b.txt': 'second\n' });
  return repository;
}

test('a range brings the lines that its commits add, oldest first', async () => {
  const { files, commits } = await range(history(), 'HEAD~2..HEAD');
  expect(files).toEqual(['one: a.txt: first', 'two: b.txt: second']);
  expect(commits).toBe(2);
});

test('a blob knows its commit', async () => {
  const repository = history();
  const { blobs } = await range(repository, 'HEAD~1..HEAD');
  expect(blobs.find(({ path }) => path === 'b.txt')).toMatchObject({
    id: repository.git('rev-parse', 'HEAD:b.txt'),
    commit: {
      id: repository.git('rev-parse', 'HEAD'),
      author: 'Ada',
      email: 'ada@example.org',
      date: repository.git('log', '-1', '--format=%aI'),
      subject: 'two',
    },
  });
});

test('one revision stands for all that leads to it, with the root commit', async () => {
  const { files } = await range(history(), 'HEAD');
  expect(files).toEqual([
    `base: a.txt: ${lines(5).trimEnd()}`,
    'base: old.txt: old',
    'one: a.txt: first',
    'two: b.txt: second',
  ]);
});

test('a secret that is added and removed within the range is found', async () => {
  const repository = history();
  repository.commit('leak', { 'a.txt': 'secret\n' });
  repository.commit('repair', { 'a.txt': 'clean\n' });
  expect((await range(repository, 'HEAD~2..HEAD')).files).toEqual([
    'leak: a.txt: secret',
    'repair: a.txt: clean',
  ]);
});

test('of a renamed and edited file the edit is new', async () => {
  const repository = history();
  repository.git('mv', 'a.txt', 'c.txt');
  repository.commit('moved', { 'c.txt': `${lines(5)}first\nsecret\n` });
  expect((await range(repository, 'HEAD~1..')).files).toEqual(['moved: c.txt: secret']);
});

test('ranges go by ancestry and not by date', async () => {
  const repository = history();
  repository.git('checkout', '-qb', 'side', 'HEAD~2');
  repository.env.GIT_COMMITTER_DATE = '1000000000 +0000';
  repository.env.GIT_AUTHOR_DATE = '1000000000 +0000';
  repository.commit('older by its clock', { 's.txt': 'side\n' });
  expect((await range(repository, 'main..side')).files).toEqual(['older by its clock: s.txt: side']);
  expect((await range(repository, '^main', 'side')).files).toEqual(['older by its clock: s.txt: side']);
  expect((await range(repository, 'main...side')).files.sort()).toEqual([
    'older by its clock: s.txt: side',
    'one: a.txt: first',
    'two: b.txt: second',
  ]);
});

test('a merge brings what none of its parents has', async () => {
  const repository = history();
  repository.git('checkout', '-qb', 'side', 'HEAD~2');
  repository.commit('side', { 'a.txt': `side\n${lines(5)}`, 's.txt': 's\n' });
  repository.git('checkout', '-q', 'main');
  repository.git('merge', '-q', '--no-commit', 'side');
  repository.stage('a.txt', `side\n${lines(5)}first\nevil\n`);
  repository.stage('extra.txt', 'extra\n');
  repository.commit('merge');
  expect((await range(repository, 'HEAD^1..HEAD', '^side')).files).toEqual([
    'merge: a.txt: evil',
    'merge: extra.txt: extra',
  ]);
  expect((await range(repository, 'HEAD^1..HEAD')).files).toContain('side: s.txt: s');
});

test('an octopus merge is read', async () => {
  const repository = history();
  for (const name of ['x', 'y']) {
    repository.git('checkout', '-qb', name, 'main');
    repository.commit(name, { [`${name}.txt`]: `${name}\n` });
  }
  repository.git('checkout', '-q', 'main');
  repository.commit('main', { 'm.txt': 'm\n' });
  repository.git('merge', '-q', '--no-commit', 'x', 'y');
  repository.stage('y.txt', 'y\nevil\n');
  repository.commit('octopus');
  expect((await range(repository, 'HEAD', '^x', '^y', '^HEAD^1')).files).toEqual(['octopus: y.txt: evil']);
});

test('messages of commits are read, and of the tags that the range names', async () => {
  const repository = history();
  repository.git('tag', '-a', '-m', 'tag text', 'v1');
  repository.git('tag', '-a', '-m', 'outer text', 'v2', 'v1');
  repository.git('tag', '-a', '-m', 'old text', 'v0', 'HEAD~2');
  expect((await range(repository, 'HEAD~1..v1')).messages).toEqual([
    'COMMIT_MSG: two\n',
    'TAG_MSG: tag text\n',
  ]);
  expect((await range(repository, 'v1..v2')).messages).toEqual([
    'TAG_MSG: outer text\n',
    'TAG_MSG: tag text\n',
  ]);
  expect((await range(repository, '--all', '--not', 'HEAD~1')).messages).toEqual([
    'COMMIT_MSG: two\n',
    'TAG_MSG: tag text\n',
    'TAG_MSG: outer text\n',
    'TAG_MSG: tag text\n',
  ]);
});

test('a message in another encoding and one with a NUL are read whole', async () => {
  const repository = history();
  const raw = Buffer.concat([
    Buffer.from(
      `tree ${repository.git('rev-parse', 'HEAD^{tree}')}\nparent ${repository.git('rev-parse', 'HEAD')}\n`,
    ),
    Buffer.from(
      'author J\xfcrgen <j@example.org> 1700000000 -0130\ncommitter C <c@example.org> 1700000000 +0000\n',
      'latin1',
    ),
    Buffer.from('encoding ISO-8859-1\n\ngr\xfc\xdfe\n\nbefore\0after\n', 'latin1'),
  ]);
  const id = repository.gitWith(raw, 'hash-object', '-t', 'commit', '-w', '--stdin', '--literally');
  const { blobs } = await range(repository, `HEAD..${id}`);
  expect(blobs).toMatchObject([
    { path: 'COMMIT_MSG', commit: { author: 'Jürgen', subject: 'grüße', date: '2023-11-14T20:43:20-01:30' } },
  ]);
  expect(Buffer.from(blobs[0].bytes).toString('latin1')).toContain('before\0after');
});

test('the message of a signed tag that a merge keeps in its header is read', async () => {
  const repository = history();
  const raw = [
    `tree ${repository.git('rev-parse', 'HEAD^{tree}')}`,
    `parent ${repository.git('rev-parse', 'HEAD')}`,
    'author A <a@example.org> 1700000000 +0000',
    'committer A <a@example.org> 1700000000 +0000',
    `mergetag object ${repository.git('rev-parse', 'HEAD~1')}`,
    ' type commit',
    ' tag v1',
    ' tagger A <a@example.org> 1700000000 +0000',
    ' ',
    ' hidden text',
    ' -----END PGP SIGNATURE-----',
    '',
    'merge',
    '',
  ].join('\n');
  const id = repository.gitWith(raw, 'hash-object', '-t', 'commit', '-w', '--stdin');
  expect((await range(repository, `HEAD..${id}`)).messages).toEqual([
    'COMMIT_MSG: merge\n',
    'TAG_MSG: hidden text\n-----END PGP SIGNATURE-----',
  ]);
});

test('a tag of a blob brings the blob, a tag of a tree is named as not scanned', async () => {
  const repository = history();
  const blob = repository.git('rev-parse', 'HEAD:b.txt');
  repository.git('tag', '-a', '-m', 'of a blob', 'file', blob);
  const { files, messages } = await range(repository, 'file');
  expect(files).toEqual([`undefined: blob-${blob}: second`]);
  expect(messages).toEqual(['TAG_MSG: of a blob\n']);
  const tree = repository.git('rev-parse', 'HEAD^{tree}');
  expect((await range(repository, tree)).skipped).toEqual([
    { path: tree, reason: expect.stringContaining('a tree') },
  ]);
});

test('what is on the remote already is left out', async () => {
  const repository = history();
  const remote = new Repository(['--bare']);
  repository.git('remote', 'add', 'origin', remote.dir);
  repository.git('push', '-q', 'origin', 'HEAD~1:refs/heads/main');
  expect((await range(repository, 'HEAD', '--not', '--remotes=origin')).files).toEqual([
    'two: b.txt: second',
  ]);
  expect((await range(repository, '--all', '--not', '--remotes=origin')).files).toEqual([
    'two: b.txt: second',
  ]);
});

test('an empty range is clean', async () => {
  expect(await range(history(), 'HEAD..HEAD')).toMatchObject({ blobs: [], skipped: [], commits: 0 });
});

test.each([['nowhere..HEAD'], ['HEAD..nowhere'], [`${'1'.repeat(40)}..HEAD`], ['HEAD~99..HEAD']])(
  'the unknown revision in %s is an error',
  async (revision) => {
    await expect(range(history(), revision)).rejects.toThrow(/does not have such a revision/);
  },
);

test.each([['--no-merges'], ['--since=yesterday'], ['--output=x'], ['-n1'], ['']])(
  '%j is refused: a range has no such part',
  async (revision) => {
    await expect(range(history(), revision, 'HEAD')).rejects.toThrow(/not a revision/);
  },
);

test('outside a repository there is no range', async () => {
  const cwd = temporaryFolder();
  const env = { PATH: process.env.PATH, GIT_CEILING_DIRECTORIES: cwd };
  await expect(readCommits(['HEAD'], { cwd, env })).rejects.toThrow(/not in a git repository/);
});

test('the edge of a shallow clone is named and its tree is scanned', async () => {
  const origin = history();
  const dir = join(temporaryFolder(), 'clone');
  origin.git('clone', '-q', '--depth=2', `file://${origin.dir}`, dir);
  const clone = new Repository(['--existing'], dir);
  const { files, skipped } = await range(clone, 'HEAD');
  expect(files).toContain(`one: a.txt: ${lines(5)}first`);
  expect(skipped).toEqual([
    { path: origin.git('rev-parse', 'HEAD~1'), reason: expect.stringContaining('git fetch --unshallow') },
  ]);
  expect((await range(clone, 'HEAD~1..HEAD')).skipped).toEqual([]);
});

test('blobs that a partial clone lacks are named and not fetched', async () => {
  const origin = history();
  origin.git('config', 'uploadpack.allowFilter', 'true');
  const dir = join(temporaryFolder(), 'clone');
  origin.git('clone', '-q', '--bare', '--filter=blob:none', `file://${origin.dir}`, dir);
  const { files, skipped } = await range(new Repository(['--existing'], dir), 'HEAD');
  expect(files).toEqual([]);
  expect(new Set(skipped.map(({ path }) => path))).toEqual(new Set(['a.txt', 'old.txt', 'b.txt']));
});

function losesObject(repository: Repository, name: string): string {
  const id = repository.git('rev-parse', name);
  unlinkSync(join(repository.dir, '.git/objects', id.slice(0, 2), id.slice(2)));
  return id;
}

test('a missing blob is named and the rest is read', async () => {
  const repository = history();
  const id = losesObject(repository, 'HEAD~1:a.txt');
  const { files, skipped } = await range(repository, 'HEAD~2..HEAD');
  expect(files).toEqual(['two: b.txt: second']);
  expect(skipped).toEqual([{ path: 'a.txt', reason: `blob ${id}: missing` }]);
});

test('a damaged blob is named and the rest is read', async () => {
  const repository = history();
  const id = losesObject(repository, 'HEAD~1:a.txt');
  writeFileSync(join(repository.dir, '.git/objects', id.slice(0, 2), id.slice(2)), 'damage');
  const { files, skipped } = await range(repository, 'HEAD~2..HEAD');
  expect(files).toEqual(['two: b.txt: second']);
  expect(skipped).toMatchObject([{ path: 'a.txt' }]);
});

test('a commit whose tree is missing is named and the others are read', async () => {
  const repository = history();
  repository.commit('three', { 'c.txt': 'third\n' });
  repository.commit('four', { 'd.txt': 'fourth\n' });
  repository.commit('five', { 'e.txt': 'fifth\n' });
  losesObject(repository, 'HEAD~2^{tree}');
  const { files, skipped } = await range(repository, 'HEAD~5..HEAD');
  expect(files).toEqual(
    expect.arrayContaining(['one: a.txt: first', 'two: b.txt: second', 'five: e.txt: fifth']),
  );
  expect(skipped.length).toBeGreaterThan(0);
});

test('a broken ref among those asked for is an error of the repository', async () => {
  const repository = history();
  repository.write('.git/refs/heads/broken', 'not an id\n');
  await expect(range(repository, '--all', '--not', 'HEAD~1')).rejects.toMatchObject({
    exitCode: 3,
    message: expect.stringContaining('refs/heads/broken'),
  });
});

test('objects in quarantine (pre-receive) are read', async () => {
  const repository = history();
  const quarantine = temporaryFolder();
  const env = {
    GIT_OBJECT_DIRECTORY: quarantine,
    GIT_ALTERNATE_OBJECT_DIRECTORIES: join(repository.dir, '.git/objects'),
  };
  const inside = new Repository(['--existing'], repository.dir, env);
  inside.git('commit', '-q', '--allow-empty', '-m', 'in quarantine');
  const { messages } = await range(inside, 'HEAD~1..HEAD');
  expect(messages).toEqual(['COMMIT_MSG: in quarantine\n']);
});

test('replaced objects do not hide what is pushed', async () => {
  const repository = history();
  repository.git('replace', 'HEAD:b.txt', repository.git('rev-parse', 'HEAD:old.txt'));
  expect((await range(repository, 'HEAD~1..HEAD')).files).toEqual(['two: b.txt: second']);
});

test('what git says of a whole history is what a range says of it', async () => {
  const repository = history();
  for (let i = 0; i < 40; i++) repository.commit(`c${i}`, { [`f${i % 7}.txt`]: `${lines(i + 1, `w${i}`)}` });
  const { files, commits } = await range(repository, 'HEAD');
  const log = repository.git('log', '-U0', '-p', '--format=', '--reverse');
  const added = log
    .split('\n')
    .filter((line) => /^\+(?!\+\+)/.test(line))
    .map((line) => line.slice(1));
  const seen = files.flatMap((file) => file.replace(/^.*?: .*?: /, '').split(/[|\n]/));
  expect(seen).toEqual(added);
  expect(commits).toBe(43);
});
