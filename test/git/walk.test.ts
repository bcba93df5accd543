import { createHash } from 'node:crypto';
import {
  closeSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { EntryReader } from '../../src/git/objects/reader.ts';
import { type ObjectStore, openObjectStore } from '../../src/git/objects/store.ts';
import { BLOB, COMMIT, idOf, TAG, TREE, TYPE_NAMES } from '../../src/git/objects/table.ts';
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

/** Many versions of a few files, with branches of history in them, so that packing finds long and bushy chains. */
function fill(repo: TestRepository, versions = 25, seed = 1): void {
  const random = lcg(seed);
  const lines = Array.from({ length: 300 }, (_, i) => `line ${i} ${random().toString(36)}`);
  const files: Record<string, string | Buffer> = { empty: '' };
  const commits: { message: string; files: typeof files }[] = [];
  for (let version = 0; version < versions; version++) {
    const at = Math.floor(random() * lines.length);
    lines.splice(
      at,
      Math.floor(random() * 4),
      ...Array.from({ length: Math.floor(random() * 4) }, () => `new ${random()}`),
    );
    files['a/long.txt'] = lines.join('\n');
    files[`b/${version % 7}.txt`] = lines.slice(at, at + 50).join('\n');
    files.binary = Buffer.from(Array.from({ length: 500 }, () => Math.floor(random() * 256)));
    commits.push({ message: `version ${version}\n\nwith a body`, files: { ...files } });
  }
  repo.importCommits(commits);
  repo.git('tag', '-a', '-m', 'a tag', `v${seed}`);
}

function lcg(seed: number): () => number {
  let state = seed;
  return () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
}

interface Seen {
  /** States the walk has not yet let go. */
  held: Set<string>;
  objects: Map<string, { type: string; bytes: Buffer }>;
  deltas: number;
  broken: Map<string, string>;
  large: string[];
  store: ObjectStore;
  memory: number;
}

/** Walks everything; checks on the way that copies say truly what came from the base. */
function walk(repo: TestRepository, { shards = 4, large = 1 << 26, dir = repo.dir } = {}): Seen {
  const store = openObjectStore(locateRepository({ ...repo.options, cwd: dir }));
  const types = [COMMIT, TREE, BLOB, TAG] as const;
  const core = new Core<ObjectExports>();
  const reader = new EntryReader(store, core);
  const idle = reader.memory.extent;
  const seen: Seen = {
    objects: new Map(),
    deltas: 0,
    broken: new Map(),
    large: [],
    store,
    memory: 0,
    held: new Set(),
  };
  const note = (row: number, type: number, pointer: number, length: number): string => {
    const id = idOf(store.table, row);
    if (seen.objects.has(id)) throw new Error(`${id} was visited twice`);
    seen.objects.set(id, {
      type: TYPE_NAMES[type],
      bytes: Buffer.from(core.bytes.subarray(pointer, pointer + length)),
    });
    seen.held.add(id);
    seen.memory = Math.max(seen.memory, reader.memory.extent);
    return id;
  };
  const plan = planShards(store, types, shards);
  for (let shard = 0; shard < plan.starts.length; shard++) {
    walkShard(
      reader,
      plan,
      shard,
      types,
      {
        visitWhole: note,
        visitDelta(row, type, pointer, length, base, basePointer, baseLength, copies, copyCount) {
          const id = note(row, type, pointer, length);
          const from = seen.objects.get(base)!.bytes;
          const to = seen.objects.get(id)!.bytes;
          expect(Buffer.from(core.bytes.subarray(basePointer, basePointer + baseLength)).equals(from)).toBe(
            true,
          );
          const triples = new Int32Array(core.bytes.buffer, copies, copyCount * 3);
          let end = 0;
          for (let i = 0; i < triples.length; i += 3) {
            const [baseAt, size, targetAt] = triples.subarray(i, i + 3);
            expect(targetAt).toBeGreaterThanOrEqual(end);
            expect(from.subarray(baseAt, baseAt + size).equals(to.subarray(targetAt, targetAt + size))).toBe(
              true,
            );
            if (i > 0 && targetAt === end) expect(baseAt).not.toBe(triples[i - 3] + triples[i - 2]);
            end = targetAt + size;
          }
          expect(end).toBeLessThanOrEqual(length);
          seen.deltas++;
          return id;
        },
        forget: (id) => expect(seen.held.delete(id)).toBe(true),
        visitLarge: (row) => seen.large.push(idOf(store.table, row)),
        visitBroken: (row, reason) => seen.broken.set(idOf(store.table, row), reason),
      },
      large,
    );
  }
  reader.close();
  expect(seen.held.size).toBe(0);
  // Everything but the read windows has been given back.
  expect(reader.memory.extent).toBeLessThanOrEqual(idle);
  return seen;
}

function expectAll(repo: TestRepository, seen: Seen): void {
  const truth = repo.objects();
  expect([...seen.objects.keys()].sort()).toEqual([...truth.keys()].sort());
  for (const [id, { type, bytes }] of truth) {
    expect(seen.objects.get(id)!.type).toBe(type);
    expect(seen.objects.get(id)!.bytes.equals(bytes)).toBe(true);
  }
  expect(seen.store.skipped).toEqual([]);
  expect(seen.broken.size).toBe(0);
}

const packDir = (repo: TestRepository) => join(repo.dir, '.git/objects/pack');
const packFile = (repo: TestRepository, extension: string) =>
  join(packDir(repo), readdirSync(packDir(repo)).find((name) => name.endsWith(extension))!);

describe('the walk visits every object once, byte for byte as git has it', () => {
  it('of loose objects', () => {
    const repo = repository();
    fill(repo, 5);
    const seen = walk(repo);
    expectAll(repo, seen);
    expect(seen.deltas).toBe(0);
  });

  it('of one aggressive pack', () => {
    const repo = repository();
    fill(repo);
    repo.git('gc', '-q', '--aggressive', '--prune=now');
    const seen = walk(repo);
    expectAll(repo, seen);
    expect(seen.deltas).toBeGreaterThan(25);
  });

  it('of deep chains with offset and with reference deltas', () => {
    const repo = repository();
    fill(repo, 50);
    const ids = repo.git('rev-list', '--objects', '--all', '--no-object-names');
    for (const format of [['--delta-base-offset'], []]) {
      repo.bytes(
        [
          'pack-objects',
          '-q',
          '--window=250',
          '--depth=250',
          '--no-reuse-delta',
          ...format,
          '.git/objects/pack/pack',
        ],
        ids,
      );
      repo.git('prune-packed');
      const seen = walk(repo);
      expectAll(repo, seen);
      expect(seen.deltas).toBeGreaterThan(50);
      for (const name of readdirSync(packDir(repo))) {
        copyFileSync(join(packDir(repo), name), join(repo.dir, name));
        rmSync(join(packDir(repo), name), { force: true });
      }
      for (const name of readdirSync(repo.dir).filter((name) => name.endsWith('.pack'))) {
        repo.bytes(['unpack-objects', '-q'], readFileSync(join(repo.dir, name)));
        rmSync(join(repo.dir, name));
      }
    }
  });

  it('of several packs with copies in each other and among loose objects', () => {
    const repo = repository();
    fill(repo, 15);
    repo.git('repack', '-q', '-d');
    fill(repo, 15, 2);
    repo.git('repack', '-q', '-d');
    const ids = repo.git('rev-list', '--objects', '--all', '--no-object-names');
    repo.bytes(['pack-objects', '-q', '--no-reuse-delta', '.git/objects/pack/pack'], ids);
    fill(repo, 3, 3);
    const seen = walk(repo);
    expect(seen.store.sources.map(({ kind }) => kind)).toEqual(['pack', 'pack', 'pack', 'loose']);
    expectAll(repo, seen);
  });

  it('of packs under a multi-pack index', () => {
    const repo = repository();
    fill(repo, 6);
    repo.git('repack', '-q', '-d');
    fill(repo, 6, 2);
    repo.git('repack', '-q', '-d');
    repo.git('multi-pack-index', 'write');
    expectAll(repo, walk(repo));
    repo.git('repack', '-q', '-a', '-d', '--write-midx');
    expectAll(repo, walk(repo));
  });

  it('of alternates', () => {
    const origin = repository();
    fill(origin, 8);
    origin.git('gc', '-q');
    const repo = repository();
    rmSync(join(repo.dir, '.git'), { recursive: true });
    repo.git('clone', '-q', '--shared', origin.dir, 'clone');
    repo.bytes(['-C', 'clone', 'commit', '-q', '--allow-empty', '-m', 'more']);
    const seen = walk(repo, { dir: join(repo.dir, 'clone') });
    expect(seen.objects.size).toBe(origin.objects().size + 1);
    expect(seen.store.skipped).toEqual([]);
  });

  it('of a SHA-256 repository', () => {
    const repo = repository('--object-format=sha256');
    fill(repo, 20);
    repo.git('gc', '-q', '--aggressive', '--prune=now');
    repo.write('loose', 'loose').commit('loose');
    const seen = walk(repo);
    expect([...seen.objects.keys()][0]).toHaveLength(64);
    expectAll(repo, seen);
  });

  it('of a fetch whose thin pack was completed', () => {
    const origin = repository();
    fill(origin, 10);
    const repo = repository();
    repo.git('-c', 'fetch.unpackLimit=1', 'fetch', '-q', `file://${origin.dir}`, 'main:got');
    fill(origin, 4, 9);
    repo.git('-c', 'fetch.unpackLimit=1', 'fetch', '-q', `file://${origin.dir}`, 'main:got2');
    expectAll(repo, walk(repo));
  });

  it('of an index with 64-bit offsets', () => {
    const repo = repository();
    fill(repo, 10);
    repo.git('gc', '-q', '--aggressive', '--prune=now');
    useLargeOffsets(packFile(repo, '.idx'));
    expect(repo.git('fsck', '--full')).toBe('');
    expectAll(repo, walk(repo));
  });

  it('of an index of version 1', () => {
    const repo = repository();
    fill(repo, 10);
    repo.git('-c', 'pack.indexVersion=1', 'gc', '-q', '--prune=now');
    expect(readFileSync(packFile(repo, '.idx')).readUInt32BE(0)).toBeLessThan(1000);
    expectAll(repo, walk(repo));
  });

  it('in work trees and bare clones', () => {
    const repo = repository();
    fill(repo, 4);
    repo.git('worktree', 'add', '-q', 'tree');
    expect(walk(repo, { dir: join(repo.dir, 'tree') }).objects.size).toBe(repo.objects().size);
    repo.git('clone', '-q', '--bare', '.', 'bare.git');
    expect(walk(repo, { dir: join(repo.dir, 'bare.git') }).objects.size).toBe(repo.objects().size);
  });

  it('whatever the number of shards', () => {
    const repo = repository();
    fill(repo, 10);
    repo.git('gc', '-q', '--aggressive', '--prune=now');
    for (const shards of [1, 3, 1000]) expectAll(repo, walk(repo, { shards }));
  });

  it('for random edits of random files', () => {
    const edit = fc.record({
      at: fc.nat(),
      drop: fc.nat(80),
      insert: fc.uint8Array({ maxLength: 80 }),
      move: fc.boolean(),
    });
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 200, maxLength: 4000 }),
        fc.array(edit, { minLength: 3, maxLength: 25 }),
        (start, edits) => {
          const repo = repository();
          let bytes = Buffer.from(start);
          const versions: Buffer[] = [];
          for (const { at, drop, insert, move } of edits) {
            const cut = at % (bytes.length + 1);
            const rest = bytes.subarray(cut + drop);
            bytes = move
              ? Buffer.concat([rest, insert, bytes.subarray(0, cut)])
              : Buffer.concat([bytes.subarray(0, cut), insert, rest]);
            versions.push(bytes);
          }
          repo.importBlobs(versions);
          const ids = [...repo.objects().keys()].join('\n');
          repo.bytes(['pack-objects', '-q', '--window=50', '--depth=50', '.git/objects/pack/pack'], ids);
          repo.git('prune-packed');
          expectAll(repo, walk(repo));
          repo.remove();
        },
      ),
      { numRuns: 10, seed: 5 },
    );
  });
});

