// node bench/run.mjs git-attribution <repository> [blobs] [--no-git]: attributes evenly chosen blobs with two workers, next to
// `git log --all --raw -m -z --no-abbrev --no-renames`, which names the same and misses what no ref leads to.
import { spawnSync } from 'node:child_process';
import { parentPort, Worker, workerData } from 'node:worker_threads';
import { attribute } from '../src/git/attribution/attribute.ts';
import { collectCommits, collectTrees, takeShards } from '../src/git/attribution/collect.ts';
import { type CommitRest, type CommitTable, createCommitTable } from '../src/git/attribution/commits.ts';
import { createTreeTable, type TreeEdges, type TreeTable } from '../src/git/attribution/trees.ts';
import { EntryReader } from '../src/git/objects/reader.ts';
import { type ObjectStore, openObjectStore } from '../src/git/objects/store.ts';
import { BLOB, COMMIT, TREE } from '../src/git/objects/table.ts';
import { readTips } from '../src/git/refs.ts';
import { locateRepository } from '../src/git/repository.ts';
import { planShards, type ShardPlan } from '../src/git/walk/shards.ts';
import { Core } from '../src/wasm/core.ts';
import type { ObjectExports } from '../src/wasm/objects.ts';

interface Work {
  store: ObjectStore;
  commitPlan: ShardPlan;
  treePlan: ShardPlan;
  commits: CommitTable;
  trees: TreeTable;
  next: Int32Array[];
  worker: number;
  marked: number[];
}

interface Done {
  rest: CommitRest;
  found: TreeEdges;
  commitTime: number;
  treeTime: number;
}

if (parentPort) collect(workerData as Work);
else await main(process.argv[2], Number(process.argv[3]) || 1000, process.argv.includes('--no-git'));

async function main(path: string, wanted: number, withoutGit: boolean): Promise<void> {
  if (!withoutGit) {
    const start = performance.now();
    const args = ['log', '--all', '--raw', '-m', '-z', '--no-abbrev', '--no-renames'];
    spawnSync('git', args, { cwd: path, stdio: 'ignore' });
    console.log(`git log --raw -m  ${seconds(start)} s`);
  }
  const git = { cwd: path, env: process.env };
  const repository = locateRepository(git);
  const store = openObjectStore(repository);
  const { table } = store;
  const blobs = Array.from({ length: table.count }, (_, row) => row).filter(
    (row) => table.type[row] === BLOB,
  );
  const marked = Array.from({ length: wanted }, (_, i) => blobs[Math.floor((i * blobs.length) / wanted)]);

  const start = performance.now();
  const tipsAsked = readTips(repository, git);
  const shared = {
    store,
    commitPlan: planShards(store, [COMMIT]),
    treePlan: planShards(store, [TREE]),
    commits: createCommitTable(store),
    trees: createTreeTable(store),
    next: [0, 1].map(() => new Int32Array(new SharedArrayBuffer(4))),
    marked,
  };
  const done = await Promise.all([0, 1].map((worker) => run({ ...shared, worker })));
  const collected = performance.now();
  const tips = await tipsAsked;
  const reader = new EntryReader(store, new Core<ObjectExports>());
  const { attributions, skipped } = attribute({
    reader,
    tips,
    commits: shared.commits,
    rests: done.map(({ rest }) => rest),
    trees: shared.trees,
    found: done.map(({ found }) => found),
    marked,
  });
  console.log(
    `attribution       ${seconds(start)} s  (collect ${(collected - start).toFixed(0)} ms: commits ${done.map((d) => d.commitTime.toFixed(0))}, ` +
      `trees ${done.map((d) => d.treeTime.toFixed(0))}; resolve ${(performance.now() - collected).toFixed(0)} ms)`,
  );
  const reachable = attributions.filter((one) => one.reachable).length;
  const pathless = attributions.filter((one) => one.path === undefined).length;
  console.log(
    `  ${marked.length} blobs, ${attributions.length} places, ${reachable} reachable, ${pathless} without a path, ` +
      `${skipped.length} objects missing, rss ${(process.memoryUsage.rss() >> 20).toFixed(0)} MB`,
  );
}

function collect({ store, commitPlan, treePlan, commits, trees, next, worker, marked }: Work): void {
  const start = performance.now();
  const reader = new EntryReader(store, new Core<ObjectExports>());
  const rest = collectCommits(reader, commitPlan, takeShards(commitPlan, next[0]), commits);
  const between = performance.now();
  const found = collectTrees(reader, treePlan, takeShards(treePlan, next[1]), trees, worker, marked);
  reader.close();
  const done: Done = { rest, found, commitTime: between - start, treeTime: performance.now() - between };
  parentPort!.postMessage(done, [found.edges.buffer as ArrayBuffer]);
}

function run(work: Work): Promise<Done> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL(import.meta.url), { workerData: work });
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}

function seconds(start: number): string {
  return ((performance.now() - start) / 1000).toFixed(2);
}
