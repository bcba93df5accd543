import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { type CiPlan, planCi } from '../../../src/sources/ci/plan.ts';
import { type CiScope, resolvePlan } from '../../../src/sources/ci/resolve.ts';
import { readCommits } from '../../../src/sources/commits.ts';
import { readTree } from '../../../src/sources/tree.ts';
import { changedText, Repository, temporaryFolder } from '../../sources/repository.ts';

/**
 * On the server: main has m1, m2, m3; topic left it at m2 and has t1, t2; pull request 1 merges topic into main.
 */
function server() {
  begun ??= makeServer();
  const repository = new Repository(['--existing'], temporaryFolder());
  cpSync(begun.repository.dir, repository.dir, { recursive: true });
  return { repository, ids: begun.ids };
}

/** Made once for all tests, each of which has a copy. */
let begun: ReturnType<typeof makeServer> | undefined;
afterAll(() => {
  if (begun) rmSync(begun.repository.dir, { recursive: true, force: true });
});

function makeServer() {
  const repository = new Repository([], mkdtempSync(join(tmpdir(), 'unleak-server-')));
  const ids: Record<string, string> = {};
  const commit = (name: string) => {
    ids[name] = repository.commit(name, { [`${name}.txt`]: `${name}\n` });
  };
  for (const name of ['m1', 'm2']) commit(name);
  repository.git('checkout', '-qb', 'topic');
  for (const name of ['t1', 't2']) commit(name);
  repository.git('checkout', '-q', 'main');
  commit('m3');
  repository.git('checkout', '-q', '--detach');
  repository.git('merge', '-q', '--no-ff', '-m', 'pull', 'topic');
  ids.pull = repository.git('rev-parse', 'HEAD');
  repository.git('update-ref', 'refs/pull/1/merge', ids.pull);
  repository.git('update-ref', 'refs/pull/1/head', ids.t2);
  repository.git('tag', '-a', '-m', 'tag text', 'v1', 'main');
  repository.git('checkout', '-q', 'main');
  repository.git('config', 'uploadpack.allowAnySHA1InWant', 'true');
  return { repository, ids };
}

/** As a CI checks out: the refs that are named, to the depth that is set. */
function checkout(
  origin: Repository,
  head: string,
  { depth, refs = ['+refs/heads/*:refs/remotes/origin/*'] }: { depth?: number; refs?: string[] } = {},
): Repository {
  const clone = new Repository();
  clone.git('remote', 'add', 'origin', `file://${origin.dir}`);
  clone.git('fetch', '-q', '--no-tags', ...(depth ? [`--depth=${depth}`] : []), 'origin', ...refs, head);
  clone.git('checkout', '-q', '--detach', 'FETCH_HEAD');
  if (!refs.length) return clone;
  clone.git('checkout', '-q', '--detach', origin.git('rev-parse', head));
  return clone;
}

const github = (event: string, sha: string, payload: unknown, ref = 'refs/heads/main') =>
  planCi(
    { GITHUB_ACTIONS: 'true', GITHUB_EVENT_NAME: event, GITHUB_SHA: sha, GITHUB_REF: ref },
    () => payload,
  )!;

async function resolve(clone: Repository, plan: CiPlan, fetch = false): Promise<CiScope> {
  return resolvePlan(plan, { cwd: clone.dir, env: clone.env, fetch });
}

/** What is scanned, by the names of its files and messages. */
async function scanned(clone: Repository, plan: CiPlan, fetch = false): Promise<string[]> {
  const scope = await resolve(clone, plan, fetch);
  const options = { cwd: clone.dir, env: clone.env };
  const source = scope.tree
    ? await readTree(scope.tree, options)
    : await readCommits(scope.revisions!, options);
  const names: string[] = [];
  for await (const blob of source.blobs)
    if (blob.path !== 'COMMIT_MSG') names.push(changedText(blob).trimEnd());
  expect(source.skipped).toEqual([]);
  return names.sort();
}

const pullRequest = (ids: Record<string, string>) =>
  github(
    'pull_request',
    ids.pull,
    { pull_request: { base: { sha: ids.m3, ref: 'main' }, head: { sha: ids.t2 } } },
    'refs/pull/1/merge',
  );

test('a push brings the commits since the one before', async () => {
  const { repository, ids } = server();
  const plan = github('push', ids.m3, {
    before: ids.m1,
    after: ids.m3,
    repository: { default_branch: 'main' },
  });
  expect(await scanned(checkout(repository, 'refs/heads/main'), plan)).toEqual(['m2', 'm3']);
});

test('a pull request brings its commits and not those of the branch it goes to', async () => {
  const { repository, ids } = server();
  const clone = checkout(repository, 'refs/pull/1/merge');
  expect(await scanned(clone, pullRequest(ids))).toEqual(['t1', 't2']);
});