describe('the walk names what it cannot read, and reads the rest', () => {
  it('a damaged loose object', () => {
    const repo = repository();
    fill(repo, 3);
    const id = repo.git('rev-parse', 'HEAD:binary');
    damage(join(repo.dir, '.git/objects', id.slice(0, 2), id.slice(2)), -30);
    const total = Number(repo.git('count-objects').split(' ')[0]);
    const seen = walk(repo);
    expect([...seen.broken.keys()]).toEqual([id]);
    expect(seen.broken.get(id)).toContain('damaged');
    expect(seen.objects.size).toBe(total - 1);
  });

  it('a damaged pack entry and all that is made from it', () => {
    const repo = repository();
    fill(repo, 30);
    repo.git('gc', '-q', '--aggressive', '--prune=now');
    const truth = repo.objects();
    const sound = walk(repo);
    const { table } = sound.store;
    const row = table.weight.reduce(
      (best, weight, i) => (table.type[i] === BLOB && weight > table.weight[best] ? i : best),
      0,
    );
    damage(packFile(repo, '.pack'), table.offset[row] + table.header[row] + 20);
    const seen = walk(repo);
    expect(seen.broken.size).toBe(table.weight[row]);
    expect(seen.broken.get(idOf(table, row))).toMatch(/compressed data|checksum|longer|shorter/);
    expect(seen.objects.size).toBe(truth.size - table.weight[row]);
    for (const [id, { bytes }] of seen.objects) expect(bytes.equals(truth.get(id)!.bytes)).toBe(true);
  });

  it('no object of which another sound copy exists', () => {
    const repo = repository();
    fill(repo, 20);
    repo.git('gc', '-q', '--aggressive', '--prune=now');
    const truth = repo.objects();
    const pack = readFileSync(packFile(repo, '.pack'));
    const { table } = walk(repo).store;
    const row = table.weight.reduce(
      (best, weight, i) => (table.type[i] === BLOB && weight > table.weight[best] ? i : best),
      0,
    );
    const id = idOf(table, row);
    const blob = truth.get(id)!.bytes;
    damage(packFile(repo, '.pack'), table.offset[row] + table.header[row] + 20);
    const store = repository();
    store.bytes(['hash-object', '-w', '--stdin'], blob);
    const fan = join('.git/objects', id.slice(0, 2));
    mkdirSync(join(repo.dir, fan), { recursive: true });
    copyFileSync(join(store.dir, fan, id.slice(2)), join(repo.dir, fan, id.slice(2)));
    const seen = walk(repo);
    expect(seen.broken.size).toBe(0);
    expect(seen.objects.size).toBe(truth.size);
    expect(pack.length).toBeGreaterThan(0);
  });

  it.each([
    [
      'an index that is cut off',
      '.idx',
      (file: string) => writeFileSync(file, readFileSync(file).subarray(0, 1500)),
      /cut off|order|sorted/,
    ],
    [
      'an index of nonsense',
      '.idx',
      (file: string) => writeFileSync(file, Buffer.alloc(4000, 7)),
      /no pack index/,
    ],
    [
      'a pack that is cut off',
      '.pack',
      (file: string) => writeFileSync(file, readFileSync(file).subarray(0, 2000)),
      /cut off/,
    ],
    ['a pack without its index', '.idx', (file: string) => rmSync(file), /has no index/],
    ['an index without its pack', '.pack', (file: string) => rmSync(file), /the pack is not/],
  ])('%s', (_, extension, breakIt, reason) => {
    const repo = repository();
    fill(repo, 8);
    repo.git('gc', '-q', '--aggressive', '--prune=now');
    const file = packFile(repo, extension);
    rmSync(`${file}.copy`, { force: true });
    cpSync(file, `${file}.copy`);
    rmSync(file);
    cpSync(`${file}.copy`, file);
    rmSync(`${file}.copy`);
    makeWritable(file);
    breakIt(file);
    repo.bytes(['hash-object', '-w', '--stdin'], 'still readable');
    const seen = walk(repo);
    expect(seen.store.skipped.map((one) => one.reason).join()).toMatch(reason);
    expect([...seen.objects.values()].map(({ bytes }) => bytes.toString())).toContain('still readable');
  });

  it('an alternate that is gone', () => {
    const repo = repository();
    fill(repo, 2);
    repo.write('.git/objects/info/alternates', '/nowhere/at all\n');
    expect(walk(repo).store.skipped).toEqual([
      { path: '/nowhere/at all', reason: 'alternate object directory is missing' },
    ]);
  });

  it('hands out large loose objects with their type', () => {
    const repo = repository();
    repo.write('big', Buffer.alloc(100_000, 'large ')).write('small', 'small').commit('one');
    const seen = walk(repo, { large: 50_000 });
    expect(seen.large).toEqual([repo.git('rev-parse', 'HEAD:big')]);
    expect(seen.objects.size).toBe(repo.objects().size - 1);
  });

  it('hands out what is too large, and everything made from it', () => {
    const repo = repository();
    fill(repo, 10);
    repo.git('gc', '-q', '--aggressive', '--prune=now');
    const seen = walk(repo, { large: 3000 });
    expect(seen.large.length).toBeGreaterThan(5);
    const all = [...seen.objects.keys(), ...seen.large];
    expect(all.sort()).toEqual([...repo.objects().keys()].sort());
    for (const { bytes } of seen.objects.values()) expect(bytes.length).toBeLessThanOrEqual(3000);
  });

  it('keeps few objects in memory at a time', () => {
    const repo = repository();
    const random = lcg(3);
    const block = Array.from({ length: 20000 }, () => random().toString(36)).join('\n');
    repo.importBlobs(Array.from({ length: 60 }, (_, i) => Buffer.from(`${block}\n${i} ${random()}`)));
    const ids = [...repo.objects().keys()].join('\n');
    repo.bytes(['pack-objects', '-q', '--window=10', '--depth=50', '.git/objects/pack/pack'], ids);
    repo.git('prune-packed');
    const seen = walk(repo);
    const [{ bytes }] = [...seen.objects.values()];
    // 60 blobs of 270 KB; log2(60) + 2 of them at most, beside 42 MB of read windows.
    expect(seen.deltas).toBeGreaterThan(50);
    expect(seen.memory - 2048 * 20600).toBeLessThan(9 * bytes.length);
  });
});

