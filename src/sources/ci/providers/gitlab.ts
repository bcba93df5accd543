import { type CiProvider, commitOrNone } from '../provider.ts';

/** @see https://docs.gitlab.com/ci/variables/predefined_variables/ */
export const gitlab: CiProvider = {
  name: 'GitLab',
  detect: (env) => env.GITLAB_CI === 'true',
  read(env) {
    const heads = [env.CI_COMMIT_SHA || 'HEAD'];
    const defaultBranch = env.CI_DEFAULT_BRANCH;
    switch (env.CI_PIPELINE_SOURCE) {
      case 'merge_request_event':
        return {
          kind: env.CI_MERGE_REQUEST_EVENT_TYPE === 'merge_train' ? 'merge-queue' : 'pull-request',
          heads,
          // The target's commit is known for merged results; the diff's base always.
          baseCommit:
            commitOrNone(env.CI_MERGE_REQUEST_TARGET_BRANCH_SHA) ??
            commitOrNone(env.CI_MERGE_REQUEST_DIFF_BASE_SHA),
          baseBranch: env.CI_MERGE_REQUEST_TARGET_BRANCH_NAME,
          defaultBranch,
        };
      case 'external_pull_request_event':
        return {
          kind: 'pull-request',
          heads,
          baseCommit: commitOrNone(env.CI_EXTERNAL_PULL_REQUEST_TARGET_BRANCH_SHA),
          baseBranch: env.CI_EXTERNAL_PULL_REQUEST_TARGET_BRANCH_NAME,
          defaultBranch,
        };
      case 'push': {
        if (env.CI_COMMIT_TAG)
          return { kind: 'tag', heads: [`refs/tags/${env.CI_COMMIT_TAG}`, ...heads], defaultBranch };
        const before = commitOrNone(env.CI_COMMIT_BEFORE_SHA);
        return {
          kind: before ? 'push' : 'new-branch',
          heads,
          baseCommit: before,
          ownBranch: env.CI_COMMIT_BRANCH,
          defaultBranch,
        };
      }
      case 'schedule':
        return { kind: 'schedule', heads, defaultBranch };
      default:
        return { kind: 'manual', heads, defaultBranch };
    }
  },
  reports: ['gitlab=gl-secret-detection-report.json'],
  fullHistory: 'variables: { GIT_DEPTH: 0 }',
};
