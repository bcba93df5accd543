import type { ObjectStore } from '../objects/store.ts';
import { NONE } from '../objects/table.ts';
import type { CommitRest, CommitTable } from './commits.ts';

/** All commits of the repository numbered so that parents come before their children. */
export interface History {
  count: number;
  /** Row of each commit. */
  rows: Int32Array;
  /** Number of the commit in a row, or NONE. */
  numberOf: Int32Array;
  /** Parents of commit `i` are `parents[starts[i]]` to `parents[starts[i + 1]]`, by number. */
  starts: Int32Array;
  parents: Int32Array;
  /** Committer's time of commit `i` in seconds since 1970, moved up to that of its latest ancestor: clocks run backwards at times. */
  time: Float64Array;
  /** How many commits lie on the longest way from commit `i` to a root: tells parent from child within a second. */
  generation: Int32Array;
}

export function orderHistory(
  store: ObjectStore,
  commits: CommitTable,
  rests: readonly CommitRest[],
): History {
  const { count: rowCount } = store.table;
  const known: number[] = [];
  for (let row = 0; row < rowCount; row++) if (commits.known[row]) known.push(row);
  const octopus = new Map<number, number[]>();
  for (const [row, parent] of rests.flatMap((rest) => rest.octopus)) {
    octopus.set(row, [...(octopus.get(row) ?? []), parent]);
  }
  const parentsOf = (row: number): number[] => {
    const all = [commits.first[row], commits.second[row], ...(octopus.get(row) ?? [])];
    return all.filter((parent) => parent >= 0 && commits.known[parent]);
  };

  // Children are counted down, so tips come first; the reverse of that is the order wanted.
  const waiting = new Int32Array(rowCount);
  for (const row of known) for (const parent of parentsOf(row)) waiting[parent]++;
  const reversed: number[] = [];
  const ready = known.filter((row) => waiting[row] === 0);
  for (let row = ready.pop(); row !== undefined; row = ready.pop()) {
    reversed.push(row);
    for (const parent of parentsOf(row)) if (--waiting[parent] === 0) ready.push(parent);
  }
  const rows = Int32Array.from(reversed.reverse());
  const numberOf = new Int32Array(rowCount).fill(NONE);
  rows.forEach((row, i) => {
    numberOf[row] = i;
  });
  const starts = new Int32Array(rows.length + 1);
  const parents: number[] = [];
  rows.forEach((row, i) => {
    for (const parent of parentsOf(row)) parents.push(numberOf[parent]);
    starts[i + 1] = parents.length;
  });
  const count = rows.length;
  const time = Float64Array.from(rows, (row) => commits.time[row]);
  const generation = new Int32Array(count);
  for (let i = 0; i < count; i++) {
    for (let k = starts[i]; k < starts[i + 1]; k++) {
      time[i] = Math.max(time[i], time[parents[k]]);
      generation[i] = Math.max(generation[i], generation[parents[k]] + 1);
    }
  }
  return { count, rows, numberOf, starts, parents: Int32Array.from(parents), time, generation };
}

/** Below 0 when commit `a` comes before `b` (numbers): never an ancestor after its descendant; 0 when only their ids can tell. */
export function compareAge({ time, generation }: History, a: number, b: number): number {
  return time[a] - time[b] || generation[a] - generation[b];
}

/** @returns 1 for each commit that is one of `tips` (numbers) or an ancestor of one */
export function markAncestors(history: History, tips: Iterable<number>): Uint8Array {
  const marked = new Uint8Array(history.count);
  for (const tip of tips) marked[tip] = 1;
  // Children have higher numbers, so one pass down suffices.
  for (let i = history.count - 1; i >= 0; i--) {
    if (!marked[i]) continue;
    for (let k = history.starts[i]; k < history.starts[i + 1]; k++) marked[history.parents[k]] = 1;
  }
  return marked;
}
