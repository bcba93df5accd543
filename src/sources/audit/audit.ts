import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { attribute } from '../../git/attribution/attribute.ts';
import { createCommitTable } from '../../git/attribution/commits.ts';
import { createTreeTable } from '../../git/attribution/trees.ts';
import { EntryReader } from '../../git/objects/reader.ts';
import { type ObjectStore, openObjectStore } from '../../git/objects/store.ts';
import { BLOB, COMMIT, findRow, NONE, TAG, TREE } from '../../git/objects/table.ts';
import { readTips, type Tips } from '../../git/refs.ts';
import { locateRepository, type Repository } from '../../git/repository.ts';
import type { GitOptions } from '../../git/run.ts';
import { planShards } from '../../git/walk/shards.ts';
import type { Confidence } from '../../model/finding.ts';
import type { Skipped } from '../../model/report.ts';
import type { Rule } from '../../rules/rule.ts';
import { Core } from '../../wasm/core.ts';
import type { ObjectExports } from '../../wasm/objects.ts';
import { startAuditThreads } from './audit-threads.ts';
import { type FirstPlaces, firstPlaces, type HeldRows } from './first-places.ts';
import { blobsInFolders } from './folder-blobs.ts';
import { addIndexPaths } from './index-paths.ts';
import { type LargeResult, scanLargeObjects } from './large-objects.ts';
import { createFolderTest, splitByNeed } from './named-files.ts';
import { type Narrowing, narrowHistory } from './narrowing.ts';
import { scanPrintedObjects } from './printed-objects.ts';
import {
  type AuditTask,
  BLOBS,
  CONTENT_SHARD,
  type ContentResult,
  forgetTrees,
  MEBIBYTES,
} from './scan-shards.ts';

export interface AuditOptions {
  /** A folder of the repository. */
  cwd: string;
  env: GitOptions['env'];
  rules: Rule[];
  leastConfidence: Confidence;
  includePublic: boolean;
  /** Larger blobs (bytes) are named as skipped. */
  maxFileSize: number;
  /** `delta` reads changed regions alone, `full` every blob whole, `git` what `git cat-file` prints. */
  engine: 'delta' | 'full' | 'git';
  jobs?: number;
  signal: AbortSignal;
  narrowing: Narrowing;
  /** `share` of the contents that was scanned, from 0 to 1; 0 when it is not known. */
  /** Told how many objects there are before any is read. */
  onOpened?: (objects: number) => void;
  onProgress?: (done: { blobs: number; total: number; bytes: number; share: number }) => void;
}

/** Where secrets stand in history: which object to read again, under which path, and what is known of the place. */
export interface Audit extends FirstPlaces {
  /** For objects above the limit of the reader: read them through git. */
  large: ReadonlySet<number>;
  reader: EntryReader;
  skipped: Skipped[];
  blobs: number;
  commits: number;
  bytes: number;
  narrowed: string[];
}

