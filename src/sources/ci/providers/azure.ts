import { branchOf, type CiProvider } from '../provider.ts';

/** @see https://learn.microsoft.com/azure/devops/pipelines/build/variables */
export const azure: CiProvider = {
  name: 'Azure Pipelines',
  detect: (env) => env.TF_BUILD === 'True',
  read(env) {
    const heads = [env.BUILD_SOURCEVERSION || 'HEAD'];
    const ref = env.BUILD_SOURCEBRANCH ?? '';
    if (env.BUILD_REASON === 'PullRequest' || env.SYSTEM_PULLREQUEST_TARGETBRANCH) {
      return { kind: 'pull-request', heads, baseBranch: branchOf(env.SYSTEM_PULLREQUEST_TARGETBRANCH) };
    }
    if (env.BUILD_REASON === 'Schedule') return { kind: 'schedule', heads };
    if (ref.startsWith('refs/tags/')) return { kind: 'tag', heads: [ref, ...heads] };
    if (env.BUILD_REASON === 'IndividualCI' || env.BUILD_REASON === 'BatchedCI') {
      return { kind: 'push', heads, ownBranch: branchOf(ref) };
    }
    return { kind: 'manual', heads };
  },
  annotations: 'azure',
  reports: ['junit=unleak-junit.xml'],
  fullHistory: '- checkout: self with  fetchDepth: 0',
};
