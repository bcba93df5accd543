import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { expandTemplate } from '../../src/rules/templates.ts';
import { lines, Repository, temporaryFolder } from '../sources/repository.ts';
import { audit, commit, placesOf, tick, token } from './audit-run.ts';

function project(...init: string[]): Repository {
  const repository = new Repository(init);
  commit(repository, 'first', { 'a.txt': lines(50) });
  return repository;
}

describe('audit finds a secret', () => {
  test('in HEAD, with the commit that brought it and all that is known of that', () => {
    const repository = project();
    const id = commit(repository, 'add key', { 'src/k.ts': `x\nconst k = '${token(1)}';\n` });
    commit(repository, 'later', { 'b.txt': 'b\n' });
    const { status, places, scan } = audit(repository);
    expect(status).toBe(1);
    expect(places).toHaveLength(1);
    expect(places[0]).toMatchObject({
      path: 'src/k.ts',
      line: 2,
      column: 12,
      commit: id,
      author: 'Ada',
      email: 'ada@example.org',
      message: 'add key',
      inHead: true,
      reachable: true,
      refs: expect.arrayContaining(['HEAD', 'refs/heads/main']),
    });
    expect(new Date(places[0].date!).getTime() / 1000).toBe(1_700_000_120);
    expect(scan).toMatchObject({ complete: true, commits: 3, blobs: 3 });
  });

  test('in the root commit', () => {
    const repository = new Repository();
    const id = commit(repository, 'root', { k: token(1) });
    expect(audit(repository).places).toMatchObject([{ path: 'k', commit: id, inHead: true }]);
  });

  test('that was deleted later: not in HEAD, with the last commit that held it', () => {
    const repository = project();
    const first = commit(repository, 'add', { 'k.txt': `${token(1)}\n` });
    const last = commit(repository, 'edit', { 'k.txt': `${token(1)}\nmore\n` });
    repository.git('rm', '-q', 'k.txt');
    commit(repository, 'remove');
    const { status, places } = audit(repository);
    expect(status).toBe(1);
    expect(places).toMatchObject([{ commit: first, lastCommit: last, inHead: false, reachable: true }]);
  });

  test.each([
    ['a branch', ['branch', 'side'], 'refs/heads/side'],
    ['a tag', ['tag', 'v1'], 'refs/tags/v1'],
    ['a remote-tracking ref', ['update-ref', 'refs/remotes/origin/x', 'HEAD'], 'refs/remotes/origin/x'],
    ['a ref of a server', ['update-ref', 'refs/pull/7/head', 'HEAD'], 'refs/pull/7/head'],
  ])('that only %s holds', (_, keep, ref) => {
    const repository = project();
    const id = commit(repository, 'key', { k: token(1) });
    repository.git(...keep);
    repository.git('reset', '-q', '--hard', 'HEAD~1');
    expect(audit(repository).places).toMatchObject([
      { path: 'k', commit: id, inHead: false, reachable: true, refs: [ref] },
    ]);
  });

  test('in messages of commits, tags and notes', () => {
    const repository = project();
    const subject = commit(repository, `uses ${token(1)}`);
    const body = commit(repository, `subject\n\nbody\n${token(2)}\n`);
    repository.git('tag', '-a', '-m', `release\n\n${token(3)}`, 'v1');
    repository.git('notes', 'add', '-m', `note ${token(4)}`, 'HEAD');
    const result = audit(repository);
    const placeOf = (seed: number) => result.findings.find(({ secret }) => secret === token(seed))?.places[0];
    expect(placeOf(1)).toMatchObject({ commit: subject, line: 1, inHead: true });
    expect(placeOf(2)).toMatchObject({ commit: body, line: 4, message: 'subject' });
    expect(placeOf(3)).toMatchObject({ reachable: true, refs: ['refs/tags/v1'] });
    expect(placeOf(4)).toMatchObject({ reachable: true, refs: ['refs/notes/commits'], inHead: false });
  });

  test('in a stash: work tree, index and untracked part, and in older stashes that only the reflog names', () => {
    const repository = project();
    repository.write('a.txt', `old stash ${token(4)}\n`);
    repository.git('stash', '-q');
    tick(repository);
    repository.stage('a.txt', `index ${token(1)}\n`);
    repository.write('a.txt', `work tree ${token(2)}\n`);
    repository.write('new.txt', `untracked ${token(3)}\n`);
    repository.git('stash', '-q', '--include-untracked');
    const result = audit(repository);
    expect([1, 2, 3, 4].map((seed) => placesOf(result, token(seed)))).toEqual([
      ['a.txt:1'],
      ['a.txt:1'],
      ['new.txt:1'],
      ['a.txt:1'],
    ]);
    const refsOf = (seed: number) =>
      result.findings.find(({ secret }) => secret === token(seed))!.places[0].refs;
    expect([refsOf(1), refsOf(2), refsOf(3)].flat()).toEqual(['refs/stash', 'refs/stash', 'refs/stash']);
    expect(refsOf(4)).toEqual(['stash@{1}']);
  });

  test('that only the reflog names, after reset --hard and after --amend', () => {
    const repository = project();
    const lost = commit(repository, 'key', { k: token(1) });
    repository.git('reset', '-q', '--hard', 'HEAD~1');
    const amended = commit(repository, 'oops', { j: token(2) });
    repository.stage('j', 'clean\n');
    repository.git('commit', '-q', '--amend', '--no-edit');
    const { places } = audit(repository);
    expect(places.map(({ commit: id }) => id).sort()).toEqual([lost, amended].sort());
    for (const place of places) {
      expect(place).toMatchObject({ reachable: false, inHead: false });
      expect(place.refs![0]).toMatch(/@\{\d+\}$/);
    }
  });

  test('in a dangling commit, tree and blob', () => {
    const repository = project();
    const blobOf = (seed: number) => repository.gitWith(`${token(seed)}\n`, 'hash-object', '-w', '--stdin');
    const [inCommit, inTree, alone] = [1, 2, 3].map(blobOf);
    const treeOf = (blob: string, name: string) =>
      repository.gitWith(`100644 blob ${blob}\t${name}\n`, 'mktree');
    const dangling = repository.git('commit-tree', '-m', 'dangling', treeOf(inCommit, 'c.txt'));
    treeOf(inTree, 't.txt');
    const result = audit(repository);
    expect(result.findings.map(({ secret }) => secret).sort()).toEqual([1, 2, 3].map(token).sort());
    expect(result.findings.find(({ secret }) => secret === token(1))!.places).toMatchObject([
      { path: 'c.txt', commit: dangling, reachable: false },
    ]);
    expect(placesOf(result, token(2))).toEqual(['t.txt:1']);
    expect(placesOf(result, token(3))).toEqual([`blob ${alone}:1`]);
  });

  test('that a merge itself brought, and the sides of an octopus', () => {
    const repository = project();
    for (const side of ['one', 'two', 'three']) {
      repository.git('checkout', '-q', '-b', side, 'main');
      commit(repository, side, { [side]: `${side}\n${token(side.length * 7 + side.charCodeAt(0))}\n` });
    }
    repository.git('checkout', '-q', 'main');
    commit(repository, 'go on', { c: 'c\n' });
    repository.git('merge', '-q', '--no-commit', 'one', 'two', 'three');
    repository.stage('evil.txt', `${token(1)}\n`);
    const merge = commit(repository, 'evil octopus');
    expect(repository.git('rev-list', '--parents', '-n1', 'HEAD').split(' ')).toHaveLength(5);
    const { places } = audit(repository);
    expect(places.map(({ path, message }) => `${path} ${message}`).sort()).toEqual([
      'evil.txt evil octopus',
      'one one',
      'three three',
      'two two',
    ]);
    expect(places.find(({ path }) => path === 'evil.txt')).toMatchObject({ commit: merge, inHead: true });
  });

  test('at both paths of a rename and of a copy, each with the commit that brought it there', () => {
    const repository = project();
    commit(repository, 'add', { 'old.txt': `${lines(30)}${token(1)}\n` });
    repository.git('mv', 'old.txt', 'new.txt');
    commit(repository, 'rename');
    commit(repository, 'copy', { 'copy.txt': `${lines(30)}${token(1)}\n` });
    const { findings, places } = audit(repository);
    expect(findings).toHaveLength(1);
    expect(places.map(({ path, message, inHead }) => [path, message, inHead])).toEqual([
      ['copy.txt', 'copy', true],
      ['new.txt', 'rename', true],
      ['old.txt', 'add', false],
    ]);
  });

  test('once a path, however many versions hold it, at the first commit', () => {
    const repository = project();
    const firsts: string[] = [];
    for (let version = 0; version < 12; version++) {
      for (const path of ['x.txt', 'y.txt']) {
        const id = commit(repository, `${version} ${path}`, {
          [path]: `${lines(version + 1)}${token(1)}\n${lines(40 - version, 'after')}`,
        });
        if (version === 0) firsts.push(id);
      }
    }
    const { findings, places } = audit(repository);
    expect(findings).toHaveLength(1);
    expect(places.map((place) => place.commit)).toEqual(firsts);
    expect(places.map(({ line, inHead }) => [line, inHead])).toEqual([
      [2, true],
      [2, true],
    ]);
  });

  test('at the first commit even when all commits bear the same second, or dates run backwards', () => {
    for (const step of [0, -3600]) {
      const repository = new Repository();
      const ids: string[] = [];
      for (let version = 0; version < 6; version++) {
        const date = `${1_700_000_000 + version * step} +0000`;
        Object.assign(repository.env, { GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date });
        ids.push(repository.commit(`${version}`, { k: `${lines(version)}${token(1)}\n` }));
      }
      repository.commit('gone', { k: 'clean\n' });
      expect(audit(repository).places).toMatchObject([
        { path: 'k', commit: ids[0], lastCommit: ids[5], line: 1, inHead: false },
      ]);
    }
  });

  test('at the commit that brought each, where an old author date was kept for a newer one', () => {
    const repository = project();
    const first = commit(repository, 'one key', { k: `${token(1)}\n` });
    tick(repository);
    repository.env.GIT_AUTHOR_DATE = '1500000000 +0000';
    const second = repository.commit('two keys', { k: `${token(1)}\n${token(2)}\n` });
    const { findings } = audit(repository);
    const commits = findings.map(({ secret, places }) => [secret, places[0].commit]);
    expect(Object.fromEntries(commits)).toEqual({ [token(1)]: first, [token(2)]: second });
  });

  test('and the one that replaced it in the same file', () => {
    const repository = project();
    const first = commit(repository, 'first key', { k: `${lines(60)}key: ${token(1)}\n${lines(60)}` });
    const second = commit(repository, 'rotated', { k: `${lines(60)}key: ${token(2)}\n${lines(60)}` });
    repository.git('gc', '-q', '--aggressive', '--prune=now');
    const { findings } = audit(repository);
    const told = findings.map(({ secret, places: [place] }) => [secret, place]);
    expect(Object.fromEntries(told)).toMatchObject({
      [token(1)]: { commit: first, inHead: false, lastCommit: first },
      [token(2)]: { commit: second, inHead: true },
    });
  });

  test('as gone while another of the same file stays', () => {
    const repository = project();
    const first = commit(repository, 'two keys', { k: `${token(1)}\n${lines(60)}${token(2)}\n` });
    const second = commit(repository, 'one key', { k: `${lines(60)}${token(2)}\n` });
    const { findings } = audit(repository);
    const told = findings.map(({ secret, places: [place] }) => [secret, place]);
    expect(Object.fromEntries(told)).toMatchObject({
      [token(1)]: { commit: first, inHead: false, lastCommit: first },
      [token(2)]: { commit: first, inHead: true, lastCommit: second },
    });
  });

  test('that came with two branches: one finding, the earlier commit', () => {
    const repository = project();
    repository.git('branch', 'side');
    const first = commit(repository, 'main key', { k: `${token(1)}\n` });
    repository.git('checkout', '-q', 'side');
    commit(repository, 'side key', { k: `${token(1)}\nside\n` });
    const { findings, places } = audit(repository);
    expect(findings).toHaveLength(1);
    expect(places).toMatchObject([{ path: 'k', commit: first }]);
  });

  test('whose halves came in different commits, as a pair from the commit that completed it', () => {
    const [id, secret] = ['{aws-id:AKIA}', '{aws-secret}'].map((template) => expandTemplate(template, 12));
    const repository = project();
    const idCommit = commit(repository, 'id', { c: `[default]\naws_access_key_id = ${id}\n` });
    const both = `[default]\naws_access_key_id = ${id}\naws_secret_access_key = ${secret}\n`;
    const pairCommit = commit(repository, 'secret', { c: both });
    const { findings } = audit(repository);
    const pair = findings.find((finding) => finding.pair);
    expect(pair).toMatchObject({
      pair: { id },
      secret,
      places: [{ path: 'c', line: 3, commit: pairCommit }],
    });
    expect(findings.filter((finding) => !finding.pair).flatMap(({ places }) => places)).toMatchObject([
      { path: 'c', line: 2, commit: idCommit },
    ]);
  });

  test('in base64, in UTF-16, among binary data', () => {
    const repository = project();
    commit(repository, 'encoded', {
      'b64.txt': `data: ${Buffer.from(`export TOKEN=${token(1)}\n`).toString('base64')}\n`,
      'wide.txt': Buffer.from(`\ufeffTOKEN=${token(2)}\r\n`, 'utf16le'),
      'blob.bin': Buffer.concat([Buffer.from([0, 255, 254, 0, 1]), Buffer.from(token(3)), Buffer.alloc(9)]),
    });
    repository.git('rm', '-q', 'b64.txt', 'wide.txt', 'blob.bin');
    commit(repository, 'removed');
    const result = audit(repository);
    expect([1, 2, 3].flatMap((seed) => placesOf(result, token(seed)))).toEqual([
      'b64.txt:1',
      'wide.txt:1',
      'blob.bin:1',
    ]);
    expect(result.places.find(({ path }) => path === 'b64.txt')?.decoded).toEqual(['base64']);
  });

  test('under names of any bytes', () => {
    const repository = project();
    const name = Buffer.from([0x6b, 0xff, 0x0a, 0x22, 0x5c]);
    const blob = repository.gitWith(token(1), 'hash-object', '-w', '--stdin');
    const entry = Buffer.concat([Buffer.from(`100644 blob ${blob}\t`), name, Buffer.from([0])]);
    const tree = execFileSync('git', ['mktree', '-z'], {
      cwd: repository.dir,
      env: repository.env,
      input: entry,
    })
      .toString()
      .trim();
    repository.git('update-ref', 'refs/heads/odd', repository.git('commit-tree', '-m', 'odd', tree));
    const { places } = audit(repository);
    expect(places).toHaveLength(1);
    expect(Buffer.from(places[0].pathBytes!, 'base64').equals(name)).toBe(true);
  });

  test('in a file of 70 MB, at its line', () => {
    const repository = project();
    const line = `${'x'.repeat(1023)}\n`;
    const content = Buffer.concat([
      Buffer.from(line.repeat(69_000)),
      Buffer.from(`${token(1)}\n`),
      Buffer.from(line.repeat(1000)),
    ]);
    repository.git('config', 'core.compression', '1');
    const id = commit(repository, 'large', { 'large.txt': content });
    const { places, status } = audit(repository);
    expect(status).toBe(1);
    expect(places).toMatchObject([{ path: 'large.txt', line: 69_001, column: 1, commit: id }]);
  });
});

