import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { locateHooks } from '../../src/git/hooks/locate.ts';
import { readTips } from '../../src/git/refs.ts';
import { locateRepository } from '../../src/git/repository.ts';
import { splitAnswers } from '../../src/git/rev-parse.ts';
import { forNamedFolder, runGitSync } from '../../src/git/run.ts';
import { readState } from '../../src/git/state.ts';
import { Repository, temporaryFolder } from '../sources/repository.ts';

test('a repository in a folder with a line break is found from below', () => {
  const dir = join(temporaryFolder(), 'a\nsha1 b');
  mkdirSync(join(dir, 'below'), { recursive: true });
  const repository = new Repository([], dir);
  const head = repository.commit('first');
  const options = { cwd: join(dir, 'below'), env: repository.env };
  expect(readState(options)).toMatchObject({ head, bare: false, indexFile: join(dir, '.git/index') });
  expect(locateRepository(options)).toMatchObject({
    gitDir: join(dir, '.git'),
    objectDirs: [join(dir, '.git/objects')],
    idLength: 20,
  });
  expect(locateHooks(options).root).toBe(dir);
});

test('answers that cannot be told apart are an error', () => {
  expect(() => splitAnswers('false\nsha1\n/a\nsha1\nb\n', 2)).toThrow('not 2 answers');
});

test('a file is no folder of a repository', () => {
  const repository = new Repository();
  repository.write('a.txt', '');
  const cwd = join(repository.dir, 'a.txt');
  expect(() => locateRepository({ cwd, env: repository.env })).toThrow(`${cwd}: a file, not a folder`);
});

test('a folder that is named is meant, whatever repository the environment names', () => {
  const [one, other] = [new Repository(), new Repository()];
  const env = { ...one.env, GIT_DIR: join(other.dir, '.git'), GIT_INDEX_FILE: '/x', GIT_PREFIX: 'x/' };
  const ask = (environment: Record<string, string | undefined>) =>
    runGitSync(['rev-parse', '--absolute-git-dir'], { cwd: one.dir, env: environment }).toString().trim();
  expect(ask(env)).toBe(join(other.dir, '.git'));
  expect(ask(forNamedFolder(env))).toBe(join(one.dir, '.git'));
});

test('from a linked work tree the refs of the others count, under the names that git has for them', async () => {
  const repository = new Repository();
  repository.commit('first');
  const linked = new Repository(['--existing'], join(temporaryFolder(), 'linked'), repository.env);
  repository.git('worktree', 'add', '-q', '--detach', linked.dir);
  const bad = linked.commit('being bisected');
  linked.git('update-ref', 'refs/bisect/bad', bad);
  linked.git('reset', '-q', '--hard', 'HEAD~1');
  repository.git('checkout', '-q', '--detach');
  const main = repository.commit('on a detached HEAD');
  const tipsOf = ({ dir: cwd, env }: Repository) => readTips(locateRepository({ cwd, env }), { cwd, env });
  const fromLinked = await tipsOf(linked);
  expect(fromLinked.refs).toContainEqual({ name: 'main-worktree/HEAD', id: main });
  expect(fromLinked.reflogs).toContainEqual({ name: 'main-worktree/HEAD@{0}', id: main });
  const { refs, reflogs } = await tipsOf(repository);
  expect(refs).toContainEqual({ name: 'worktrees/linked/refs/bisect/bad', id: bad });
  for (const { name, id } of [...refs, ...reflogs]) expect(repository.git('rev-parse', name)).toBe(id);
});

test('a ref that holds no id is named, one that dangles is not', async () => {
  const repository = new Repository();
  repository.commit('first');
  repository.write('.git/refs/heads/broken', 'nonsense\n');
  repository.git('symbolic-ref', 'refs/remotes/origin/HEAD', 'refs/remotes/origin/gone');
  const { broken } = await readTips(locateRepository({ cwd: repository.dir, env: repository.env }), {
    cwd: repository.dir,
    env: repository.env,
  });
  expect(broken).toEqual([
    { path: 'refs/heads/broken', reason: expect.stringContaining('ignoring broken ref') },
  ]);
});
