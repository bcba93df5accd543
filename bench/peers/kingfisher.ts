import type { Peer } from './peer.ts';

// https://github.com/mongodb/kingfisher/blob/main/docs/USAGE.md; --turbo gives up decoding and commit metadata.
const FLAGS = ['--no-update-check', '--no-validate', '--turbo', '--format', 'json', '--output'];

export const kingfisher: Peer = {
  name: 'Kingfisher',
  executable: 'kingfisher',
  codes: [0, 200, 205],
  version: ['--version'],
  tree: (path, out) => ['scan', '--git-history', 'none', ...FLAGS, out, path],
  history: (repository, out) => ['scan', '--git-history', 'full', ...FLAGS, out, repository],
  staged: (_files, out) => ['scan', '--staged', ...FLAGS, out, '.'],
};