describe('audit reads', () => {
  test('an empty repository as clean', () => {
    const { status, scan } = audit(new Repository());
    expect(status).toBe(0);
    expect(scan).toMatchObject({ complete: true, blobs: 0, commits: 0 });
  });

  test('a clean repository with exit code 0', () => {
    const { status, findings } = audit(project());
    expect([status, findings]).toEqual([0, []]);
  });

  test('a bare repository, named by path', () => {
    const repository = project();
    commit(repository, 'key', { k: token(1) });
    const bare = join(temporaryFolder(), 'bare.git');
    repository.git('clone', '-q', '--bare', repository.dir, bare);
    const elsewhere = { dir: temporaryFolder(), env: repository.env };
    expect(audit(elsewhere, [bare]).places).toMatchObject([{ path: 'k', inHead: true }]);
  });

  test('from a linked work tree, its HEAD and its detached commits', () => {
    const repository = project();
    const folder = join(temporaryFolder(), 'linked');
    repository.git('worktree', 'add', '-q', '--detach', folder);
    const linked = new Repository(['--existing'], folder, repository.env);
    const id = commit(linked, 'in the linked tree', { k: token(1) });
    expect(audit(linked).places).toMatchObject([{ path: 'k', commit: id, inHead: true, reachable: true }]);
    expect(audit(repository).places).toMatchObject([
      { path: 'k', commit: id, inHead: false, reachable: true, refs: ['worktrees/linked/HEAD'] },
    ]);
  });

  test('past the link to a submodule, whose commit lies elsewhere', () => {
    const repository = project();
    repository.git('update-index', '--add', '--cacheinfo', `160000,${'1'.repeat(40)},module`);
    commit(repository, 'module', { k: token(1) });
    const { places, scan } = audit(repository);
    expect(places).toMatchObject([{ path: 'k' }]);
    expect(scan.complete).toBe(true);
  });

  test('objects that an alternate holds', () => {
    const repository = project();
    commit(repository, 'key', { k: token(1) });
    const folder = join(temporaryFolder(), 'shared');
    repository.git('clone', '-q', '--shared', repository.dir, folder);
    expect(audit({ dir: folder, env: repository.env }).places).toMatchObject([{ path: 'k', inHead: true }]);
  });

  test('a repository of SHA-256 names', () => {
    const repository = project('--object-format=sha256');
    const id = commit(repository, 'key', { k: token(1) });
    expect(id).toHaveLength(64);
    repository.git('gc', '-q');
    expect(audit(repository).places).toMatchObject([{ path: 'k', commit: id, inHead: true }]);
  });
});

