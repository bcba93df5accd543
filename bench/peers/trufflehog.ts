import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Peer } from './peer.ts';

// https://github.com/trufflesecurity/trufflehog#usage; --trust-local-git-config saves the clone of a local repository.
const FLAGS = [
  '--no-verification',
  '--no-update',
  '--json',
  '--log-level=-1',
  `--concurrency=${availableParallelism()}`,
];
const TRUSTED = '--trust-local-git-config';

export const trufflehog: Peer = {
  name: 'TruffleHog',
  executable: 'trufflehog',
  codes: [0, 183],
  version: ['--version'],
  tree: (path) => ['filesystem', ...FLAGS, path],
  history: (repository) => ['git', ...FLAGS, TRUSTED, ...bareFlag(repository), toUrl(repository)],
  staged: () => ['git', ...FLAGS, TRUSTED, '--since-commit', 'HEAD', 'file://.'],
};

function bareFlag(repository: string): string[] {
  return existsSync(join(repository, '.git')) ? [] : ['--bare'];
}

function toUrl(repository: string): string {
  return repository.startsWith('/') ? pathToFileURL(repository).href : `file://${repository}`;
}
