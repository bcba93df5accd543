import { mkdirSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { readTips } from '../../src/git/refs.ts';
import { locateRepository } from '../../src/git/repository.ts';
import { TestRepository } from './build.ts';

const made: TestRepository[] = [];
function repository(): TestRepository {
  made.push(new TestRepository());
  return made.at(-1)!;
}
afterEach(() => {
  for (const one of made.splice(0)) one.remove();
});
const within = (repo: TestRepository, path: string) => join(realpathSync(repo.dir), path);

describe('a repository is found', () => {
  it('from a folder inside it', () => {
    const repo = repository();
    mkdirSync(join(repo.dir, 'deep/er'), { recursive: true });
    const found = locateRepository({ ...repo.options, cwd: join(repo.dir, 'deep/er') });
    expect(found).toMatchObject({
      gitDir: within(repo, '.git'),
      bare: false,
      shallow: false,
      partial: false,
      idLength: 20,
    });
    expect(found.objectDirs).toEqual([within(repo, '.git/objects')]);
  });

  it('from a work tree: its own git dir, the common objects', () => {
    const repo = repository();
    repo.write('f', '1').commit('1');
    repo.git('worktree', 'add', '-q', 'tree');
    const found = locateRepository({ ...repo.options, cwd: join(repo.dir, 'tree') });
    expect(found.gitDir).toBe(within(repo, '.git/worktrees/tree'));
    expect(found.commonDir).toBe(within(repo, '.git'));
    expect(found.objectDirs).toEqual([within(repo, '.git/objects')]);
  });

  it('through GIT_DIR, GIT_OBJECT_DIRECTORY and GIT_ALTERNATE_OBJECT_DIRECTORIES, as a hook of a server has them', () => {
    const repo = repository();
    const other = repository();
    const env = {
      ...repo.env,
      GIT_DIR: join(repo.dir, '.git'),
      GIT_OBJECT_DIRECTORY: join(other.dir, '.git/objects'),
      GIT_ALTERNATE_OBJECT_DIRECTORIES: join(repo.dir, '.git/objects'),
    };
    const found = locateRepository({ cwd: tmpdir(), env });
    expect(found.objectDirs.map((dir) => realpathSync(dir))).toEqual([
      within(other, '.git/objects'),
      within(repo, '.git/objects'),
    ]);
  });

  it('with alternates of alternates, quoted names, and those that are gone', () => {
    const [first, second, third] = [repository(), repository(), repository()];
    const objects = (repo: TestRepository) => within(repo, '.git/objects');
    third.write('.git/objects/info/alternates', `# a comment\n${objects(second)}\n/nowhere/at all\n`);
    second.write('.git/objects/info/alternates', `${JSON.stringify(objects(first))}\n`);
    const found = locateRepository(third.options);
    expect(found.objectDirs).toEqual([third, second, first].map(objects));
    expect(found.missingAlternates).toEqual(['/nowhere/at all']);
  });

  it('and known to be partial', () => {
    const repo = repository();
    repo.git('config', 'remote.origin.promisor', 'true');
    expect(locateRepository(repo.options).partial).toBe(true);
  });

  it('or said not to be there', () => {
    const env = { ...repository().env, GIT_CEILING_DIRECTORIES: '/' };
    expect(() => locateRepository({ cwd: tmpdir(), env })).toThrow(/not in a git repository/);
  });
});

describe('tips', () => {
  it('are all refs, most telling first, and what reflogs remember', async () => {
    const repo = repository();
    const one = repo.write('f', '1').commit('1');
    repo.git('tag', 'v1');
    repo.git('branch', 'topic');
    repo.git('update-ref', 'refs/pull/1/head', one);
    const two = repo.write('f', '2').commit('2');
    repo.git('worktree', 'add', '-q', '--detach', 'tree', one);
    const { head, refs, reflogs } = await readTips(locateRepository(repo.options), repo.options);
    expect(head).toBe(two);
    expect(refs.map(({ name }) => name)).toEqual([
      'HEAD',
      'refs/heads/main',
      'refs/heads/topic',
      'refs/tags/v1',
      'refs/pull/1/head',
      'worktrees/tree/HEAD',
    ]);
    expect(refs.find(({ name }) => name === 'refs/heads/main')!.id).toBe(two);
    const listed = repo.git('reflog', '--format=%H %gd').split('\n');
    expect(
      reflogs.filter(({ name }) => name.startsWith('HEAD@')).map(({ id, name }) => `${id} ${name}`),
    ).toEqual(listed);
  });

  it('are none in an empty repository', async () => {
    const repo = repository();
    expect(await readTips(locateRepository(repo.options), repo.options)).toEqual({
      refs: [],
      reflogs: [],
      broken: [],
    });
  });
});
