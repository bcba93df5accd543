import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { expandTemplate } from '../../src/rules/templates.ts';
import { Repository, temporaryFolder } from '../sources/repository.ts';

const BIN = resolve('dist/unleak.js');
const token = (seed: number) => `token: ${expandTemplate('ghp_{base62:30}{crc32}', seed)}\n`;

/** Three secrets: one at the root, one in `sub`, one in `sub/test`; all committed. */
function project(config?: [path: string, text: string]): Repository {
  const repository = new Repository();
  repository.write('root.txt', token(1));
  repository.write('sub/here.txt', token(2));
  repository.write('sub/test/fixture.txt', token(3));
  if (config) repository.write(...config);
  repository.git('add', '-A');
  repository.git('commit', '-qm', 'x');
  return repository;
}

function unleak({ env, dir }: Repository, folder: string, ...args: string[]) {
  const cwd = resolve(dir, folder);
  const { stdout, stderr, status } = spawnSync(process.execPath, [BIN, ...args], {
    cwd,
    env,
    encoding: 'utf8',
  });
  return { stdout, stderr, status };
}

function paths(repository: Repository, folder: string, ...args: string[]): string[] {
  const { stdout } = unleak(repository, folder, ...args, '--format', 'json');
  const { findings } = JSON.parse(stdout) as { findings: { places: { path: string }[] }[] };
  return findings.flatMap(({ places }) => places.map(({ path }) => path)).sort();
}

describe('a configuration means the same from every folder', () => {
  test.each(['.', 'sub', 'sub/test'])('the one at the root, from %s', (folder) => {
    const repository = project(['unleak.yaml', 'exclude:\n  - sub/test/**\n']);
    expect(paths(repository, folder, 'commits', 'HEAD')).toEqual(['root.txt', 'sub/here.txt']);
    expect(paths(repository, folder, 'audit')).toEqual(['root.txt', 'sub/here.txt']);
  });

  test('one in a folder covers what is below it', () => {
    const repository = project(['sub/unleak.yaml', 'exclude:\n  - test/**\n']);
    expect(paths(repository, 'sub', 'audit')).toEqual(['root.txt', 'sub/here.txt']);
    expect(paths(repository, 'sub', 'scan')).toEqual(['here.txt']);
    repository.write('sub/test/other.txt', token(4));
    repository.git('add', '-A');
    expect(paths(repository, 'sub', 'staged')).toEqual([]);
  });

  test('an audit of another repository obeys what that one says, unless told not to', () => {
    const repository = project(['unleak.yaml', 'exclude:\n  - sub/**\n']);
    const elsewhere = temporaryFolder();
    expect(paths(repository, elsewhere, 'audit', repository.dir)).toEqual(['root.txt']);
    expect(paths(repository, elsewhere, 'audit', repository.dir, '--no-repo-config')).toHaveLength(3);
  });
});

describe('the baseline at the root', () => {
  test('is the one of every folder', () => {
    const repository = project();
    const report = unleak(repository, '.', 'scan', '--format', 'json').stdout;
    const added = spawnSync(process.execPath, [BIN, 'baseline', 'add'], {
      cwd: join(repository.dir, 'sub'),
      env: repository.env,
      input: report,
      encoding: 'utf8',
    });
    expect(added.stdout).toContain('Accepted 3 findings in ../.unleak-baseline');
    for (const folder of ['.', 'sub', 'sub/test']) {
      for (const command of [['scan'], ['audit'], ['commits', 'HEAD']]) {
        expect(unleak(repository, folder, ...command)).toMatchObject({ status: 0, stderr: '' });
      }
    }
  });

  test('has no stale entries by a scan of a part, and those of the history only by an audit', () => {
    const repository = project();
    repository.git('rm', '-q', 'root.txt');
    repository.git('commit', '-qm', 'gone');
    const accept = spawnSync(process.execPath, [BIN, 'baseline', 'add'], {
      cwd: repository.dir,
      env: repository.env,
      input: unleak(repository, '.', 'audit', '--format', 'json').stdout,
      encoding: 'utf8',
    });
    expect(accept.stdout).toContain('Accepted 3 findings');
    mkdirSync(join(repository.dir, 'empty'));
    repository.git('rm', '-q', 'sub/here.txt');
    const stale = (...args: string[]) => unleak(repository, '.', ...args).stderr;
    expect(stale('scan', 'sub/test')).toBe('');
    expect(stale('scan', '.', '--exclude', 'sub')).toBe('');
    expect(stale('scan', '.', '--no-rule', 'github-personal-access-token')).toBe('');
    expect(unleak(repository, 'sub', 'scan', '.').stderr).toBe('');
    expect(stale('scan', '.')).toContain('1 entry of the baseline matches nothing any more');
    expect(unleak(repository, 'sub', 'scan', '..').stderr).toContain('1 entry of the baseline');
    expect(stale('audit')).toBe('');
  });
});