/** Finds every object of a repository that holds a secret, and where in history each secret first stood at each path. */
export async function auditRepository(options: AuditOptions): Promise<Audit> {
  const git: GitOptions = { cwd: options.cwd, env: options.env, signal: options.signal };
  const repository = locateRepository(git);
  const tipsAsked = readTips(repository, git);
  // Looked at below; until then a failure must not count as unhandled.
  tipsAsked.catch(() => {});
  const store = openObjectStore(repository);
  options.onOpened?.(store.table.count);
  const task: AuditTask = {
    store,
    rules: options.rules,
    leastConfidence: options.leastConfidence,
    includePublic: options.includePublic,
    maxFileSize: options.maxFileSize,
    whole: options.engine !== 'delta',
    contentPlan: planShards(store, [BLOB, COMMIT, TAG]),
    treePlan: planShards(store, [TREE]),
    commits: createCommitTable(store),
    trees: createTreeTable(store),
    counters: new Int32Array(new SharedArrayBuffer(16)),
  };
  const jobs = options.jobs ?? availableParallelism();
  const threads = startAuditThreads(task, jobs, options.signal);
  const timer = setInterval(() => {
    const { counters, contentPlan } = task;
    options.onProgress?.({
      // Each thread is still at work on the shard that it took last.
      share: Math.max(0, counters[CONTENT_SHARD] - jobs) / contentPlan.starts.length,
      blobs: counters[BLOBS],
      total: store.table.count,
      bytes: counters[MEBIBYTES] * 2 ** 20,
    });
  }, 200);
  try {
    const contents =
      options.engine === 'git' ? [await scanPrintedObjects(task, git)] : await threads.scanContents();
    const large = contents.flatMap((result) => result.large);
    const fromLarge = await scanLargeObjects(task, large, options.maxFileSize, git);
    const reader = new EntryReader(store, new Core<ObjectExports>());
    const isLarge = new Set(large);
    const first = rowsOf([...contents, fromLarge]);
    let found = await threads.collectTrees(first);
    const inFolders = blobsInFolders(found, reader, createFolderTest(splitByNeed(options.rules).named));
    const named = new Set([...found.flatMap((each) => each.named), ...inFolders]);
    const fromNamed = await threads.scanNamed(
      [...named].filter((row) => !isLarge.has(row)).sort((a, b) => a - b),
    );
    const held = joinResults([...contents, fromLarge, ...fromNamed]);
    const marked = [...held.keysByRow.keys()].sort((a, b) => a - b);
    // No tree was asked for what only a folder tells: rare enough to read them all again.
    if (rowsOf(fromNamed).some((row) => inFolders.has(row))) {
      forgetTrees(task);
      found = await threads.collectTrees(marked);
    }
    const { tips, narrowed, isKept } = await narrowHistory(await tipsAsked, options.narrowing, git);
    const { attributions, skipped, compareCommits } = attribute({
      reader,
      tips,
      commits: task.commits,
      rests: contents.map(({ rest }) => rest),
      trees: task.trees,
      found,
      marked,
      shallow: readShallow(repository),
    });
    return {
      ...firstPlaces(await addIndexPaths(attributions, store.table, git), compareCommits, held, task, isKept),
      large: isLarge,
      reader,
      skipped: onceEach([
        ...store.skipped,
        ...contents.flatMap((result) => result.skipped),
        ...fromLarge.skipped,
        ...skipped,
        ...lostTips(await tipsAsked, store),
        ...boundary(repository),
      ]),
      blobs: sum(contents, 'blobs') + fromLarge.blobs,
      commits: sum(contents, 'commits'),
      bytes: sum(contents, 'bytes') + fromLarge.bytes,
      narrowed,
    };
  } finally {
    clearInterval(timer);
    await threads.end();
  }
}

function rowsOf(results: (ContentResult | LargeResult)[]): number[] {
  return results.flatMap(({ rows }) => rows.map(({ row }) => row));
}

/** One numbering of secrets for all threads. */
function joinResults(results: (ContentResult | LargeResult)[]): HeldRows {
  const numbers = new Map<string, number>();
  const keysByRow = new Map<number, number[]>();
  for (const { rows, keys } of results) {
    const joined = keys.map((key) => {
      let number = numbers.get(key);
      if (number === undefined) numbers.set(key, (number = numbers.size));
      return number;
    });
    for (const { row, keys: own } of rows) {
      const numbered = own.map((key) => joined[key]);
      keysByRow.set(row, [...(keysByRow.get(row) ?? []), ...numbered]);
    }
  }
  return { keysByRow, keys: [...numbers.keys()] };
}

function sum(results: ContentResult[], key: 'blobs' | 'commits' | 'bytes'): number {
  return results.reduce((total, result) => total + result[key], 0);
}

/** History that was never fetched cannot be clean. */
function boundary({ shallow, partial, commonDir }: Repository): Skipped[] {
  const skipped: Skipped[] = [];
  if (shallow) {
    skipped.push({
      path: commonDir,
      reason: 'the clone is shallow, its history cut off: git fetch --unshallow brings the rest',
    });
  }
  if (partial) {
    skipped.push({
      path: commonDir,
      reason: 'the clone is partial, objects may be missing: git fetch --refetch --no-filter brings them',
    });
  }
  return skipped;
}

/** A loose object that is broken has no type, so that it is met among contents and among trees. */
function onceEach(skipped: Skipped[]): Skipped[] {
  return [...new Map(skipped.map((one) => [`${one.path}\0${one.reason}`, one])).values()];
}

/** What a ref names and the store does not have cannot be clean. Reflogs may name what git has thrown away. */
function lostTips({ refs, broken }: Tips, { table, map }: ObjectStore): Skipped[] {
  const lost = refs.filter(({ id }) => findRow(table, map, Buffer.from(id, 'hex')) === NONE);
  return [...broken, ...lost.map(({ name, id }) => ({ path: name, reason: `missing: object ${id}` }))];
}

function readShallow({ shallow, commonDir }: Repository): Set<string> {
  if (!shallow) return new Set();
  return new Set(readFileSync(join(commonDir, 'shallow'), 'latin1').split('\n').filter(Boolean));
}
