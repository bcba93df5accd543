import type { ObjectStore } from '../objects/store.ts';
import { findRow, NONE } from '../objects/table.ts';

/** A parent or tree that the store does not have. */
export const MISSING = -2;

/** The history: for each row of the object table that is a commit, where it leads. Shared memory, filled by all workers at once. */
export interface CommitTable {
  /** 1 once the commit has been read. */
  known: Uint8Array;
  /** Row of the root tree, or MISSING. */
  tree: Int32Array;
  /** Rows of the first two parents; NONE, or MISSING. */
  first: Int32Array;
  second: Int32Array;
  /** Committer's date, seconds since 1970. */
  time: Float64Array;
}

/** What does not fit the table. */
export interface CommitRest {
  /** Third and later parents: pairs of commit and parent. */
  octopus: [row: number, parent: number][];
  /** Ids (hex) that commits name and the store does not have. */
  missing: { row: number; id: string; what: 'parent' | 'tree' }[];
  /** Commits that make no sense. */
  malformed: number[];
}

export function createCommitTable(store: ObjectStore): CommitTable {
  const { count } = store.table;
  return {
    known: new Uint8Array(new SharedArrayBuffer(count)),
    tree: new Int32Array(new SharedArrayBuffer(count * 4)).fill(NONE),
    first: new Int32Array(new SharedArrayBuffer(count * 4)).fill(NONE),
    second: new Int32Array(new SharedArrayBuffer(count * 4)).fill(NONE),
    time: new Float64Array(new SharedArrayBuffer(count * 8)),
  };
}

/** Notes commits as a walk visits them; cheap enough to do while their messages are scanned. */
export class CommitCollector {
  readonly rest: CommitRest = { octopus: [], missing: [], malformed: [] };
  readonly #store: ObjectStore;
  readonly #commits: CommitTable;
  readonly #id = new Uint8Array(32);

  constructor(store: ObjectStore, commits: CommitTable) {
    this.#store = store;
    this.#commits = commits;
  }

  /** @param bytes memory in which the commit stands from `start` to `end` */
  collect(row: number, bytes: Uint8Array, start: number, end: number): void {
    const commits = this.#commits;
    commits.known[row] = 1;
    const hexLength = this.#store.table.idLength * 2;
    let at = start;
    if (!startsWith(bytes, at, TREE_KEY) || at + 5 + hexLength >= end) {
      this.rest.malformed.push(row);
      return;
    }
    commits.tree[row] = this.#find(row, bytes, at + 5, 'tree');
    at += 6 + hexLength;
    for (let parents = 0; startsWith(bytes, at, PARENT_KEY) && at + 7 + hexLength < end; parents++) {
      const parent = this.#find(row, bytes, at + 7, 'parent');
      if (parents === 0) commits.first[row] = parent;
      else if (parents === 1) commits.second[row] = parent;
      else this.rest.octopus.push([row, parent]);
      at += 8 + hexLength;
    }
    while (at < end && bytes[at] !== 0x0a && !startsWith(bytes, at, COMMITTER_KEY))
      at = bytes.indexOf(0x0a, at) + 1 || end;
    if (at >= end || bytes[at] === 0x0a) return;
    let close = bytes.indexOf(0x0a, at);
    if (close < 0 || close > end) close = end;
    while (close > at && bytes[close] !== 0x3e) close--;
    let time = 0;
    for (let i = close + 2; i < end && bytes[i] >= 0x30 && bytes[i] <= 0x39; i++)
      time = time * 10 + bytes[i] - 0x30;
    commits.time[row] = time;
  }

  #find(row: number, bytes: Uint8Array, at: number, what: 'parent' | 'tree'): number {
    const { table, map } = this.#store;
    const id = this.#id;
    for (let i = 0; i < table.idLength; i++)
      id[i] = (digit(bytes[at + 2 * i]) << 4) | digit(bytes[at + 2 * i + 1]);
    const found = findRow(table, map, id);
    if (found !== NONE) return found;
    this.rest.missing.push({ row, what, id: Buffer.from(id.subarray(0, table.idLength)).toString('hex') });
    return MISSING;
  }
}

const TREE_KEY = Buffer.from('tree ');
const PARENT_KEY = Buffer.from('parent ');
const COMMITTER_KEY = Buffer.from('committer ');

function startsWith(bytes: Uint8Array, at: number, key: Uint8Array): boolean {
  for (let i = 0; i < key.length; i++) if (bytes[at + i] !== key[i]) return false;
  return true;
}

function digit(byte: number): number {
  return byte <= 0x39 ? byte - 0x30 : (byte | 0x20) - 0x57;
}
