import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkHook } from '../../../src/git/hooks/check.ts';
import { installHooks } from '../../../src/git/hooks/install.ts';
import { probeHook } from '../../../src/git/hooks/probe.ts';
import { Repository, temporaryFolder } from '../../sources/repository.ts';

const SECRET = 'PLANTED\n';

/** Refuses an index that holds the planted text, and names the file. */
const STUB = `#!/bin/sh
git grep --cached -l PLANTED >&2 && exit 1
exit 0
`;

function guarded(): Repository {
  const repository = new Repository();
  repository.write('node_modules/.bin/unleak', STUB, 0o755);
  repository.write('.git/info/exclude', 'node_modules\n');
  repository.commit('first', { 'a.txt': 'a\n' });
  installHooks({ hooks: ['pre-commit'], cwd: repository.dir, env: repository.env });
  return repository;
}

function check(repository: Repository, env: Record<string, string> = {}) {
  return checkHook('pre-commit', { cwd: repository.dir, env: { ...repository.env, ...env } });
}

function probe(repository: Repository) {
  const { file, place } = check(repository);
  return probeHook(file, place.root, SECRET, { cwd: repository.dir, env: repository.env });
}

test('a hook that works stops the planted secret', () => {
  const repository = guarded();
  expect(check(repository)).toMatchObject({ problems: [], runs: true });
  expect(probe(repository).outcome).toBe('caught');
});

test('the probe works before the first commit', () => {
  const repository = new Repository();
  repository.write('node_modules/.bin/unleak', STUB, 0o755);
  installHooks({ hooks: ['pre-commit'], cwd: repository.dir, env: repository.env });
  expect(probe(repository).outcome).toBe('caught');
});

test('the probe leaves index, objects and work tree as they were', () => {
  const repository = guarded();
  repository.stage('b.txt', 'b\n');
  const state = () => [
    createHash('sha1')
      .update(readFileSync(join(repository.dir, '.git/index')))
      .digest('hex'),
    repository.git('count-objects', '-v'),
    repository.git('status', '--porcelain'),
    readdirSync(join(repository.dir, '.git')).sort(),
  ];
  const before = state();
  probe(repository);
  expect(state()).toEqual(before);
});

test('a hook that lets everything through is told from one that stops everything', () => {
  const repository = guarded();
  repository.write('.git/hooks/pre-commit', '#!/bin/sh\necho fine\n', 0o755);
  expect(probe(repository)).toEqual({ outcome: 'passed', output: 'fine\n' });
  expect(check(repository).problems).toEqual([expect.stringContaining('does not run unleak')]);
  repository.write('.git/hooks/pre-commit', '#!/bin/sh\nexec missing-program\n', 0o755);
  expect(probe(repository)).toMatchObject({ outcome: 'other', output: /missing-program/ });
});

test('a hook without #! is run as git runs it', () => {
  const repository = guarded();
  repository.write('.git/hooks/pre-commit', 'exec node_modules/.bin/unleak hook pre-commit\n', 0o755);
  expect(probe(repository).outcome).toBe('caught');
  expect(check(repository).problems).toEqual([expect.stringContaining('does not begin with #!')]);
});

test.each<[string, (repository: Repository) => void, RegExp]>([
  ['no hook', () => {}, /unleak install pre-commit/],
  [
    'a missing x bit',
    (repository) => repository.write('.git/hooks/pre-commit', STUB, 0o644),
    /is not executable.*chmod \+x/,
  ],
  [
    'Windows line ends',
    (repository) => repository.write('.git/hooks/pre-commit', '#!/bin/sh\r\nunleak\r\n', 0o755),
    /Windows line ends/,
  ],
  [
    'an interpreter that is missing',
    (repository) =>
      repository.write('.git/hooks/pre-commit', '#!/usr/bin/env no-such-shell\nunleak\n', 0o755),
    /asks for no-such-shell, which is not installed/,
  ],
  [
    'husky that is not set up',
    (repository) => repository.write('.husky/pre-commit', 'unleak hook pre-commit\n', 0o755),
    /\.husky\/pre-commit is never run.*npx husky/,
  ],
  [
    'lefthook that is not set up',
    (repository) =>
      repository.write(
        'lefthook.yml',
        'pre-commit:\n  commands:\n    x:\n      run: unleak hook pre-commit\n',
      ),
    /Run: lefthook install/,
  ],
  [
    'the pre-commit framework that is not set up',
    (repository) => repository.write('.pre-commit-config.yaml', 'repos: [] # unleak hook\n'),
    /Run: pre-commit install --hook-type pre-commit/,
  ],
])('%s is named', (_, spoil, message) => {
  const repository = new Repository();
  spoil(repository);
  expect(check(repository).problems.join('\n')).toMatch(message);
});

test('core.hooksPath that leads past the hook is named, with its scope', () => {
  const repository = guarded();
  repository.git('config', 'core.hooksPath', '.githooks');
  expect(check(repository).problems.join('\n')).toMatch(
    /\.git\/hooks\/pre-commit is never run: core\.hooksPath \(local\) sends git to .*\.githooks/,
  );
  expect(check(repository).runs).toBe(false);
});

test('a manager whose hook does not run unleak is named with its file', () => {
  const repository = guarded();
  repository.write('.husky/_/pre-commit', '#!/bin/sh\nsh -e .husky/pre-commit\n', 0o755);
  repository.write('.husky/pre-commit', 'echo theirs\n', 0o755);
  repository.git('config', 'core.hooksPath', '.husky/_');
  expect(check(repository).problems.join('\n')).toMatch(/\.husky\/pre-commit does not run unleak/);
  expect(probe(repository).outcome).toBe('passed');
});

test('variables that turn a manager off are named', () => {
  const repository = guarded();
  repository.write('.husky/pre-commit', '', 0o755);
  expect(check(repository, { HUSKY: '0' }).problems.join('\n')).toContain('HUSKY=0 in the environment');
});

test('npx that is not on the PATH is named', () => {
  const repository = guarded();
  repository.write('.git/hooks/pre-commit', '#!/bin/sh\nnpx unleak hook pre-commit\n', 0o755);
  const folder = temporaryFolder();
  symlinkSync(execFileSync('which', ['git'], { encoding: 'utf8' }).trim(), join(folder, 'git'));
  expect(check(repository, { PATH: folder }).problems.join('\n')).toContain('npx, which is not on the PATH');
});
