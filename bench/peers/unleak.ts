import { fileURLToPath } from 'node:url';
import type { Peer } from './peer.ts';

/** The command as the build made it: this program is bundled into dist/bench/. */
const BIN = fileURLToPath(new URL('../unleak.js', import.meta.url));
const REPORT = ['--format', 'json', '--no-progress', '--output'];

export const unleak: Peer = {
  name: 'unleak',
  executable: process.execPath,
  script: BIN,
  codes: [0, 1, 3],
  version: ['--version'],
  tree: (path, out) => ['scan', path, ...REPORT, out],
  history: (repository, out) => ['audit', repository, ...REPORT, out],
  staged: (_files, out) => ['staged', ...REPORT, out],
};
