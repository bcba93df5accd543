import type { CiProvider } from '../provider.ts';

/** @see https://buildkite.com/docs/pipelines/configure/environment-variables */
export const buildkite: CiProvider = {
  name: 'Buildkite',
  detect: (env) => env.BUILDKITE === 'true',
  read(env) {
    const heads = [env.BUILDKITE_COMMIT || 'HEAD'];
    const defaultBranch = env.BUILDKITE_PIPELINE_DEFAULT_BRANCH;
    if (env.BUILDKITE_MERGE_QUEUE_BASE_COMMIT) {
      return {
        kind: 'merge-queue',
        heads,
        baseCommit: env.BUILDKITE_MERGE_QUEUE_BASE_COMMIT,
        baseBranch: env.BUILDKITE_MERGE_QUEUE_BASE_BRANCH,
        defaultBranch,
      };
    }
    if (env.BUILDKITE_PULL_REQUEST && env.BUILDKITE_PULL_REQUEST !== 'false') {
      const baseBranch = env.BUILDKITE_PULL_REQUEST_BASE_BRANCH || defaultBranch;
      return { kind: 'pull-request', heads, baseBranch, defaultBranch };
    }
    if (env.BUILDKITE_TAG)
      return { kind: 'tag', heads: [`refs/tags/${env.BUILDKITE_TAG}`, ...heads], defaultBranch };
    if (env.BUILDKITE_SOURCE === 'schedule') return { kind: 'schedule', heads, defaultBranch };
    if (env.BUILDKITE_SOURCE !== 'webhook') return { kind: 'manual', heads, defaultBranch };
    return { kind: 'push', heads, ownBranch: env.BUILDKITE_BRANCH, defaultBranch };
  },
  reports: ['markdown=unleak.md'],
  fullHistory: 'remove --depth from BUILDKITE_GIT_CLONE_FLAGS and BUILDKITE_GIT_FETCH_FLAGS',
};
