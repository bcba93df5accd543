// node bench/run.mjs git-walk <repository> [--no-git]: rebuilds every blob and message with 1 and 2 workers,
// next to `git cat-file --batch-all-objects --batch --buffer --unordered`, which only prints them.
import { spawnSync } from 'node:child_process';
import { parentPort, Worker, workerData } from 'node:worker_threads';
import { EntryReader } from '../src/git/objects/reader.ts';
import { type ObjectStore, openObjectStore } from '../src/git/objects/store.ts';
import { BLOB, COMMIT, TAG } from '../src/git/objects/table.ts';
import { locateRepository } from '../src/git/repository.ts';
import { planShards, type ShardPlan } from '../src/git/walk/shards.ts';
import { type Visitor, walkShard } from '../src/git/walk/walk.ts';
import { Core } from '../src/wasm/core.ts';
import type { ObjectExports } from '../src/wasm/objects.ts';

interface Work {
  store: ObjectStore;
  plan: ShardPlan;
  next: Int32Array;
}

interface Count {
  objects: number;
  bytes: number;
  changed: number;
  broken: number;
  large: number;
  memory: number;
  busy: number;
}

const TYPES = [BLOB, COMMIT, TAG] as const;

if (parentPort) parentPort.postMessage(count(workerData as Work));
else await main(process.argv[2], process.argv.includes('--no-git'));

async function main(path: string, withoutGit: boolean): Promise<void> {
  const git = withoutGit ? Number.NaN : timeGit(path);
  if (!withoutGit) console.log(`git cat-file    ${git.toFixed(2)} s`);
  for (const workers of [1, 2]) {
    const start = performance.now();
    const store = openObjectStore(locateRepository({ cwd: path, env: process.env }));
    const opened = performance.now();
    const plan = planShards(store, TYPES);
    const planned = performance.now();
    const next = new Int32Array(new SharedArrayBuffer(4));
    const results = await Promise.all(Array.from({ length: workers }, () => run({ store, plan, next })));
    const seconds = (performance.now() - start) / 1000;
    const sum = (key: keyof Count) => results.reduce((total, each) => total + each[key], 0);
    console.log(
      `${workers} worker${workers > 1 ? 's' : ' '}       ${seconds.toFixed(2)} s  ${(seconds / git).toFixed(2)} of git` +
        `  (open ${(opened - start).toFixed(0)} ms, plan ${(planned - opened).toFixed(0)} ms, busy ${results.map(({ busy }) => busy.toFixed(0)).join(' + ')} ms)`,
    );
    console.log(
      `  ${sum('objects')} objects, ${(sum('bytes') / 1e9).toFixed(2)} GB, new ${(sum('changed') / 1e9).toFixed(2)} GB, ` +
        `${sum('broken')} broken, ${sum('large')} large, ${(sum('memory') >> 20).toFixed(0)} MB of core memory, rss ${(process.memoryUsage.rss() >> 20).toFixed(0)} MB`,
    );
  }
}

function timeGit(path: string): number {
  const start = performance.now();
  const args = ['cat-file', '--batch-all-objects', '--batch', '--buffer', '--unordered'];
  spawnSync('git', args, { cwd: path, stdio: ['ignore', 'ignore', 'inherit'] });
  return (performance.now() - start) / 1000;
}

function run(work: Work): Promise<Count> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL(import.meta.url), { workerData: work });
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}

function count({ store, plan, next }: Work): Count {
  const start = performance.now();
  const core = new Core<ObjectExports>();
  const reader = new EntryReader(store, core);
  const result: Count = { objects: 0, bytes: 0, changed: 0, broken: 0, large: 0, memory: 0, busy: 0 };
  const visitor: Visitor<undefined> = {
    visitWhole(_row, _type, _pointer, length) {
      result.objects++;
      result.bytes += length;
      result.changed += length;
      return undefined;
    },
    visitDelta(_row, _type, _pointer, length, _base, _basePointer, _baseLength, copies, copyCount) {
      result.objects++;
      result.bytes += length;
      const words = new Int32Array(core.bytes.buffer, copies, copyCount * 3);
      let copied = 0;
      for (let i = 1; i < words.length; i += 3) copied += words[i];
      result.changed += length - copied;
      return undefined;
    },
    visitLarge() {
      result.large++;
    },
    visitBroken() {
      result.broken++;
    },
  };
  for (let shard = Atomics.add(next, 0, 1); shard < plan.starts.length; shard = Atomics.add(next, 0, 1)) {
    walkShard(reader, plan, shard, TYPES, visitor);
  }
  reader.close();
  return { ...result, memory: core.bytes.length, busy: performance.now() - start };
}
