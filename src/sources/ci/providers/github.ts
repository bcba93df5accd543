import {
  branchOf,
  type CiEnvironment,
  type CiProvider,
  type CiRun,
  commitOrNone,
  textAt,
} from '../provider.ts';

/**
 * @see https://docs.github.com/actions/reference/workflows-and-actions/variables
 * @see https://docs.github.com/webhooks/webhook-events-and-payloads
 */
export const github: CiProvider = {
  name: 'GitHub Actions',
  detect: (env) => env.GITHUB_ACTIONS === 'true' && !env.GITEA_ACTIONS && !env.FORGEJO_ACTIONS,
  read: readGitHubRun,
  annotations: 'github',
  reports: [],
  fullHistory: 'uses: actions/checkout with  fetch-depth: 0',
};

/** Gitea and Forgejo speak GitHub's variables and events. */
export function readGitHubRun(env: CiEnvironment, readEvent: () => unknown): CiRun {
  const event = readEvent();
  const defaultBranch = textAt(event, 'repository.default_branch');
  const head = env.GITHUB_SHA || 'HEAD';
  const branch = env.GITHUB_REF?.startsWith('refs/heads/') ? branchOf(env.GITHUB_REF) : undefined;
  switch (env.GITHUB_EVENT_NAME) {
    case 'pull_request':
    case 'pull_request_review':
      return {
        kind: 'pull-request',
        // The checkout is a merge of both sides; what the merge itself brings counts too.
        heads: [head],
        baseCommit: textAt(event, 'pull_request.base.sha'),
        baseBranch: textAt(event, 'pull_request.base.ref') ?? env.GITHUB_BASE_REF,
        defaultBranch,
      };
    case 'pull_request_target':
      return {
        kind: 'pull-request',
        // Here the checkout is the branch that is merged into.
        heads: [textAt(event, 'pull_request.head.sha') ?? head],
        baseCommit: textAt(event, 'pull_request.base.sha'),
        baseBranch: textAt(event, 'pull_request.base.ref') ?? env.GITHUB_BASE_REF,
        defaultBranch,
      };
    case 'merge_group':
      return {
        kind: 'merge-queue',
        heads: [textAt(event, 'merge_group.head_sha') ?? head],
        baseCommit: textAt(event, 'merge_group.base_sha'),
        baseBranch: branchOf(textAt(event, 'merge_group.base_ref')),
        defaultBranch,
      };
    case 'push': {
      if (env.GITHUB_REF?.startsWith('refs/tags/'))
        return { kind: 'tag', heads: [env.GITHUB_REF, head], defaultBranch };
      const before = commitOrNone(textAt(event, 'before'));
      return {
        kind: before ? 'push' : 'new-branch',
        heads: [textAt(event, 'after') ?? head],
        baseCommit: before,
        ownBranch: branch,
        defaultBranch,
      };
    }
    case 'schedule':
      return { kind: 'schedule', heads: [head], defaultBranch };
    default:
      return { kind: 'manual', heads: [head], defaultBranch };
  }
}
