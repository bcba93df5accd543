import { type CiProvider, commitOrNone } from '../provider.ts';

/**
 * @see https://www.jenkins.io/doc/book/pipeline/jenkinsfile/#using-environment-variables
 * @see https://plugins.jenkins.io/git/#plugin-content-environment-variables
 */
export const jenkins: CiProvider = {
  name: 'Jenkins',
  detect: (env) => env.JENKINS_URL !== undefined,
  read(env) {
    const heads = [env.GIT_COMMIT || 'HEAD'];
    if (env.CHANGE_TARGET) return { kind: 'pull-request', heads, baseBranch: env.CHANGE_TARGET };
    if (env.TAG_NAME) return { kind: 'tag', heads: [`refs/tags/${env.TAG_NAME}`, ...heads] };
    const ownBranch = env.BRANCH_NAME ?? env.GIT_BRANCH?.replace(/^origin\//, '');
    if (!ownBranch) return { kind: 'manual', heads };
    // The last build that passed, and not the last one: else a leak would be forgiven by the next push.
    return { kind: 'push', heads, baseCommit: commitOrNone(env.GIT_PREVIOUS_SUCCESSFUL_COMMIT), ownBranch };
  },
  reports: ['junit=unleak-junit.xml'],
  fullHistory: "cloneOption(shallow: false, noTags: false) in the checkout's extensions",
};
