import { rmSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { type Attribution, attribute } from '../../src/git/attribution/attribute.ts';
import { collectCommits, collectTrees, takeShards } from '../../src/git/attribution/collect.ts';
import { createCommitTable } from '../../src/git/attribution/commits.ts';
import { createTreeTable } from '../../src/git/attribution/trees.ts';
import { EntryReader } from '../../src/git/objects/reader.ts';
import { openObjectStore } from '../../src/git/objects/store.ts';
import { BLOB, COMMIT, idOf, TAG, TREE } from '../../src/git/objects/table.ts';
import { readTips } from '../../src/git/refs.ts';
import { locateRepository } from '../../src/git/repository.ts';
import { planShards } from '../../src/git/walk/shards.ts';
import { walkShard } from '../../src/git/walk/walk.ts';
import { Core } from '../../src/wasm/core.ts';
import type { ObjectExports } from '../../src/wasm/objects.ts';
import { TestRepository } from './build.ts';

const made: TestRepository[] = [];
function repository(...initArgs: string[]): TestRepository {
  made.push(new TestRepository(...initArgs));
  return made.at(-1)!;
}
afterEach(() => {
  for (const one of made.splice(0)) one.remove();
});

/** Attributes all blobs (or those named), as two workers would. */
async function attributeAll(repo: TestRepository, only?: string[], shallow?: Set<string>) {
  const repositoryPaths = locateRepository(repo.options);
  const store = openObjectStore(repositoryPaths);
  const { table } = store;
  const readers = [0, 1].map(() => new EntryReader(store, new Core<ObjectExports>()));
  // The scan comes first in an audit; it is what tells loose objects' types.
  const all = planShards(store, [BLOB, COMMIT, TAG], 5);
  const ignore = { visitWhole() {}, visitDelta() {}, visitLarge() {}, visitBroken() {} };
  for (let i = 0; i < all.starts.length; i++) walkShard(readers[0], all, i, [BLOB, COMMIT, TAG], ignore);
  const marked: number[] = [];
  for (let row = 0; row < table.count; row++) {
    if (only ? only.includes(idOf(table, row)) : table.type[row] === BLOB)
      if (!(table.flags[row] & 1)) marked.push(row);
  }
  const commits = createCommitTable(store);
  const trees = createTreeTable(store);
  const alternate = (plan: { starts: Uint32Array }, worker: number) =>
    Array.from({ length: plan.starts.length }, (_, i) => i).filter((i) => i % 2 === worker);
  const commitPlan = planShards(store, [COMMIT], 4);
  const treePlan = planShards(store, [TREE], 4);
  const rests = readers.map((reader, worker) =>
    collectCommits(reader, commitPlan, alternate(commitPlan, worker), commits),
  );
  const found = readers.map((reader, worker) =>
    collectTrees(reader, treePlan, alternate(treePlan, worker), trees, worker, marked),
  );
  const tips = await readTips(repositoryPaths, repo.options);
  const result = attribute({ reader: readers[0], tips, commits, rests, trees, found, marked, shallow });
  for (const reader of readers) reader.close();
  const places = result.attributions.map((one) => ({ ...one, blob: idOf(table, one.row) }));
  return { ...result, places, of: (id: string) => places.filter((one) => one.blob === id) };
}

interface Truth {
  commits: Map<string, { parents: string[]; time: number; holds: Set<string>; refs: string[] }>;
  ancestors(id: string): Set<string>;
}

/** What every commit's tree holds and which refs contain it, one `git ls-tree` and one `git for-each-ref` each. */
function truthOf(repo: TestRepository): Truth {
  const commits: Truth['commits'] = new Map();
  const all = [...repo.objects()].filter(([, { type }]) => type === 'commit');
  const ids = all.map(([id]) => id);
  const ask = (command: string) =>
    repo.shell(`for id; do ${command}; printf '\\001'; done`, ...ids).split('\x01');
  const trees = ask('git ls-tree -r -z "$id"');
  const refs = ask('git for-each-ref \'--format=%(refname)\' --contains "$id"');
  for (const [i, [id, { bytes }]] of all.entries()) {
    const text = bytes.toString('latin1');
    const parents = [...text.split('\n\n')[0].matchAll(/^parent (.*)$/gm)].map((match) => match[1]);
    const time = Number(/^committer .*> (\d+)/m.exec(text)![1]);
    const entries = trees[i].split('\0').filter(Boolean);
    const holds = entries
      .filter((entry) => / blob /.test(entry))
      .map((entry) => entry.replace(/^\d+ blob /, ''));
    commits.set(id, { parents, time, holds: new Set(holds), refs: refs[i].split('\n').filter(Boolean) });
  }
  const known = new Map<string, Set<string>>();
  const ancestors = (id: string): Set<string> => {
    let all = known.get(id);
    if (!all) {
      all = new Set();
      known.set(id, all);
      for (const parent of commits.get(id)?.parents ?? []) {
        all.add(parent);
        for (const one of ancestors(parent)) all.add(one);
      }
    }
    return all;
  };
  return { commits, ancestors };
}

/** The definitions, word for word, over the truth. */
function expectTruth(repo: TestRepository, places: (Attribution & { blob: string })[]): void {
  const { commits, ancestors } = truthOf(repo);
  const reachable = new Set(repo.git('rev-list', '--all', 'HEAD').split('\n'));
  const pairs = new Set([...commits.values()].flatMap(({ holds }) => [...holds]));
  const generationOf = (id: string): number =>
    Math.max(-1, ...commits.get(id)!.parents.map(generationOf)) + 1;
  const head = repo.git('rev-parse', 'HEAD');
  const inHead = commits.get(head)!.holds;
  const named = places.filter(({ commit }) => commit);
  expect(named.map(({ blob, path }) => `${blob}\t${path}`).sort()).toEqual([...pairs].sort());
  for (const place of named) {
    const pair = `${place.blob}\t${place.path}`;
    const holders = [...commits].filter(([, { holds }]) => holds.has(pair)).map(([id]) => id);
    const firsts = holders.filter(
      (id) => ![...ancestors(id)].some((other) => commits.get(other)!.holds.has(pair)),
    );
    const best = (ids: string[], newest: boolean) => {
      const preferred = ids.some((id) => reachable.has(id)) ? ids.filter((id) => reachable.has(id)) : ids;
      const sign = newest ? -1 : 1;
      const time = (id: string) =>
        sign * Math.max(...[id, ...ancestors(id)].map((one) => commits.get(one)!.time));
      const generation = (id: string) => sign * generationOf(id);
      return preferred.sort(
        (a, b) => time(a) - time(b) || generation(a) - generation(b) || (a < b ? -1 : 1),
      )[0];
    };
    expect(place.reachable).toBe(holders.some((id) => reachable.has(id)));
    if (place.reachable) expect(place.commit!.id).toBe(best(firsts, false));
    else expect(firsts).toContain(place.commit!.id);
    expect(place.lastCommit).toBe(best(holders, true));
    expect(place.inHead).toBe(inHead.has(pair));
    const containing = new Set(firsts.flatMap((id) => commits.get(id)!.refs));
    if ([...ancestors(head), head].some((id) => firsts.includes(id))) containing.add('HEAD');
    if (containing.size <= 10) expect([...place.refs].sort()).toEqual([...containing].sort());
    else expect(place.refs.filter((ref) => containing.has(ref))).toHaveLength(10);
  }
}

interface Step {
  parents: number[];
  time: number;
  changes: { kind: 'put' | 'drop' | 'move'; path: number; to: number; content: number }[];
}

const PATHS = ['a', 'dir/a', 'dir/b', 'dir/deep/er/c', 'd', 'other/dir/b', 'dir2/x y', 'dir/ä', 'z/z'];

const step: fc.Arbitrary<Step> = fc.record({
  parents: fc.array(fc.nat(6), { maxLength: 3 }),
  time: fc.integer({ min: 0, max: 20 }),
  changes: fc.array(
    fc.record({
      kind: fc.constantFrom('put', 'put', 'put', 'drop', 'move'),
      path: fc.nat(PATHS.length - 1),
      to: fc.nat(PATHS.length - 1),
      content: fc.nat(6),
    }) as fc.Arbitrary<Step['changes'][number]>,
    { maxLength: 4 },
  ),
});

/** Feeds the steps to `git fast-import`; each commit takes parents among the last few, and every sixth gets a branch. */
function build(repo: TestRepository, steps: Step[]): void {
  const lines: string[] = [];
  const held: Set<number>[] = [];
  steps.forEach(({ parents, time, changes }, i) => {
    const from = [...new Set(parents.filter((back) => back < i).map((back) => i - 1 - back))];
    const files = new Set(from.length > 0 ? held[from[0]] : []);
    lines.push(`commit refs/heads/b${i}`, `mark :${i + 1}`, `author A <a@b> ${1_500_000_000 + time} +0100`);
    lines.push(`committer C <c@d> ${1_600_000_000 + time} -0330`, 'data 5', `s ${String(i).padStart(3)}`);
    for (const [k, parent] of from.entries()) lines.push(`${k === 0 ? 'from' : 'merge'} :${parent + 1}`);
    if (from.length === 0) lines.push('deleteall');
    for (const { kind, path, to, content } of changes) {
      if (kind === 'put') {
        lines.push(`M 100644 inline ${PATHS[path]}`, 'data 10', `content ${content}`, '');
        files.add(path);
      } else if (files.has(path)) {
        files.delete(path);
        if (kind === 'drop') lines.push(`D ${PATHS[path]}`);
        else {
          lines.push(`R ${JSON.stringify(PATHS[path])} ${PATHS[to]}`);
          files.add(to);
        }
      }
    }
    held.push(files);
    lines.push('');
  });
  repo.bytes(['fast-import', '--quiet', '--force'], lines.join('\n'));
  const gone = [...steps.keys()].filter((i) => i % 3 !== 0 && i + 1 < steps.length);
  repo.bytes(['update-ref', '--stdin'], gone.map((i) => `delete refs/heads/b${i}\n`).join(''));
  repo.git('symbolic-ref', 'HEAD', `refs/heads/b${steps.length - 1}`);
}

describe('attribution', () => {
  it('is what the definitions say, on random histories with merges, renames, deletions and dangling commits', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 3, maxLength: 22 }),
        fc.boolean(),
        async (steps, packed) => {
          const repo = repository();
          build(repo, steps);
          if (packed) {
            const ids = [...repo.objects().keys()].join('\n');
            repo.bytes(['pack-objects', '-q', '--depth=50', '--window=50', '.git/objects/pack/pack'], ids);
            repo.git('prune-packed');
          }
          const { places, skipped } = await attributeAll(repo);
          expect(skipped).toEqual([]);
          expectTruth(repo, places);
          repo.remove();
        },
      ),
      { numRuns: 15, seed: 11 },
    );
  });

  it('names what git log names: every blob at every path that a commit brought against all its parents', async () => {
    const repo = repository();
    const random = fc.sample(step, { numRuns: 40, seed: 3 });
    build(repo, random);
    const log = repo
      .bytes(['log', '--all', '--raw', '-m', '-z', '--no-abbrev', '--no-renames', '--format=>%H'])
      .toString();
    const named = new Set<string>();
    const tokens = log.split('\0');
    for (let i = 0; i < tokens.length; i++) {
      const change = /:\d+ \d+ [0-9a-f]+ ([0-9a-f]+) ([AMT])$/.exec(tokens[i]);
      if (change) named.add(`${change[1]}\t${tokens[i + 1]}`);
    }
    const { places } = await attributeAll(repo);
    const ours = places.filter(({ reachable }) => reachable).map(({ blob, path }) => `${blob}\t${path}`);
    expect(ours.sort()).toEqual([...named].sort());
  });

  it('tells author, date and subject as git does', async () => {
    const repo = repository();
    repo.write('f', 'x').commit('Subject over\ntwo lines\n\nbody');
    const [{ commit }] = (await attributeAll(repo)).places;
    const [id, author, email, date, subject] = repo
      .git('log', '-1', '--format=%H%n%an%n%ae%n%aI%n%s')
      .split('\n');
    expect(commit).toEqual({ id, author, email, date, subject });
  });

  it('finds all three parts of every stash, and names old ones by their reflog', async () => {
    const repo = repository();
    repo.write('f', 'base').commit('base');
    const stash = (name: string) => {
      repo.write('staged', `${name} staged`).git('add', 'staged');
      repo.write('f', `${name} changed`).write('untracked', `${name} untracked`);
      repo.git('stash', '-q', '-u');
    };
    stash('old');
    repo.clock += 60;
    stash('new');
    const { of } = await attributeAll(repo);
    const blob = (text: string) => repo.bytes(['hash-object', '--stdin'], text).toString().trim();
    for (const part of ['staged', 'changed', 'untracked']) {
      expect(of(blob(`new ${part}`))[0]).toMatchObject({
        reachable: true,
        refs: ['refs/stash'],
        inHead: false,
      });
      expect(of(blob(`old ${part}`))[0]).toMatchObject({ reachable: false, reflog: 'stash@{1}', refs: [] });
    }
  });

  it('says what only a reflog, a dangling commit, a dangling tree or nothing holds', async () => {
    const repo = repository();
    repo.write('f', 'kept').commit('kept');
    repo.write('f', 'amended away').commit('oops');
    repo.git('reset', '-q', '--hard', 'HEAD~1');
    repo.write('sub/f', 'in the index once').git('add', '-A');
    const tree = repo.git('write-tree');
    repo.git('reset', '-q', '--hard');
    const dangling = repo
      .bytes(['commit-tree', '-m', 'dangling', '-p', 'HEAD', repo.git('rev-parse', 'HEAD^{tree}')])
      .toString()
      .trim();
    const lost = repo.bytes(['hash-object', '-w', '--stdin'], 'lost').toString().trim();
    const { of } = await attributeAll(repo);
    const blob = (text: string) => repo.bytes(['hash-object', '--stdin'], text).toString().trim();
    expect(of(blob('kept'))).toMatchObject([{ path: 'f', inHead: true, reachable: true }]);
    expect(of(blob('amended away'))).toMatchObject([{ path: 'f', reachable: false, reflog: 'HEAD@{2}' }]);
    expect(of(blob('in the index once'))).toMatchObject([{ path: 'sub/f', reachable: false }]);
    expect(of(blob('in the index once'))[0].commit).toBeUndefined();
    expect(of(lost)).toMatchObject([{ reachable: false, refs: [] }]);
    expect(of(lost)[0].path).toBeUndefined();
    repo.git('tag', 'of-tree', tree);
    repo.git('tag', '-a', '-m', 'blob', 'of-blob', lost);
    const again = await attributeAll(repo);
    expect(again.of(blob('in the index once'))).toMatchObject([
      { path: 'sub/f', reachable: true, refs: ['refs/tags/of-tree'] },
    ]);
    expect(again.of(lost)).toMatchObject([{ reachable: true, refs: ['refs/tags/of-blob'] }]);
    expect(dangling).toHaveLength(40);
  });

  it('attributes commit messages, tag messages and notes', async () => {
    const repo = repository();
    const first = repo.write('f', '1').commit('a message');
    repo.git('tag', '-a', '-m', 'a tag message', 'v1');
    repo.git('notes', 'add', '-m', 'a note');
    const tag = repo.git('rev-parse', 'v1');
    const { of } = await attributeAll(repo, [first, tag, repo.git('notes', 'list', 'HEAD')]);
    expect(of(first)).toMatchObject([
      { commit: { id: first, subject: 'a message' }, inHead: true, reachable: true },
    ]);
    expect(of(tag)).toMatchObject([
      { commit: { id: tag, subject: 'a tag message', author: 'Carl' }, refs: ['refs/tags/v1'] },
    ]);
    expect(of(repo.git('notes', 'list', 'HEAD'))).toMatchObject([
      { path: first, refs: ['refs/notes/commits'] },
    ]);
  });

  it('keeps the bytes of a name that is not UTF-8', async () => {
    const repo = repository();
    const name = Buffer.from([0x66, 0xe4, 0xc3, 0xa4, 0xff]);
    const blob = repo.bytes(['hash-object', '-w', '--stdin'], 'x').toString().trim();
    const tree = repo.bytes(
      ['mktree', '-z'],
      Buffer.concat([Buffer.from(`100644 blob ${blob}\t`), name, Buffer.from([0])]),
    );
    repo.git('update-ref', 'HEAD', repo.git('commit-tree', '-m', 'odd', tree.toString().trim()));
    const [place] = (await attributeAll(repo)).places;
    expect(place).toMatchObject({ path: 'f%E4ä%FF', pathBytes: name.toString('base64') });
  });

  it('names objects that are missing, once each', async () => {
    const repo = repository();
    repo.write('f', 'gone').write('dir/g', 'here').commit('one');
    repo.write('h', 'more').commit('two');
    const gone = repo.git('rev-parse', 'HEAD:f');
    rmSync(join(repo.dir, '.git/objects', gone.slice(0, 2), gone.slice(2)));
    const { skipped, places } = await attributeAll(repo);
    expect(skipped.map(({ path }) => path)).toEqual([`object ${gone}`]);
    expect(places.map(({ path }) => path).sort()).toEqual(['dir/g', 'h']);
  });

  it('takes the boundary of a shallow clone for a beginning', async () => {
    const origin = repository();
    origin.write('f', 'old').commit('one');
    origin.write('g', 'new').commit('two');
    const repo = repository();
    repo.git('fetch', '-q', '--depth=1', `file://${origin.dir}`, 'main:main2');
    repo.git('symbolic-ref', 'HEAD', 'refs/heads/main2');
    const head = repo.git('rev-parse', 'HEAD');
    expect(locateRepository(repo.options).shallow).toBe(true);
    const { skipped, places } = await attributeAll(repo, undefined, new Set([head]));
    expect(skipped).toEqual([]);
    expect(places.map(({ path, commit }) => [path, commit?.id])).toEqual(
      expect.arrayContaining([
        ['f', head],
        ['g', head],
      ]),
    );
  });

  it('works in SHA-256 repositories', async () => {
    const repo = repository('--object-format=sha256');
    repo.write('f', 'x').commit('one');
    repo.write('d/f', 'x').commit('two');
    repo.git('gc', '-q');
    expectTruth(repo, (await attributeAll(repo)).places);
  });

  it('shares shards out to the last', () => {
    const next = new Int32Array(new SharedArrayBuffer(4));
    const plan = { roots: new Int32Array(0), starts: new Uint32Array(5), ends: new Uint32Array(5) };
    const [a, b] = [takeShards(plan, next), takeShards(plan, next)];
    expect([a.next().value, b.next().value, ...a, ...b]).toEqual([0, 1, 2, 3, 4]);
  });
});
