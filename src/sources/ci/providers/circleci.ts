import type { CiProvider } from '../provider.ts';

/**
 * What was there before is a pipeline value that a job only sees when its configuration hands it over:
 * `UNLEAK_BASE: << pipeline.git.base_revision >>`.
 * @see https://circleci.com/docs/reference/variables/
 */
export const circleci: CiProvider = {
  name: 'CircleCI',
  detect: (env) => env.CIRCLECI === 'true',
  read(env) {
    const heads = [env.CIRCLE_SHA1 || 'HEAD'];
    if (env.CIRCLE_TAG) return { kind: 'tag', heads: [`refs/tags/${env.CIRCLE_TAG}`, ...heads] };
    if (!env.CIRCLE_BRANCH) return { kind: 'manual', heads };
    return { kind: 'push', heads, ownBranch: env.CIRCLE_BRANCH };
  },
  reports: ['junit=test-results/unleak/results.xml'],
  fullHistory: '- checkout: { method: full }',
};
