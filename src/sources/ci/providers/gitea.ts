import type { CiProvider } from '../provider.ts';
import { readGitHubRun } from './github.ts';

/** Forgejo's runner sets `FORGEJO_ACTIONS` and `GITEA_ACTIONS`, Gitea's the second. @see https://forgejo.org/docs/latest/user/actions/reference/ */
export const gitea: CiProvider = {
  name: 'Gitea or Forgejo Actions',
  detect: (env) => env.GITEA_ACTIONS === 'true' || env.FORGEJO_ACTIONS === 'true',
  read: readGitHubRun,
  reports: [],
  fullHistory: 'uses: actions/checkout with  fetch-depth: 0',
};
