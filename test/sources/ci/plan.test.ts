import { expect, test } from 'vitest';
import { planCi } from '../../../src/sources/ci/plan.ts';

const BASE = 'b'.repeat(40);
const HEAD = 'a'.repeat(40);
const ZERO = '0'.repeat(40);

/** What each CI sets in its runs, cut to what matters here; events as their payloads have them. */
const RUNS: [string, Record<string, string>, unknown, object][] = [
  [
    'GitHub push',
    { GITHUB_ACTIONS: 'true', GITHUB_EVENT_NAME: 'push', GITHUB_REF: 'refs/heads/main', GITHUB_SHA: HEAD },
    {
      ref: 'refs/heads/main',
      before: BASE,
      after: HEAD,
      created: false,
      forced: false,
      repository: { default_branch: 'main' },
    },
    {
      kind: 'push',
      scan: 'range',
      heads: [HEAD],
      baseCommit: BASE,
      ownBranch: 'main',
      defaultBranch: 'main',
    },
  ],
  [
    'GitHub new branch',
    { GITHUB_ACTIONS: 'true', GITHUB_EVENT_NAME: 'push', GITHUB_REF: 'refs/heads/topic', GITHUB_SHA: HEAD },
    { before: ZERO, after: HEAD, created: true, repository: { default_branch: 'main' } },
    { kind: 'new-branch', scan: 'range', heads: [HEAD], baseCommit: undefined, ownBranch: 'topic' },
  ],
  [
    'GitHub tag',
    { GITHUB_ACTIONS: 'true', GITHUB_EVENT_NAME: 'push', GITHUB_REF: 'refs/tags/v1', GITHUB_SHA: HEAD },
    { before: ZERO, after: HEAD },
    { kind: 'tag', scan: 'range', heads: ['refs/tags/v1', HEAD] },
  ],
  [
    'GitHub pull request',
    {
      GITHUB_ACTIONS: 'true',
      GITHUB_EVENT_NAME: 'pull_request',
      GITHUB_REF: 'refs/pull/1/merge',
      GITHUB_SHA: HEAD,
    },
    { pull_request: { base: { sha: BASE, ref: 'main' }, head: { sha: 'c'.repeat(40) } } },
    { kind: 'pull-request', scan: 'range', heads: [HEAD], baseCommit: BASE, baseBranch: 'main' },
  ],
  [
    'GitHub pull request from outside (pull_request_target)',
    {
      GITHUB_ACTIONS: 'true',
      GITHUB_EVENT_NAME: 'pull_request_target',
      GITHUB_REF: 'refs/heads/main',
      GITHUB_SHA: BASE,
    },
    { pull_request: { base: { sha: BASE, ref: 'main' }, head: { sha: HEAD } } },
    { kind: 'pull-request', heads: [HEAD], baseCommit: BASE },
  ],
  [
    'GitHub merge queue',
    { GITHUB_ACTIONS: 'true', GITHUB_EVENT_NAME: 'merge_group', GITHUB_SHA: HEAD },
    { merge_group: { base_sha: BASE, head_sha: HEAD, base_ref: 'refs/heads/main' } },
    { kind: 'merge-queue', heads: [HEAD], baseCommit: BASE, baseBranch: 'main' },
  ],
  [
    'GitHub schedule',
    { GITHUB_ACTIONS: 'true', GITHUB_EVENT_NAME: 'schedule', GITHUB_SHA: HEAD },
    { schedule: '0 0 * * *' },
    { kind: 'schedule', scan: 'tree', heads: [HEAD] },
  ],
  [
    'GitHub by hand',
    { GITHUB_ACTIONS: 'true', GITHUB_EVENT_NAME: 'workflow_dispatch', GITHUB_SHA: HEAD },
    {},
    { kind: 'manual', scan: 'tree' },
  ],
  [
    'Forgejo push',
    {
      GITHUB_ACTIONS: 'true',
      FORGEJO_ACTIONS: 'true',
      GITEA_ACTIONS: 'true',
      GITHUB_EVENT_NAME: 'push',
      GITHUB_REF: 'refs/heads/main',
      GITHUB_SHA: HEAD,
    },
    { before: BASE, after: HEAD },
    { kind: 'push', baseCommit: BASE, provider: { name: 'Gitea or Forgejo Actions' } },
  ],
  [
    'Gitea pull request',
    { GITHUB_ACTIONS: 'true', GITEA_ACTIONS: 'true', GITHUB_EVENT_NAME: 'pull_request', GITHUB_SHA: HEAD },
    { pull_request: { base: { sha: BASE, ref: 'main' } } },
    { kind: 'pull-request', baseCommit: BASE, provider: { name: 'Gitea or Forgejo Actions' } },
  ],
  [
    'GitLab push',
    {
      GITLAB_CI: 'true',
      CI: 'true',
      CI_PIPELINE_SOURCE: 'push',
      CI_COMMIT_SHA: HEAD,
      CI_COMMIT_BEFORE_SHA: BASE,
      CI_COMMIT_BRANCH: 'main',
      CI_DEFAULT_BRANCH: 'main',
    },
    undefined,
    { kind: 'push', heads: [HEAD], baseCommit: BASE, ownBranch: 'main', defaultBranch: 'main' },
  ],
  [
    'GitLab new branch',
    {
      GITLAB_CI: 'true',
      CI_PIPELINE_SOURCE: 'push',
      CI_COMMIT_SHA: HEAD,
      CI_COMMIT_BEFORE_SHA: ZERO,
      CI_COMMIT_BRANCH: 'topic',
      CI_DEFAULT_BRANCH: 'main',
    },
    undefined,
    { kind: 'new-branch', baseCommit: undefined, ownBranch: 'topic' },
  ],
  [
    'GitLab merge request',
    {
      GITLAB_CI: 'true',
      CI_PIPELINE_SOURCE: 'merge_request_event',
      CI_MERGE_REQUEST_EVENT_TYPE: 'detached',
      CI_COMMIT_SHA: HEAD,
      CI_COMMIT_BEFORE_SHA: ZERO,
      CI_MERGE_REQUEST_DIFF_BASE_SHA: BASE,
      CI_MERGE_REQUEST_TARGET_BRANCH_SHA: '',
      CI_MERGE_REQUEST_TARGET_BRANCH_NAME: 'main',
    },
    undefined,
    { kind: 'pull-request', heads: [HEAD], baseCommit: BASE, baseBranch: 'main' },
  ],
  [
    'GitLab merge train',
    {
      GITLAB_CI: 'true',
      CI_PIPELINE_SOURCE: 'merge_request_event',
      CI_MERGE_REQUEST_EVENT_TYPE: 'merge_train',
      CI_COMMIT_SHA: HEAD,
      CI_MERGE_REQUEST_DIFF_BASE_SHA: 'c'.repeat(40),
      CI_MERGE_REQUEST_TARGET_BRANCH_SHA: BASE,
    },
    undefined,
    { kind: 'merge-queue', baseCommit: BASE },
  ],
  [
    'GitLab tag',
    {
      GITLAB_CI: 'true',
      CI_PIPELINE_SOURCE: 'push',
      CI_COMMIT_TAG: 'v1',
      CI_COMMIT_SHA: HEAD,
      CI_COMMIT_BEFORE_SHA: ZERO,
    },
    undefined,
    { kind: 'tag', heads: ['refs/tags/v1', HEAD] },
  ],
  [
    'GitLab schedule',
    { GITLAB_CI: 'true', CI_PIPELINE_SOURCE: 'schedule', CI_COMMIT_SHA: HEAD },
    undefined,
    { kind: 'schedule', scan: 'tree' },
  ],
  [
    'Bitbucket push',
    { CI: 'true', BITBUCKET_BUILD_NUMBER: '7', BITBUCKET_COMMIT: HEAD, BITBUCKET_BRANCH: 'topic' },
    undefined,
    { kind: 'push', heads: [HEAD], ownBranch: 'topic', scan: 'range' },
  ],
  [
    'Bitbucket pull request',
    {
      BITBUCKET_BUILD_NUMBER: '7',
      BITBUCKET_COMMIT: HEAD,
      BITBUCKET_BRANCH: 'topic',
      BITBUCKET_PR_ID: '3',
      BITBUCKET_PR_DESTINATION_BRANCH: 'main',
      BITBUCKET_PR_DESTINATION_COMMIT: 'bbbbbbbbbbbb',
    },
    undefined,
    { kind: 'pull-request', baseCommit: 'bbbbbbbbbbbb', baseBranch: 'main' },
  ],
  [
    'Bitbucket tag',
    { BITBUCKET_BUILD_NUMBER: '7', BITBUCKET_COMMIT: HEAD, BITBUCKET_TAG: 'v1' },
    undefined,
    { kind: 'tag', heads: ['refs/tags/v1', HEAD] },
  ],
  [
    'CircleCI push',
    { CI: 'true', CIRCLECI: 'true', CIRCLE_SHA1: HEAD, CIRCLE_BRANCH: 'topic' },
    undefined,
    { kind: 'push', ownBranch: 'topic' },
  ],
  [
    'CircleCI push with its base handed over',
    { CIRCLECI: 'true', CIRCLE_SHA1: HEAD, CIRCLE_BRANCH: 'topic', UNLEAK_BASE: BASE },
    undefined,
    { kind: 'push', baseCommit: BASE },
  ],
  ['CircleCI tag', { CIRCLECI: 'true', CIRCLE_SHA1: HEAD, CIRCLE_TAG: 'v1' }, undefined, { kind: 'tag' }],
  [
    'Azure push',
    {
      TF_BUILD: 'True',
      BUILD_REASON: 'IndividualCI',
      BUILD_SOURCEVERSION: HEAD,
      BUILD_SOURCEBRANCH: 'refs/heads/feature/x',
    },
    undefined,
    { kind: 'push', heads: [HEAD], ownBranch: 'feature/x' },
  ],
  [
    'Azure pull request',
    {
      TF_BUILD: 'True',
      BUILD_REASON: 'PullRequest',
      BUILD_SOURCEVERSION: HEAD,
      BUILD_SOURCEBRANCH: 'refs/pull/4/merge',
      SYSTEM_PULLREQUEST_TARGETBRANCH: 'refs/heads/main',
    },
    undefined,
    { kind: 'pull-request', heads: [HEAD], baseBranch: 'main' },
  ],
  [
    'Azure tag',
    {
      TF_BUILD: 'True',
      BUILD_REASON: 'IndividualCI',
      BUILD_SOURCEVERSION: HEAD,
      BUILD_SOURCEBRANCH: 'refs/tags/v1',
    },
    undefined,
    { kind: 'tag' },
  ],
  [
    'Azure schedule',
    { TF_BUILD: 'True', BUILD_REASON: 'Schedule', BUILD_SOURCEVERSION: HEAD },
    undefined,
    { kind: 'schedule', scan: 'tree' },
  ],
  [
    'Jenkins push',
    {
      JENKINS_URL: 'https://j/',
      GIT_COMMIT: HEAD,
      GIT_PREVIOUS_COMMIT: 'c'.repeat(40),
      GIT_PREVIOUS_SUCCESSFUL_COMMIT: BASE,
      GIT_BRANCH: 'origin/main',
    },
    undefined,
    { kind: 'push', heads: [HEAD], baseCommit: BASE, ownBranch: 'main' },
  ],
  [
    'Jenkins pull request',
    {
      JENKINS_URL: 'https://j/',
      GIT_COMMIT: HEAD,
      CHANGE_ID: '3',
      CHANGE_TARGET: 'main',
      BRANCH_NAME: 'PR-3',
    },
    undefined,
    { kind: 'pull-request', baseBranch: 'main' },
  ],
  [
    'Jenkins tag',
    { JENKINS_URL: 'https://j/', GIT_COMMIT: HEAD, TAG_NAME: 'v1', BRANCH_NAME: 'v1' },
    undefined,
    { kind: 'tag' },
  ],
  [
    'Buildkite push',
    {
      BUILDKITE: 'true',
      BUILDKITE_SOURCE: 'webhook',
      BUILDKITE_COMMIT: HEAD,
      BUILDKITE_BRANCH: 'topic',
      BUILDKITE_PULL_REQUEST: 'false',
      BUILDKITE_TAG: '',
      BUILDKITE_PIPELINE_DEFAULT_BRANCH: 'main',
    },
    undefined,
    { kind: 'push', ownBranch: 'topic', defaultBranch: 'main' },
  ],
  [
    'Buildkite pull request',
    {
      BUILDKITE: 'true',
      BUILDKITE_SOURCE: 'webhook',
      BUILDKITE_COMMIT: HEAD,
      BUILDKITE_PULL_REQUEST: '9',
      BUILDKITE_PULL_REQUEST_BASE_BRANCH: 'main',
    },
    undefined,
    { kind: 'pull-request', baseBranch: 'main' },
  ],
  [
    'Buildkite merge queue',
    {
      BUILDKITE: 'true',
      BUILDKITE_SOURCE: 'webhook',
      BUILDKITE_COMMIT: HEAD,
      BUILDKITE_PULL_REQUEST: 'false',
      BUILDKITE_MERGE_QUEUE_BASE_COMMIT: BASE,
    },
    undefined,
    { kind: 'merge-queue', baseCommit: BASE },
  ],
  [
    'Buildkite schedule',
    { BUILDKITE: 'true', BUILDKITE_SOURCE: 'schedule', BUILDKITE_COMMIT: 'HEAD' },
    undefined,
    { kind: 'schedule', heads: ['HEAD'] },
  ],
  [
    'Drone push',
    {
      CI: 'true',
      DRONE: 'true',
      DRONE_BUILD_EVENT: 'push',
      DRONE_COMMIT_SHA: HEAD,
      DRONE_COMMIT_BEFORE: BASE,
      DRONE_BRANCH: 'main',
      DRONE_REPO_BRANCH: 'main',
    },
    undefined,
    { kind: 'push', baseCommit: BASE, ownBranch: 'main' },
  ],
  [
    'Drone pull request',
    { DRONE: 'true', DRONE_BUILD_EVENT: 'pull_request', DRONE_COMMIT_SHA: HEAD, DRONE_TARGET_BRANCH: 'main' },
    undefined,
    { kind: 'pull-request', baseBranch: 'main' },
  ],
  [
    'Drone tag',
    { DRONE: 'true', DRONE_BUILD_EVENT: 'tag', DRONE_COMMIT_SHA: HEAD, DRONE_TAG: 'v1' },
    undefined,
    { kind: 'tag', heads: ['refs/tags/v1', HEAD] },
  ],
  [
    'Drone cron',
    { DRONE: 'true', DRONE_BUILD_EVENT: 'cron', DRONE_COMMIT_SHA: HEAD },
    undefined,
    { kind: 'schedule' },
  ],
  [
    'Woodpecker push',
    {
      CI: 'woodpecker',
      CI_PIPELINE_EVENT: 'push',
      CI_COMMIT_SHA: HEAD,
      CI_PREV_COMMIT_SHA: BASE,
      CI_COMMIT_BRANCH: 'main',
    },
    undefined,
    { kind: 'push', baseCommit: BASE, ownBranch: 'main' },
  ],
  [
    'Woodpecker pull request',
    {
      CI: 'woodpecker',
      CI_PIPELINE_EVENT: 'pull_request',
      CI_COMMIT_SHA: HEAD,
      CI_COMMIT_TARGET_BRANCH: 'main',
    },
    undefined,
    { kind: 'pull-request', baseBranch: 'main' },
  ],
  [
    'Woodpecker cron',
    { CI: 'woodpecker', CI_PIPELINE_EVENT: 'cron', CI_COMMIT_SHA: HEAD },
    undefined,
    { kind: 'schedule' },
  ],
];

test.each(RUNS)('%s is recognised', (_, env, event, expected) => {
  expect(planCi(env, () => event)).toMatchObject(expected);
});

test('a base that the user names overrules the variables', () => {
  const env = { GITHUB_ACTIONS: 'true', GITHUB_EVENT_NAME: 'schedule', GITHUB_SHA: HEAD };
  expect(planCi(env, () => ({}), 'v1.0')).toMatchObject({ scan: 'range', baseCommit: 'v1.0' });
});

test('an event of another form than expected is no error', () => {
  const env = {
    GITHUB_ACTIONS: 'true',
    GITHUB_EVENT_NAME: 'pull_request',
    GITHUB_SHA: HEAD,
    GITHUB_BASE_REF: 'main',
  };
  for (const event of [undefined, null, 'x', { pull_request: null }, { pull_request: { base: 3 } }]) {
    expect(planCi(env, () => event)).toMatchObject({
      kind: 'pull-request',
      baseBranch: 'main',
      baseCommit: undefined,
    });
  }
});

test('a machine that is no CI is none', () => {
  expect(planCi({ HOME: '/root', PATH: '/bin' }, () => undefined)).toBeUndefined();
});