describe('audit tells the same', () => {
  /** Forty versions of a file with a secret that comes, moves, is edited and goes. */
  function versions(): Repository {
    const repository = project();
    for (let version = 0; version < 40; version++) {
      const at = (version * 37) % 400;
      const text = lines(400).split('\n');
      if (version > 4 && version < 33) text.splice(at, 0, `key = ${token(version % 9)}`);
      if (version % 3 === 0) text.splice(200, version, `moved ${version}`);
      commit(repository, `version ${version}`, { 'f.txt': text.join('\n') });
    }
    return repository;
  }

  function told(repository: Repository, ...args: string[]): string[] {
    const { findings, scan } = audit(repository, args);
    expect(scan.complete).toBe(true);
    return findings.flatMap(({ rule, secret, places }) =>
      places.map((place) => JSON.stringify([rule, secret, { ...place, refs: undefined }])),
    );
  }

  test('of loose objects, several packs, deep deltas, every engine and any number of threads', () => {
    const repository = versions();
    const loose = told(repository);
    expect(loose).toHaveLength(9);
    repository.git('repack', '-q', '-d');
    commit(repository, 'more', { 'g.txt': lines(20) });
    repository.git('repack', '-q', '-d');
    expect(repository.git('count-objects', '-v')).toContain('packs: 2');
    expect(told(repository)).toEqual(loose);
    repository.git('repack', '-q', '-a', '-d', '-f', '--window=250', '--depth=250');
    for (const args of [
      ['--engine', 'delta'],
      ['--engine', 'full'],
      ['--engine', 'git'],
      ['--jobs', '2'],
    ]) {
      expect(told(repository, ...args)).toEqual(loose);
    }
    repository.git('gc', '-q', '--aggressive', '--prune=now');
    expect(told(repository)).toEqual(loose);
  });
});

