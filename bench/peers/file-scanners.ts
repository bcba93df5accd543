import type { Peer } from './peer.ts';

/** Scanners that know no history, and whose hooks read the work tree's files by name. */

// https://github.com/sirwart/ripsecrets
export const ripsecrets: Peer = {
  name: 'ripsecrets',
  executable: 'ripsecrets',
  codes: [0, 1],
  version: ['--version'],
  tree: (path) => [path],
  staged: (files) => ['--strict-ignore', ...files],
};

// https://github.com/Yelp/detect-secrets#scanning; --slim leaves line numbers out.
export const detectSecrets: Peer = {
  name: 'detect-secrets',
  executable: 'detect-secrets',
  codes: [0],
  version: ['--version'],
  tree: (path) => ['-C', path, 'scan', '--all-files', '--no-verify', '--slim', '.'],
  file: (path) => ['scan', '--all-files', '--no-verify', '--slim', path],
};

// https://github.com/Yelp/detect-secrets#usage-in-pre-commit
export const detectSecretsHook: Peer = {
  name: 'detect-secrets-hook',
  executable: 'detect-secrets-hook',
  codes: [0, 1],
  staged: (files) => ['--no-verify', ...files],
};

// https://github.com/secretlint/secretlint#usage; it has no rules of its own: these are the recommended ones.
const RULES = JSON.stringify({ rules: [{ id: '@secretlint/secretlint-rule-preset-recommend' }] });

const REPORT = ['--secretlintrcJSON', RULES, '--format', 'json', '--output'];

export const secretlint: Peer = {
  name: 'secretlint',
  executable: 'secretlint',
  codes: [0, 1],
  version: ['--version'],
  tree: (path, out) => [...REPORT, out, `${path}/**/*`],
  file: (path, out) => [...REPORT, out, '--no-glob', path],
  staged: (files, out) => [...REPORT, out, '--no-glob', ...files],
};
