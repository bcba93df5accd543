import { execFileSync } from 'node:child_process';
import { existsSync, lstatSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { installHooks, uninstallHooks } from '../../../src/git/hooks/install.ts';
import type { Manager } from '../../../src/git/hooks/locate.ts';
import { HOOKS, type HookName } from '../../../src/git/hooks/script.ts';
import { Repository, temporaryFolder } from '../../sources/repository.ts';

/** Stands for the command: notes how it was called and what it was told, and refuses an index that holds PLANTED. */
const STUB = `#!/bin/sh
echo "unleak $*" >> "$STUB_LOG"
case "$2" in
  pre-commit) git diff --cached | grep -q PLANTED && { echo "found in $(git diff --cached --name-only)" >&2; exit 1; } ;;
  commit-msg) grep -q PLANTED "$3" && exit 1 ;;
  *) input=$(cat); echo "$input" >> "$STUB_LOG"; [ -n "$STUB_REFUSES" ] && exit 1 ;;
esac
exit 0
`;

interface Place {
  repository: Repository;
  log(): string;
}

/** A repository in which the stub is installed as a development dependency. */
function project(env: Record<string, string> = {}): Place {
  const logFile = join(temporaryFolder(), 'log');
  const repository = new Repository([], temporaryFolder(), { STUB_LOG: logFile, ...env });
  repository.write('node_modules/.bin/unleak', STUB, 0o755);
  repository.write('.git/info/exclude', 'node_modules\n');
  return { repository, log: () => (existsSync(logFile) ? readFileSync(logFile, 'utf8') : '') };
}

function install(repository: Repository, hooks: HookName[] = ['pre-commit'], manager?: Manager) {
  return installHooks({ hooks, manager, cwd: repository.dir, env: repository.env });
}

function uninstall(repository: Repository) {
  return uninstallHooks({ hooks: HOOKS, cwd: repository.dir, env: repository.env });
}

function tryCommit(repository: Repository, content: string, ...args: string[]) {
  repository.stage('a.txt', content);
  return repository.tryGit('commit', '-qm', 'message', ...args);
}

test('git commit is stopped by a secret and passes without one', () => {
  const { repository, log } = project();
  install(repository);
  expect(tryCommit(repository, 'PLANTED\n').status).toBe(1);
  expect(tryCommit(repository, 'clean\n').status).toBe(0);
  expect(log()).toBe('unleak hook pre-commit\nunleak hook pre-commit\n');
});

test('a hook that is there already runs first and is put back byte for byte', () => {
  const { repository, log } = project();
  const file = join(repository.dir, '.git/hooks/pre-commit');
  const before = Buffer.from('#!/bin/sh\necho "theirs $*" >> "$STUB_LOG"\n# no line end \xff', 'latin1');
  repository.write('.git/hooks/pre-commit', before, 0o751);
  install(repository);
  expect(tryCommit(repository, 'clean\n').status).toBe(0);
  expect(log()).toBe('theirs \nunleak hook pre-commit\n');
  expect(uninstall(repository)).toMatchObject([{ did: 'restored' }]);
  expect(readFileSync(file)).toEqual(before);
  expect(statSync(file).mode & 0o777).toBe(0o751);
  expect(existsSync(`${file}.before-unleak`)).toBe(false);
});

test('a hook that is there already still stops the commit', () => {
  const { repository, log } = project();
  repository.write('.git/hooks/pre-commit', '#!/bin/sh\nexit 3\n', 0o755);
  install(repository);
  expect(tryCommit(repository, 'clean\n').status).not.toBe(0);
  expect(log()).toBe('');
});

test('a hook that is not executable stays without effect, and stays', () => {
  const { repository } = project();
  repository.write('.git/hooks/pre-commit', '#!/bin/sh\nexit 3\n', 0o644);
  install(repository);
  expect(tryCommit(repository, 'clean\n').status).toBe(0);
  uninstall(repository);
  expect(statSync(join(repository.dir, '.git/hooks/pre-commit')).mode & 0o777).toBe(0o644);
});

test('a hook that is a link is put back as a link', () => {
  const { repository } = project();
  repository.write('scripts/hook.sh', '#!/bin/sh\nexit 0\n', 0o755);
  const file = join(repository.dir, '.git/hooks/pre-commit');
  mkdirSync(join(repository.dir, '.git/hooks'), { recursive: true });
  symlinkSync('../../scripts/hook.sh', file);
  install(repository);
  expect(readFileSync(join(repository.dir, 'scripts/hook.sh'), 'utf8')).toBe('#!/bin/sh\nexit 0\n');
  uninstall(repository);
  expect(lstatSync(file).isSymbolicLink()).toBe(true);
});

test.each(['git', 'husky', 'lefthook', 'pre-commit'] as const)(
  'installing twice for %s changes nothing',
  (manager) => {
    const { repository } = project();
    const hooks: HookName[] = ['pre-commit', 'commit-msg', 'pre-push'];
    const changes = install(repository, hooks, manager);
    const texts = () => changes.map(({ file }) => readFileSync(file, 'utf8'));
    const before = texts();
    expect(install(repository, hooks, manager).map(({ did }) => did)).toEqual([
      'unchanged',
      'unchanged',
      'unchanged',
    ]);
    expect(texts()).toEqual(before);
  },
);

test('uninstall leaves nothing of what install made', () => {
  const { repository } = project();
  const [{ file }] = install(repository);
  uninstall(repository);
  expect(existsSync(file)).toBe(false);
  expect(uninstall(repository)).toEqual([]);
});

test('uninstall leaves hooks of others alone', () => {
  const { repository } = project();
  repository.write('.git/hooks/pre-commit', '#!/bin/sh\nexit 0\n', 0o755);
  expect(uninstall(repository)).toEqual([]);
});

test('core.hooksPath decides where the hook goes', () => {
  const { repository } = project();
  repository.git('config', 'core.hooksPath', '.githooks');
  const installation = { node: '/opt/node/bin/node', script: '/opt/unleak.js' };
  const [{ file }] = installHooks({
    hooks: ['pre-commit'],
    installation,
    cwd: repository.dir,
    env: repository.env,
  });
  expect(file).toBe(join(repository.dir, '.githooks/pre-commit'));
  // That folder is committed: it names no place on this machine.
  expect(readFileSync(file, 'utf8')).not.toContain('/opt');
  expect(tryCommit(repository, 'PLANTED\n').status).toBe(1);
});

test('a hooks folder for all repositories is said to be one', () => {
  const { repository } = project();
  const home = temporaryFolder();
  const env: Record<string, string> = { ...repository.env, HOME: home };
  delete env.GIT_CONFIG_GLOBAL;
  execFileSync('git', ['config', '--global', 'core.hooksPath', '~/hooks'], { env });
  expect(installHooks({ hooks: ['pre-commit'], cwd: repository.dir, env })).toEqual([
    { file: join(home, 'hooks/pre-commit'), did: 'added', note: expect.stringContaining('all repositories') },
  ]);
});

test('a linked worktree is guarded by the hook of its repository', () => {
  const { repository } = project();
  repository.commit('first');
  const dir = join(temporaryFolder(), 'linked');
  repository.git('worktree', 'add', '-q', dir);
  const linked = new Repository(['--existing'], dir, repository.env);
  linked.write('node_modules/.bin/unleak', STUB, 0o755);
  install(linked);
  expect(tryCommit(linked, 'PLANTED\n').status).toBe(1);
  expect(tryCommit(repository, 'PLANTED\n').status).toBe(1);
});

test('from a folder below the root the same hook is found', () => {
  const { repository } = project();
  mkdirSync(join(repository.dir, 'sub'));
  const [{ file }] = installHooks({
    hooks: ['pre-commit'],
    cwd: join(repository.dir, 'sub'),
    env: repository.env,
  });
  expect(file).toBe(join(repository.dir, '.git/hooks/pre-commit'));
});

test('where unleak is not found the commit is stopped and says why', () => {
  const { repository } = project();
  install(repository);
  rmSync(join(repository.dir, 'node_modules'), { recursive: true });
  const { status, output } = tryCommit(repository, 'clean\n');
  expect(status).toBe(1);
  expect(output).toContain('unleak: not found, so nothing was scanned');
});

test('unleak on the PATH is found, and else the one that installed the hook', () => {
  const { repository, log } = project();
  const folder = join(temporaryFolder(), "it's here");
  mkdirSync(folder);
  const script = join(folder, 'unleak.cjs');
  repository.write('stub.sh', STUB, 0o755);
  execFileSync('cp', [join(repository.dir, 'node_modules/.bin/unleak'), join(folder, 'unleak')]);
  rmSync(join(repository.dir, 'node_modules'), { recursive: true });
  const installation = { node: process.execPath, script };
  installHooks({ hooks: ['pre-commit'], installation, cwd: repository.dir, env: repository.env });
  expect(tryCommit(repository, 'clean\n').status).toBe(1);
  execFileSync('tee', [script], {
    input:
      "require('fs').appendFileSync(process.env.STUB_LOG, 'recorded ' + process.argv.slice(2).join(' ') + '\\n')",
  });
  expect(tryCommit(repository, 'clean\n').status).toBe(0);
  repository.env.PATH = `${folder}:${repository.env.PATH}`;
  expect(tryCommit(repository, 'clean 2\n').status).toBe(0);
  expect(log()).toBe('recorded hook pre-commit\nunleak hook pre-commit\n');
});

test('commit-msg gets the file with the message', () => {
  const { repository } = project();
  install(repository, ['commit-msg']);
  repository.stage('a.txt', 'clean\n');
  expect(repository.tryGit('commit', '-qm', 'PLANTED').status).toBe(1);
  expect(repository.tryGit('commit', '-qm', 'clean').status).toBe(0);
});

/** A remote that the repository pushes to. */
function withRemote(place: Place): Repository {
  const remote = new Repository(['--bare']);
  place.repository.git('remote', 'add', 'origin', remote.dir);
  place.repository.commit('first', { 'a.txt': 'a\n' });
  return remote;
}

test.each(['git', 'husky'] as const)(
  'pre-push of %s is told every ref, and so is the hook that was there',
  (manager) => {
    const place = project();
    const { repository, log } = place;
    withRemote(place);
    if (manager === 'git') {
      repository.write('.git/hooks/pre-push', '#!/bin/sh\nsed "s/^/theirs /" >> "$STUB_LOG"\n', 0o755);
    } else {
      repository.write('.husky/pre-push', 'sed "s/^/theirs /" >> "$STUB_LOG"\n', 0o755);
      repository.git('config', 'core.hooksPath', '.husky');
    }
    install(repository, ['pre-push'], manager);
    repository.git('tag', '-a', '-m', 'tag', 'v1');
    const head = repository.git('rev-parse', 'HEAD');
    const tag = repository.git('rev-parse', 'v1');
    const zero = '0'.repeat(40);
    expect(repository.tryGit('push', '-q', 'origin', 'main', 'v1').status).toBe(0);
    const lines = [
      `refs/heads/main ${head} refs/heads/main ${zero}`,
      `refs/tags/v1 ${tag} refs/tags/v1 ${zero}`,
    ];
    const theirs = lines.map((line) => `theirs ${line}`);
    const ours = [expect.stringMatching(/^unleak hook pre-push origin /), ...lines];
    const seen = log()
      .trimEnd()
      .split('\n')
      .filter((line) => line.trim() !== '' && line !== 'theirs ');
    expect(seen).toEqual(manager === 'git' ? [...theirs, ...ours] : [...ours, ...theirs]);
  },
);

test('a push that is refused leaves the remote as it was', () => {
  const place = project({ STUB_REFUSES: '1' });
  const remote = withRemote(place);
  install(place.repository, ['pre-push']);
  expect(place.repository.tryGit('push', '-q', 'origin', 'main').status).toBe(1);
  expect(remote.git('for-each-ref')).toBe('');
});

test('pre-receive refuses a push on the server', () => {
  const place = project();
  const remote = withRemote(place);
  const bin = temporaryFolder();
  const server = new Repository(['--existing'], remote.dir);
  server.write('../stub', STUB, 0o755);
  execFileSync('cp', [join(place.repository.dir, 'node_modules/.bin/unleak'), join(bin, 'unleak')]);
  installHooks({ hooks: ['pre-receive'], cwd: remote.dir, env: remote.env });
  const env = { ...place.repository.env, PATH: `${bin}:${process.env.PATH}`, STUB_REFUSES: '1' };
  const pusher = new Repository(['--existing'], place.repository.dir, env);
  expect(pusher.tryGit('push', '-q', 'origin', 'main').output).toContain('pre-receive hook declined');
  expect(place.log()).toMatch(/unleak hook pre-receive\n0{40} [0-9a-f]{40} refs\/heads\/main/);
});

test('husky gets a hook of its own, and an existing one keeps its text', () => {
  const { repository } = project();
  repository.git('config', 'core.hooksPath', '.husky');
  repository.write('.husky/pre-commit', 'echo theirs >> "$STUB_LOG"', 0o755);
  install(repository, ['pre-commit', 'commit-msg']);
  expect(tryCommit(repository, 'PLANTED\n').status).toBe(1);
  expect(tryCommit(repository, 'clean\n').status).toBe(0);
  uninstall(repository);
  expect(readFileSync(join(repository.dir, '.husky/pre-commit'), 'utf8')).toBe('echo theirs >> "$STUB_LOG"');
  expect(existsSync(join(repository.dir, '.husky/commit-msg'))).toBe(false);
});

test.each([
  ['ends with exit', '#!/bin/sh\necho theirs\nexit 0\n'],
  ['replaces itself', 'exec true\n'],
  ['is of husky 8', '#!/usr/bin/env sh\n. "$(dirname -- "$0")/_/husky.sh"\n\nexit 0\n'],
])('a husky hook that %s is guarded before it ends', (_, text) => {
  const { repository } = project();
  repository.git('config', 'core.hooksPath', '.husky');
  repository.write('.husky/_/husky.sh', '');
  repository.write('.husky/pre-commit', text, 0o755);
  install(repository);
  expect(tryCommit(repository, 'PLANTED\n').status).toBe(1);
  expect(tryCommit(repository, 'clean\n').status).toBe(0);
  uninstall(repository);
  expect(readFileSync(join(repository.dir, '.husky/pre-commit'), 'utf8')).toBe(text);
});

test('husky 9, whose scripts stand in .husky/_, is guarded in .husky', () => {
  const { repository } = project();
  repository.write(
    '.husky/_/pre-commit',
    '#!/usr/bin/env sh\nsh -e "$(dirname "$(dirname "$0")")/pre-commit" "$@"\n',
    0o755,
  );
  repository.git('config', 'core.hooksPath', '.husky/_');
  expect(install(repository)).toMatchObject([
    { file: join(repository.dir, '.husky/pre-commit'), did: 'added' },
  ]);
  expect(tryCommit(repository, 'PLANTED\n').status).toBe(1);
  expect(tryCommit(repository, 'clean\n').status).toBe(0);
});

test('where husky does not find unleak the commit is stopped', () => {
  const { repository } = project();
  repository.git('config', 'core.hooksPath', '.husky');
  install(repository, ['pre-commit'], 'husky');
  rmSync(join(repository.dir, 'node_modules'), { recursive: true });
  expect(tryCommit(repository, 'clean\n')).toMatchObject({ status: 1, output: /nothing was scanned/ });
});

test.each([
  ['an empty file', ''],
  ['comments alone', '# nothing yet\n'],
  ['another hook', '# top\npre-push:\n  commands:\n    test:\n      run: npm test # slow\n'],
  ['commands', 'pre-commit:\n  parallel: true # fast\n  commands:\n    lint:\n      run: npm run lint\n'],
  ['commands at four columns', 'pre-commit:\n    commands:\n        lint:\n            run: npm run lint\n'],
  ['jobs', 'pre-commit:\n  jobs:\n    - run: npm run lint\n    # the second\n    - run: npm test\n'],
  ['jobs in the same column', 'pre-commit:\n  jobs:\n  - run: npm run lint\n'],
  ['a hook without commands', 'pre-commit:\n  parallel: true\n'],
  ['Windows line ends', 'pre-push:\r\n  commands:\r\n    test:\r\n      run: npm test\r\n'],
  ['no line end at the end', 'pre-push:\n  commands:\n    test:\n      run: npm test'],
])('lefthook.yml with %s gets the call and gives it back', async (_, text) => {
  const { repository } = project();
  repository.write('lefthook.yml', text);
  const file = join(repository.dir, 'lefthook.yml');
  install(repository, ['pre-commit', 'pre-push', 'commit-msg']);
  const { parse } = await import('yaml');
  const config = parse(readFileSync(file, 'utf8'));
  for (const hook of ['pre-commit', 'pre-push', 'commit-msg']) {
    expect(JSON.stringify(config[hook])).toContain(`npx --no-install unleak hook ${hook}`);
  }
  expect(JSON.stringify(config['pre-push'])).toContain('"use_stdin":true');
  if (text.includes('lint')) expect(JSON.stringify(config['pre-commit'])).toContain('npm run lint');
  uninstall(repository);
  expect(readFileSync(file, 'utf8')).toBe(text);
});

test.each([
  ['lefthook.yml', 'pre-commit: { commands: { lint: { run: npm run lint } } }\n'],
  ['lefthook.yml', 'pre-commit: [\n'],
  ['lefthook.toml', '[pre-commit]\n'],
])('a form that cannot be edited is left alone, and the lines are shown (%s: %j)', (name, text) => {
  const { repository } = project();
  repository.write(name, text);
  expect(() => install(repository)).toThrow(/Add this yourself:\npre-commit:\n {2}commands:\n {4}unleak:/);
  expect(readFileSync(join(repository.dir, name), 'utf8')).toBe(text);
});

test.each([
  ['an empty file', ''],
  [
    'an indented list',
    '# top\nrepos:\n  - repo: https://example.org/x\n    rev: v1 # pinned\n    hooks:\n      - id: x\n# end\n',
  ],
  ['a list in the first column', 'repos:\n- repo: https://example.org/x\n  rev: v1\n  hooks: [{ id: x }]'],
])('.pre-commit-config.yaml with %s gets the hook and gives it back', async (_, text) => {
  const { repository } = project();
  const file = join(repository.dir, '.pre-commit-config.yaml');
  repository.write('.pre-commit-config.yaml', text);
  install(repository, ['pre-commit', 'pre-push']);
  const { parse } = await import('yaml');
  const config = parse(readFileSync(file, 'utf8'));
  const hooks = config.repos.flatMap((repo: { hooks: unknown[] }) => repo.hooks);
  expect(hooks).toContainEqual(
    expect.objectContaining({
      id: 'unleak',
      entry: 'npx --no-install unleak hook pre-commit',
      stages: ['pre-commit'],
    }),
  );
  expect(hooks).toContainEqual(expect.objectContaining({ id: 'unleak-pre-push', stages: ['pre-push'] }));
  if (text) expect(hooks).toContainEqual({ id: 'x' });
  uninstall(repository);
  expect(readFileSync(file, 'utf8')).toBe(text);
});

test('--global guards repositories that are made later', () => {
  const { repository } = project();
  const home = temporaryFolder();
  const env: Record<string, string> = { ...repository.env, HOME: home };
  delete env.GIT_CONFIG_GLOBAL;
  const options = { hooks: ['pre-commit'] as HookName[], global: true, cwd: home, env };
  installHooks(options);
  const later = new Repository(['--existing'], temporaryFolder(), {
    HOME: home,
    STUB_LOG: join(home, 'log'),
  });
  delete later.env.GIT_CONFIG_GLOBAL;
  later.git('init', '-q');
  later.write('node_modules/.bin/unleak', STUB, 0o755);
  expect(tryCommit(later, 'PLANTED\n').status).toBe(1);
  uninstallHooks(options);
  expect(() =>
    execFileSync('git', ['config', '--global', 'init.templateDir'], { env, stdio: 'pipe' }),
  ).toThrow();
});

test('outside a repository there is nothing to install into', () => {
  const folder = temporaryFolder();
  const env = { ...project().repository.env, GIT_CEILING_DIRECTORIES: folder };
  expect(() => installHooks({ hooks: ['pre-commit'], cwd: folder, env })).toThrow(/not in a git repository/);
});

test('a hooks folder that cannot be made is an error that names it', () => {
  const { repository } = project();
  repository.write('in-the-way', 'a file');
  repository.git('config', 'core.hooksPath', 'in-the-way');
  expect(() => install(repository)).toThrow(/in-the-way.pre-commit/);
});