test('commits that came to the target since the event was sent are left out', async () => {
  const { repository, ids } = server();
  const clone = checkout(repository, 'refs/pull/1/merge');
  const payload = { pull_request: { base: { sha: ids.m2, ref: 'main' }, head: { sha: ids.t2 } } };
  expect(await scanned(clone, github('pull_request', ids.pull, payload))).toEqual(['t1', 't2']);
});

test('a pull request from outside is scanned although the target is checked out', async () => {
  const { repository, ids } = server();
  const clone = checkout(repository, 'refs/heads/main', {
    refs: ['+refs/heads/main:refs/remotes/origin/main'],
  });
  const payload = { pull_request: { base: { sha: ids.m3, ref: 'main' }, head: { sha: ids.t2 } } };
  const plan = github('pull_request_target', ids.m3, payload);
  await expect(resolve(clone, plan)).rejects.toThrow(
    /lacks the commit [\s\S]*fetch-depth: 0[\s\S]*unleak ci --fetch/,
  );
  expect(await scanned(clone, plan, true)).toEqual(['t1', 't2']);
});

test('a merge queue brings its group', async () => {
  const { repository, ids } = server();
  const payload = { merge_group: { base_sha: ids.m3, head_sha: ids.pull, base_ref: 'refs/heads/main' } };
  expect(
    await scanned(checkout(repository, 'refs/pull/1/merge'), github('merge_group', ids.pull, payload)),
  ).toEqual(['t1', 't2']);
});

test('a new branch brings what no other branch has', async () => {
  const { repository, ids } = server();
  const payload = { before: '0'.repeat(40), after: ids.t2, repository: { default_branch: 'main' } };
  const plan = github('push', ids.t2, payload, 'refs/heads/topic');
  expect(await scanned(checkout(repository, 'refs/heads/topic'), plan)).toEqual(['t1', 't2']);
});

test('the first push of the default branch brings all of it', async () => {
  const { repository, ids } = server();
  const payload = { before: '0'.repeat(40), after: ids.m3, repository: { default_branch: 'main' } };
  expect(await scanned(checkout(repository, 'refs/heads/main'), github('push', ids.m3, payload))).toEqual([
    'm1',
    'm2',
    'm3',
  ]);
});

test('after a forced push the old commit is asked for, and without it nothing is left out', async () => {
  const { repository, ids } = server();
  const clone = checkout(repository, 'refs/heads/topic');
  const gone = {
    before: '1'.repeat(40),
    after: ids.t2,
    forced: true,
    repository: { default_branch: 'main' },
  };
  const plan = github('push', ids.t2, gone, 'refs/heads/topic');
  for (const fetch of [false, true]) {
    expect((await resolve(clone, plan, fetch)).notes).toEqual([expect.stringContaining('forced push')]);
    expect(await scanned(clone, plan, fetch)).toEqual(['t1', 't2']);
  }
  const kept = { ...gone, before: ids.pull };
  expect(await scanned(clone, github('push', ids.t2, kept, 'refs/heads/topic'), true)).toEqual([]);
});

test('a tag on a branch brings its message, and the commits that no branch has', async () => {
  const { repository, ids } = server();
  const clone = checkout(repository, 'refs/heads/main');
  clone.git('fetch', '-q', 'origin', 'refs/tags/v1:refs/tags/v1');
  expect(await scanned(clone, github('push', ids.m3, {}, 'refs/tags/v1'))).toEqual(['tag text']);
  repository.git('tag', 'v2', ids.pull);
  clone.git('fetch', '-q', 'origin', 'refs/tags/v2:refs/tags/v2');
  const plan = github('push', ids.pull, {}, 'refs/tags/v2');
  const { revisions } = await resolve(clone, plan);
  expect((await readCommits(revisions!, { cwd: clone.dir, env: clone.env })).commits).toBe(1);
});

test('a schedule scans all files, in a shallow checkout too', async () => {
  const { repository, ids } = server();
  const clone = checkout(repository, 'refs/heads/main', { depth: 1, refs: [] });
  expect(await scanned(clone, github('schedule', ids.m3, {}))).toEqual(['m1', 'm2', 'm3']);
});

test('a shallow checkout of a pull request fails with the line to add, or is completed', async () => {
  const { repository, ids } = server();
  const clone = checkout(repository, 'refs/pull/1/merge', { depth: 1, refs: [] });
  await expect(resolve(clone, pullRequest(ids))).rejects.toThrow(
    /scan would be incomplete.*\n.*fetch-depth: 0/,
  );
  await expect(resolve(clone, pullRequest(ids))).rejects.toMatchObject({ exitCode: 3 });
  expect(await scanned(clone, pullRequest(ids), true)).toEqual(['t1', 't2']);
});

test('a shallow checkout that holds the whole range is enough', async () => {
  const { repository, ids } = server();
  const clone = checkout(repository, 'refs/heads/main', { depth: 2, refs: [] });
  const plan = github('push', ids.m3, {
    before: ids.m2,
    after: ids.m3,
    repository: { default_branch: 'main' },
  });
  expect(await scanned(clone, plan)).toEqual(['m3']);
});

