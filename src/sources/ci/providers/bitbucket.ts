import type { CiProvider } from '../provider.ts';

/**
 * A push does not say what was there before, so the branch's commits that no other branch has count.
 * @see https://support.atlassian.com/bitbucket-cloud/docs/variables-and-secrets/
 */
export const bitbucket: CiProvider = {
  name: 'Bitbucket Pipelines',
  detect: (env) => env.BITBUCKET_BUILD_NUMBER !== undefined,
  read(env) {
    const heads = [env.BITBUCKET_COMMIT || 'HEAD'];
    if (env.BITBUCKET_PR_ID) {
      return {
        kind: 'pull-request',
        // The checkout has the destination merged in, which is no commit of the repository.
        heads,
        baseCommit: env.BITBUCKET_PR_DESTINATION_COMMIT,
        baseBranch: env.BITBUCKET_PR_DESTINATION_BRANCH,
      };
    }
    if (env.BITBUCKET_TAG) return { kind: 'tag', heads: [`refs/tags/${env.BITBUCKET_TAG}`, ...heads] };
    if (!env.BITBUCKET_BRANCH) return { kind: 'manual', heads };
    return { kind: 'push', heads, ownBranch: env.BITBUCKET_BRANCH };
  },
  reports: ['junit=test-results/unleak.xml'],
  fullHistory: 'clone: { depth: full }',
};