function makeWritable(file: string): void {
  const bytes = readFileSync(file);
  rmSync(file);
  writeFileSync(file, bytes);
}

/** Turns some bits over, `at` bytes into the file (from its end when negative). */
function damage(file: string, at: number): void {
  const bytes = readFileSync(file);
  const where = at < 0 ? bytes.length + at : at;
  makeWritable(file);
  const handle = openSync(file, 'r+');
  writeSync(handle, Buffer.from([bytes[where] ^ 0x5a, bytes[where + 1] ^ 0xa5]), 0, 2, where);
  closeSync(handle);
}

/** Rewrites an index so that offsets stand in the table for large ones: legal, though only those above 2 GB need it. git wants one small offset. */
function useLargeOffsets(file: string): void {
  const bytes = readFileSync(file);
  const count = bytes.readUInt32BE(8 + 255 * 4);
  const at = 8 + 1024 + count * 24;
  const large = Buffer.alloc((count - 1) * 8);
  for (let i = 0; i < count - 1; i++) {
    large.writeUInt32BE(bytes.readUInt32BE(at + i * 4), i * 8 + 4);
    bytes.writeUInt32BE((0x80000000 + i) >>> 0, at + i * 4);
  }
  const body = Buffer.concat([bytes.subarray(0, at + count * 4), large, bytes.subarray(at + count * 4, -20)]);
  makeWritable(file);
  writeFileSync(file, Buffer.concat([body, createHash('sha1').update(body).digest()]));
}