test('a shallow checkout whose edge lies in the range is not', async () => {
  const { repository, ids } = server();
  const clone = checkout(repository, 'refs/heads/main', { depth: 1, refs: [] });
  const plan = github('push', ids.m3, {
    before: ids.m1,
    after: ids.m3,
    repository: { default_branch: 'main' },
  });
  await expect(resolve(clone, plan)).rejects.toThrow(/this checkout lacks the history before/);
  expect(await scanned(clone, plan, true)).toEqual(['m2', 'm3']);
});

test('a remote that cannot be reached is an error and not a smaller range', async () => {
  const { repository, ids } = server();
  const clone = checkout(repository, 'refs/pull/1/merge', { depth: 1, refs: [] });
  clone.git('remote', 'set-url', 'origin', join(temporaryFolder(), 'nowhere'));
  await expect(resolve(clone, pullRequest(ids), true)).rejects.toThrow(/git fetch/);
});

test('where a CI does not say what was there before, other branches do, but not for the default branch', async () => {
  const { repository, ids } = server();
  const bitbucket = (sha: string, branch: string) =>
    planCi(
      { BITBUCKET_BUILD_NUMBER: '1', BITBUCKET_COMMIT: sha, BITBUCKET_BRANCH: branch },
      () => undefined,
    )!;
  const clone = checkout(repository, 'refs/heads/topic');
  // As a clone has it; without it the default branch is not known, and nothing is left out.
  expect(await scanned(clone, bitbucket(ids.t2, 'topic'))).toEqual(['m1', 'm2', 't1', 't2']);
  clone.git('symbolic-ref', 'refs/remotes/origin/HEAD', 'refs/remotes/origin/main');
  expect(await scanned(clone, bitbucket(ids.t2, 'topic'))).toEqual(['t1', 't2']);
  expect(await scanned(clone, bitbucket(ids.m3, 'main'))).toEqual(['m1', 'm2', 'm3']);
});

test.each([
  [
    'GitLab',
    (ids: Record<string, string>) => ({
      GITLAB_CI: 'true',
      CI_PIPELINE_SOURCE: 'merge_request_event',
      CI_COMMIT_SHA: ids.t2,
      CI_MERGE_REQUEST_DIFF_BASE_SHA: ids.m2,
      CI_MERGE_REQUEST_TARGET_BRANCH_NAME: 'main',
    }),
  ],
  [
    'Bitbucket',
    (ids: Record<string, string>) => ({
      BITBUCKET_BUILD_NUMBER: '1',
      BITBUCKET_COMMIT: ids.t2,
      BITBUCKET_PR_ID: '1',
      BITBUCKET_PR_DESTINATION_BRANCH: 'main',
      BITBUCKET_PR_DESTINATION_COMMIT: ids.m3.slice(0, 12),
    }),
  ],
  [
    'CircleCI',
    (ids: Record<string, string>) => ({
      CIRCLECI: 'true',
      CIRCLE_SHA1: ids.t2,
      CIRCLE_BRANCH: 'topic',
      UNLEAK_BASE: 'origin/main',
    }),
  ],
  [
    'Azure',
    (ids: Record<string, string>) => ({
      TF_BUILD: 'True',
      BUILD_REASON: 'PullRequest',
      BUILD_SOURCEVERSION: ids.pull,
      SYSTEM_PULLREQUEST_TARGETBRANCH: 'refs/heads/main',
    }),
  ],
  [
    'Jenkins',
    (ids: Record<string, string>) => ({
      JENKINS_URL: 'x',
      GIT_COMMIT: ids.t2,
      CHANGE_TARGET: 'main',
      BRANCH_NAME: 'PR-1',
    }),
  ],
  [
    'Buildkite',
    (ids: Record<string, string>) => ({
      BUILDKITE: 'true',
      BUILDKITE_COMMIT: ids.t2,
      BUILDKITE_PULL_REQUEST: '1',
      BUILDKITE_PULL_REQUEST_BASE_BRANCH: 'main',
    }),
  ],
  [
    'Drone',
    (ids: Record<string, string>) => ({
      DRONE: 'true',
      DRONE_BUILD_EVENT: 'pull_request',
      DRONE_COMMIT_SHA: ids.t2,
      DRONE_TARGET_BRANCH: 'main',
    }),
  ],
  [
    'Woodpecker',
    (ids: Record<string, string>) => ({
      CI: 'woodpecker',
      CI_PIPELINE_EVENT: 'pull_request',
      CI_COMMIT_SHA: ids.t2,
      CI_COMMIT_TARGET_BRANCH: 'main',
    }),
  ],
])('a pull request in %s brings its commits', async (_, environment) => {
  const { repository, ids } = server();
  const clone = checkout(repository, 'refs/pull/1/merge');
  expect(await scanned(clone, planCi(environment(ids), () => undefined)!)).toEqual(['t1', 't2']);
});
