import type { Peer } from './peer.ts';

/** One pattern, which any scanner must look for too. */
const PATTERN = 'AKIA[A-Z2-7]{16}';

export const gitGrep: Peer = {
  name: 'git grep, 1 pattern',
  executable: 'git',
  codes: [0, 1],
  floor: true,
  tree: (path) => ['-C', path, 'grep', '-cE', PATTERN],
};

export const ripgrep: Peer = {
  name: 'rg, 1 pattern',
  executable: 'rg',
  codes: [0, 1],
  floor: true,
  tree: (path) => ['-c', '--hidden', PATTERN, path],
};

export const gitCatFile: Peer = {
  name: 'git cat-file, all objects',
  executable: 'git',
  codes: [0],
  floor: true,
  history: (repository) => [
    '-C',
    repository,
    'cat-file',
    '--batch-all-objects',
    '--batch',
    '--buffer',
    '--unordered',
  ],
};

export const gitLog: Peer = {
  name: 'git log -p --all',
  executable: 'git',
  codes: [0],
  floor: true,
  history: (repository) => ['-C', repository, 'log', '-p', '--all'],
};

export const node: Peer = {
  name: 'node -e 0',
  executable: process.execPath,
  codes: [0],
  floor: true,
  version: ['-e', '0'],
  staged: () => ['-e', '0'],
};
