import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { lines, Repository, temporaryFolder } from '../sources/repository.ts';
import { audit, commit, placesOf, tick, token } from './audit-run.ts';

function project(): Repository {
  const repository = new Repository();
  commit(repository, 'first', { 'a.txt': lines(5) });
  return repository;
}

test('a folder or URL that is named is audited, although GIT_DIR names another', () => {
  const repository = project();
  commit(repository, 'key', { k: token(1) });
  const other = project();
  const elsewhere = { dir: temporaryFolder(), env: { ...repository.env, GIT_DIR: join(other.dir, '.git') } };
  for (const target of [repository.dir, `file://${repository.dir}`]) {
    expect(audit(elsewhere, [target]).places).toMatchObject([{ path: 'k' }]);
  }
  expect(audit(elsewhere)).toMatchObject({ status: 0, places: [] });
});

test('a file is refused as what it is', () => {
  const repository = project();
  const { status, stderr } = audit(repository, ['a.txt']);
  expect({ status, stderr }).toEqual({
    status: 2,
    stderr: `unleak: ${join(repository.dir, 'a.txt')}: a file, not a folder of a repository\n`,
  });
});

test('a blob that is staged and not committed stands at the path of the index', () => {
  const repository = project();
  repository.stage('dir/new.txt', `x\n${token(1)}\n`);
  const [place, ...others] = audit(repository).places;
  expect(others).toEqual([]);
  expect(place).toMatchObject({
    path: 'dir/new.txt',
    line: 2,
    inHead: false,
    reachable: false,
    refs: ['index'],
  });
  expect(place.commit).toBeUndefined();
});

test('a narrowed audit leaves out what an older commit brought to a file that was changed since', () => {
  const repository = project();
  commit(repository, 'old key', { k: `${token(1)}\n` });
  const old = repository.env.GIT_COMMITTER_DATE.split(' ')[0];
  const newer = commit(repository, 'new key beside it', { k: `${token(1)}\nmore\n${token(2)}\n` });
  for (const args of [
    ['--since', `${Number(old) + 30}`],
    ['--max-commits', '1'],
  ]) {
    const result = audit(repository, args);
    expect(placesOf(result, token(1))).toEqual([]);
    expect(result.places).toMatchObject([{ path: 'k', line: 3, commit: newer }]);
  }
});

test('a date that git does not know is refused, where git would take it for now', () => {
  const { status, stderr } = audit(project(), ['--since', 'yesterdat']);
  expect(status).toBe(2);
  expect(stderr).toContain('--since yesterdat: not a date that git knows');
});

test('a blob over --max-file-size is named, as is what deltas make of it', () => {
  const repository = project();
  for (let version = 0; version < 4; version++)
    commit(repository, `${version}`, { big: `${lines(300)}${version}\n`, k: `${token(version)}\n` });
  repository.git('gc', '-q');
  const { status, scan, places } = audit(repository, ['--max-file-size', '1KB']);
  expect(status).toBe(1);
  expect(places.map(({ path }) => path)).toEqual(['k', 'k', 'k', 'k']);
  expect(scan.skipped.map(({ path }) => path).sort()).toEqual(
    [0, 1, 2, 3].map((n) => `object ${repository.git('rev-parse', `HEAD~${n}:big`)}`).sort(),
  );
  expect(scan.skipped[0].reason).toMatch(/^\d+ bytes, over the limit of 1000$/);
});

test('a ref whose commit is lost is named, HEAD among them', () => {
  const repository = project();
  const lost = '1'.repeat(40);
  repository.write('.git/refs/heads/lost', `${lost}\n`);
  repository.write('.git/HEAD', `${lost}\n`);
  const { status, scan } = audit(repository);
  expect(status).toBe(3);
  const reason = `missing: object ${lost}`;
  expect(scan.skipped).toEqual([
    { path: 'HEAD', reason },
    { path: 'refs/heads/lost', reason },
  ]);
});

test('a broken blob is named once, under a name that rules wait for too', () => {
  const repository = project();
  commit(repository, 'names', { '.npmrc': 'x\n', '.git-credentials': 'y\n', k: token(1) });
  const ids = ['.npmrc', '.git-credentials'].map((path) => repository.git('rev-parse', `HEAD:${path}`));
  for (const id of ids) {
    rmSync(join(repository.dir, '.git/objects', id.slice(0, 2), id.slice(2)));
    repository.write(`.git/objects/${id.slice(0, 2)}/${id.slice(2)}`, 'broken');
  }
  const { status, scan, places } = audit(repository);
  expect(status).toBe(1);
  expect(places).toMatchObject([{ path: 'k' }]);
  expect(scan.skipped.map(({ path }) => path).sort()).toEqual(ids.map((id) => `object ${id}`).sort());
});

test('a tag whose commit is lost is named', () => {
  const repository = project();
  const tag = `object ${'1'.repeat(40)}\ntype commit\ntag v1\ntagger A <a@b> 1 +0000\n\nmessage\n`;
  const id = repository.gitWith(tag, 'hash-object', '-t', 'tag', '-w', '--stdin', '--literally');
  repository.git('update-ref', 'refs/tags/v1', id);
  const { status, scan } = audit(repository);
  expect(status).toBe(3);
  expect(scan.skipped).toEqual([{ path: `object ${id}`, reason: 'what it tags is missing: refs/tags/v1' }]);
});

test('a password in a URL is in no report', () => {
  const repository = project();
  const { scan } = audit(repository, [`file://user:hunter2@${repository.dir}`]);
  expect(scan.source).toBe(`audit file://***@${repository.dir}`);
});

test('a folder for clones that is not there is named', () => {
  const repository = project();
  const TMPDIR = join(repository.dir, 'gone');
  const { status, stderr } = audit(repository, [`file://${repository.dir}`], { TMPDIR });
  expect(status).toBe(3);
  expect(stderr).toMatch(new RegExp(`^unleak: ${TMPDIR}: no room for a clone: .*\n$`));
});

test('the message of a signed tag that a merge keeps in its header is read', () => {
  const repository = project();
  const [head, tree] = repository.git('rev-parse', 'HEAD', 'HEAD^{tree}').split('\n');
  tick(repository);
  const who = `Ada <ada@example.org> ${repository.env.GIT_COMMITTER_DATE}`;
  const tag = [`object ${head}`, 'type commit', 'tag v1', `tagger ${who}`, '', `release ${token(1)}`];
  const merge = [
    `tree ${tree}`,
    `parent ${head}`,
    `author ${who}`,
    `committer ${who}`,
    `mergetag ${tag.join('\n ')}`,
    '',
    'merged\n',
  ];
  const id = repository.gitWith(
    merge.join('\n'),
    'hash-object',
    '-t',
    'commit',
    '-w',
    '--stdin',
    '--literally',
  );
  repository.git('update-ref', 'HEAD', id);
  expect(audit(repository).places).toMatchObject([
    { path: 'COMMIT_MSG', line: 2, commit: id, message: 'merged', inHead: true },
  ]);
});
