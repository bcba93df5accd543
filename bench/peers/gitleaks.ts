import type { Peer } from './peer.ts';

// https://github.com/gitleaks/gitleaks#usage
const QUIET = ['--no-banner', '--log-level', 'error', '--max-decode-depth', '0', '--exit-code', '0'];
const REPORT = ['--report-format', 'json', '--report-path'];

export const gitleaks: Peer = {
  name: 'gitleaks',
  executable: 'gitleaks',
  codes: [0],
  version: ['version'],
  tree: (path, out) => ['dir', ...QUIET, ...REPORT, out, path],
  history: (repository, out) => ['git', ...QUIET, ...REPORT, out, repository],
  staged: (_files, out) => ['git', '--pre-commit', '--staged', ...QUIET, ...REPORT, out],
};
