import type { EntryReader } from '../objects/reader.ts';
import { COMMIT, TREE } from '../objects/table.ts';
import type { ShardPlan } from '../walk/shards.ts';
import { walkShard } from '../walk/walk.ts';
import { CommitCollector, type CommitRest, type CommitTable } from './commits.ts';
import { TreeCollector, type TreeEdges, type TreeTable } from './trees.ts';

/** Gives shard after shard until all are taken, to however many workers share `next`. */
export function* takeShards(plan: ShardPlan, next: Int32Array): Generator<number> {
  for (let shard = Atomics.add(next, 0, 1); shard < plan.starts.length; shard = Atomics.add(next, 0, 1))
    yield shard;
}

/** Reads all commits of the shards. Not needed where a scan of commit messages feeds a `CommitCollector` on its way. */
export function collectCommits(
  reader: EntryReader,
  plan: ShardPlan,
  shards: Iterable<number>,
  commits: CommitTable,
): CommitRest {
  const collector = new CommitCollector(reader.store, commits);
  const visit = (row: number, _type: number, pointer: number, length: number) =>
    collector.collect(row, reader.core.bytes, pointer, pointer + length);
  const visitor = {
    visitWhole: visit,
    visitDelta: visit,
    visitLarge: (row: number) => void collector.rest.malformed.push(row),
    visitBroken: (row: number) => void collector.rest.malformed.push(row),
  };
  for (const shard of shards) walkShard(reader, plan, shard, [COMMIT], visitor);
  return collector.rest;
}

/**
 * Reads all trees of the shards and notes which lead to the marked blobs, and what they name that is not there.
 * @param worker number of this worker, from 0: its place in the list that `attribute` gets
 * @param isAsked names of blobs to find beside the marked ones
 */
export function collectTrees(
  reader: EntryReader,
  plan: ShardPlan,
  shards: Iterable<number>,
  trees: TreeTable,
  worker: number,
  marked: Iterable<number>,
  isAsked?: (name: string) => boolean,
): TreeEdges {
  const collector = new TreeCollector(reader, trees, worker, marked, isAsked);
  for (const shard of shards) walkShard(reader, plan, shard, [TREE], collector);
  return collector.finish();
}
