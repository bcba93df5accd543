import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkHook } from '../../../src/git/hooks/check.ts';
import { installHooks, uninstallHooks } from '../../../src/git/hooks/install.ts';
import { HOOKS } from '../../../src/git/hooks/script.ts';
import { Repository, temporaryFolder } from '../../sources/repository.ts';

/** Stands for the command: refuses an index that holds PLANTED. */
const STUB = `
const { execFileSync } = require('node:child_process');
process.exitCode = /PLANTED/.test(String(execFileSync('git', ['diff', '--cached']))) ? 1 : 0;
`;

/** An unleak that stands nowhere on the PATH, and its node neither. */
function elsewhere() {
  const folder = join(temporaryFolder(), "it's here");
  mkdirSync(join(folder, 'bin'), { recursive: true });
  const installation = { node: join(folder, 'bin/node'), script: join(folder, 'unleak.cjs') };
  symlinkSync(process.execPath, installation.node);
  writeFileSync(installation.script, STUB);
  return installation;
}

/** The PATH of a graphical client, as short as it can be. */
function shortPath(): string {
  const folder = temporaryFolder();
  for (const name of ['git', 'sh', 'cat', 'dirname']) {
    const found = process.env.PATH!.split(':').map((path) => join(path, name));
    symlinkSync(found.find(existsSync)!, join(folder, name));
  }
  return folder;
}

test.each([
  ['core.hooksPath', '.githooks', '.githooks/pre-commit'],
  ['husky', '.husky/_', '.husky/pre-commit'],
])('a hook that the repository keeps (%s) finds the unleak that installed it', (_, hooksPath, file) => {
  const repository = new Repository([], temporaryFolder(), { PATH: shortPath() });
  repository.git('config', 'core.hooksPath', hooksPath);
  if (hooksPath !== '.githooks') {
    repository.write(
      '.husky/_/pre-commit',
      '#!/bin/sh\nsh -e "$(dirname "$(dirname "$0")")/pre-commit" "$@"\n',
    );
    chmodSync(join(repository.dir, '.husky/_/pre-commit'), 0o755);
  }
  const configuration = () => readFileSync(join(repository.dir, '.git/config'), 'utf8');
  const before = configuration();
  const git = { cwd: repository.dir, env: repository.env };
  const installation = elsewhere();
  installHooks({ hooks: ['pre-commit'], installation, ...git });
  // All clones share it: it names no place on this machine.
  expect(readFileSync(join(repository.dir, file), 'utf8')).not.toContain(installation.script);
  repository.stage('a.txt', 'PLANTED\n');
  expect(repository.tryGit('commit', '-qm', 'x').status).toBe(1);
  repository.stage('a.txt', 'clean\n');
  expect(repository.tryGit('commit', '-qm', 'x')).toMatchObject({ status: 0 });
  uninstallHooks({ hooks: HOOKS, ...git });
  expect(configuration()).toBe(before);
});

test.each(['', '/dev/null'])('hooks that core.hooksPath "%s" turns off are installed nowhere', (path) => {
  const repository = new Repository();
  repository.git('config', 'core.hooksPath', path);
  repository.write('.git/hooks/pre-commit', '#!/bin/sh\nexit 1\n', 0o755);
  // git says so too.
  expect(repository.tryGit('commit', '-qm', 'x', '--allow-empty').status).toBe(0);
  const git = { cwd: repository.dir, env: repository.env };
  expect(checkHook('pre-commit', git)).toMatchObject({ runs: false });
  expect(() => installHooks({ hooks: ['pre-commit'], ...git })).toThrow(
    'git config --local --unset core.hooksPath',
  );
});

test.each([
  ['^4.3.8', 'git', '.git/hooks/pre-commit'],
  ['9', 'husky', '.husky/pre-commit'],
  ['workspace:*', 'husky', '.husky/pre-commit'],
])('of husky %s the hooks are those of %s', (version, manager, file) => {
  const repository = new Repository();
  repository.write('package.json', JSON.stringify({ devDependencies: { husky: version } }));
  const git = { cwd: repository.dir, env: repository.env };
  expect(checkHook('pre-commit', git).place.manager).toBe(manager);
  expect(installHooks({ hooks: ['pre-commit'], ...git })).toMatchObject([
    { file: join(repository.dir, file), did: 'added' },
  ]);
});
