import { expect, test } from 'vitest';
import { withoutNull } from '../../src/git/revisions.ts';
import { readCommits } from '../../src/sources/commits.ts';
import { Repository } from './repository.ts';

const ZERO = '0'.repeat(40);

async function scanned(repository: Repository, ...revisions: string[]): Promise<string[]> {
  const paths: string[] = [];
  const { blobs } = await readCommits(revisions, { cwd: repository.dir, env: repository.env });
  for await (const { path } of blobs) if (path !== 'COMMIT_MSG') paths.push(path);
  return paths;
}

test('a branch that is new to a server brings all that leads to it, a deleted one nothing', async () => {
  const repository = new Repository();
  repository.commit('one', { 'a.txt': 'a\n' });
  repository.commit('two', { 'b.txt': 'b\n' });
  expect(await scanned(repository, `${ZERO}..HEAD`)).toEqual(['a.txt', 'b.txt']);
  expect(await scanned(repository, 'HEAD', `^${ZERO}`, '^HEAD~1')).toEqual(['b.txt']);
  expect(await scanned(repository, `HEAD..${ZERO}`)).toEqual([]);
});

test.each([
  [[`${ZERO}..a`], ['a']],
  [[`${ZERO}...a`], ['a']],
  [[`${ZERO}..`], ['HEAD']],
  [[`a..${ZERO}`, 'b'], ['b']],
  [[`${'0'.repeat(64)}..a`], ['a']],
  [
    ['0000..a', 'a..b', '..b', '--all'],
    ['0000..a', 'a..b', '..b', '--all'],
  ],
])('of %j git is asked for %j', (given, asked) => {
  expect(withoutNull(given)).toEqual(asked);
});