describe('a narrowed audit', () => {
  function history() {
    const repository = project();
    commit(repository, 'old', { old: token(1) });
    repository.git('checkout', '-q', '-b', 'side');
    commit(repository, 'side', { side: token(2) });
    repository.git('checkout', '-q', 'main');
    commit(repository, 'new', { new: token(3) });
    return repository;
  }

  test.each([
    [['--branch', 'side'], ['old', 'side'], ['branch side']],
    [['--since', '2023-11-14T22:17:00Z'], ['new'], ['since 2023-11-14T22:17:00Z']],
    [['--max-commits', '2'], ['new', 'side'], ['2 commits']],
    [['--branch', 'main', '--max-commits', '1'], ['new'], ['branch main', '1 commits']],
  ])('by %s keeps what those commits brought, and says so', (args, paths, narrowed) => {
    const { places, scan } = audit(history(), args);
    expect(places.map(({ path }) => path).sort()).toEqual(paths);
    expect(scan.narrowed).toEqual(narrowed);
  });

  test('refuses a branch that is not there and a number that is none', () => {
    const repository = project();
    for (const args of [
      ['--branch', 'nope'],
      ['--branch', '--all'],
      ['--max-commits', '0'],
      ['--max-commits', 'x'],
    ]) {
      const { status, stderr } = audit(repository, args);
      expect(status).toBe(2);
      expect(stderr).toContain(args[0]);
    }
  });
});

test.each(['delta', 'full', 'git'])('rules for certain files look at those alone: engine %s', (engine) => {
  const repository = new Repository();
  const [password, other] = [3, 4].map((seed) => expandTemplate('{base62:12}', seed));
  const netrc = `machine build.corp login ci password ${password}\n`;
  const vars = `db_password: ${other}\n`;
  commit(repository, 'add', {
    '.netrc': netrc,
    'notes/netrc.txt': netrc,
    'group_vars/all/vault': vars,
    'deploy/group_vars/web/deeper/x.txt': vars,
    'vars/all': vars,
    'big/.netrc': `${lines(200)}${netrc}`,
  });
  commit(repository, 'leave', { '.netrc': 'moved\n', 'group_vars/all/vault': 'moved: 1\n' });
  const found = audit(repository, ['--engine', engine]);
  expect(placesOf(found, password).sort()).toEqual(['.netrc:1', 'big/.netrc:201']);
  const fromFolders = found.findings.filter(({ rule }) => rule === 'secret-file-value');
  expect(fromFolders.flatMap(({ places }) => places.map(({ path }) => path)).sort()).toEqual([
    'deploy/group_vars/web/deeper/x.txt',
    'group_vars/all/vault',
  ]);
});
