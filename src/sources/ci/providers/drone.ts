import { type CiProvider, commitOrNone } from '../provider.ts';

/** @see https://docs.drone.io/pipeline/environment/reference/ */
export const drone: CiProvider = {
  name: 'Drone',
  detect: (env) => env.DRONE === 'true',
  read(env) {
    const heads = [env.DRONE_COMMIT_SHA || env.DRONE_COMMIT || 'HEAD'];
    const defaultBranch = env.DRONE_REPO_BRANCH;
    switch (env.DRONE_BUILD_EVENT) {
      case 'pull_request':
        return { kind: 'pull-request', heads, baseBranch: env.DRONE_TARGET_BRANCH, defaultBranch };
      case 'tag':
        return { kind: 'tag', heads: [`refs/tags/${env.DRONE_TAG}`, ...heads], defaultBranch };
      case 'cron':
        return { kind: 'schedule', heads, defaultBranch };
      case 'push': {
        const before = commitOrNone(env.DRONE_COMMIT_BEFORE);
        return {
          kind: before ? 'push' : 'new-branch',
          heads,
          baseCommit: before,
          ownBranch: env.DRONE_BRANCH,
          defaultBranch,
        };
      }
      default:
        return { kind: 'manual', heads, defaultBranch };
    }
  },
  reports: [],
  fullHistory: 'clone: { depth: 0 }',
};
