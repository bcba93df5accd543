import { type CiProvider, commitOrNone } from '../provider.ts';

/** @see https://woodpecker-ci.org/docs/usage/environment */
export const woodpecker: CiProvider = {
  name: 'Woodpecker',
  detect: (env) => env.CI === 'woodpecker',
  read(env) {
    const heads = [env.CI_COMMIT_SHA || 'HEAD'];
    const defaultBranch = env.CI_REPO_DEFAULT_BRANCH;
    switch (env.CI_PIPELINE_EVENT) {
      case 'pull_request':
      case 'pull_request_closed':
      case 'pull_request_metadata':
        return { kind: 'pull-request', heads, baseBranch: env.CI_COMMIT_TARGET_BRANCH, defaultBranch };
      case 'tag':
      case 'release':
        return { kind: 'tag', heads: [`refs/tags/${env.CI_COMMIT_TAG}`, ...heads], defaultBranch };
      case 'cron':
        return { kind: 'schedule', heads, defaultBranch };
      case 'push':
        return {
          kind: 'push',
          heads,
          baseCommit: commitOrNone(env.CI_PREV_COMMIT_SHA),
          ownBranch: env.CI_COMMIT_BRANCH,
          defaultBranch,
        };
      default:
        return { kind: 'manual', heads, defaultBranch };
    }
  },
  reports: [],
  fullHistory:
    'clone: [{ name: clone, image: woodpeckerci/plugin-git, settings: { partial: false, depth: 0 } }]',
};
