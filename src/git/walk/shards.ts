import type { ObjectStore } from '../objects/store.ts';
import { DUPLICATE, NONE, type ObjectType } from '../objects/table.ts';

/** Delta trees in groups of about equal work. Plain data over shared memory, for workers. */
export interface ShardPlan {
  /** Roots of delta trees, in the order of their packs, so that neighbours share read windows. */
  roots: Int32Array;
  /** Shard `i` has the roots `starts[i]` to `ends[i]`. Largest first: the last shards to be taken are then short. */
  starts: Uint32Array;
  ends: Uint32Array;
}

/** A delta costs about as much as this many bytes of a rebuilt blob. */
const OBJECT_COST = 4000;

/**
 * Groups all objects of the given types. Loose objects, whose type shows when they are opened, are in every plan.
 * The plan depends on the repository alone, never on the number of workers.
 * @param wanted number of shards to aim at; one tree is never split
 */
export function planShards(store: ObjectStore, types: readonly ObjectType[], wanted = 128): ShardPlan {
  const { table } = store;
  const rows: number[] = [];
  const costs: number[] = [];
  let total = 0;
  for (let row = 0; row < table.count; row++) {
    const { type, base, flags } = table;
    if (flags[row] & DUPLICATE || base[row] !== NONE) continue;
    if (type[row] !== 0 && !types.includes(type[row] as ObjectType)) continue;
    const cost = table.weight[row] * (OBJECT_COST + table.size[row]);
    rows.push(row);
    costs.push(cost);
    total += cost;
  }
  const shards: { start: number; end: number; cost: number }[] = [];
  const share = total / Math.max(1, wanted);
  for (let start = 0; start < rows.length; ) {
    let cost = 0;
    let end = start;
    while (end < rows.length && (end === start || cost + costs[end] <= share)) cost += costs[end++];
    shards.push({ start, end, cost });
    start = end;
  }
  shards.sort((a, b) => b.cost - a.cost || a.start - b.start);
  return {
    roots: share32(Int32Array, rows),
    starts: share32(
      Uint32Array,
      shards.map(({ start }) => start),
    ),
    ends: share32(
      Uint32Array,
      shards.map(({ end }) => end),
    ),
  };
}

function share32<T extends Int32Array | Uint32Array>(
  kind: new (buffer: SharedArrayBuffer) => T,
  values: number[],
): T {
  const array = new kind(new SharedArrayBuffer(values.length * 4));
  array.set(values);
  return array;
}
