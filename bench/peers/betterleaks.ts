import { availableParallelism } from 'node:os';
import type { Peer } from './peer.ts';

// https://github.com/betterleaks/betterleaks#usage; it validates only when asked to.
const QUIET = ['--no-banner', '--log-level', 'error', '--max-decode-depth', '0', '--exit-code', '0'];
const REPORT = ['--report-format', 'json', '--report-path'];

export const betterleaks: Peer = {
  name: 'betterleaks',
  executable: 'betterleaks',
  codes: [0],
  version: ['version'],
  tree: (path, out) => ['dir', ...QUIET, ...REPORT, out, path],
  history: (repository, out) => [
    'git',
    `--git-workers=${availableParallelism()}`,
    ...QUIET,
    ...REPORT,
    out,
    repository,
  ],
  staged: (_files, out) => ['git', '--pre-commit', '--staged', ...QUIET, ...REPORT, out],
};
