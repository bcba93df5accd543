import { beginQuiet } from '../../wasm/quiet.ts';
import type { EntryReader } from '../objects/reader.ts';
import type { ObjectStore } from '../objects/store.ts';
import { DUPLICATE, idOf, type ObjectTable } from '../objects/table.ts';
import type { Visitor } from '../walk/walk.ts';

/** Where each tree's edges stand. Shared memory, filled by all workers at once. */
export interface TreeTable {
  /** Index of the first edge in its worker's list. */
  start: Uint32Array;
  /** Number of edges, and in the upper bits the worker (from 1) that found them. */
  count: Uint32Array;
}

export const WORKER_SHIFT = 24;

/** What one worker found. */
export interface TreeEdges {
  /** Triples: offset of the entry, row it leads to, number of its name. */
  edges: Int32Array;
  /** Names by number, a latin1 character a byte. */
  names: string[];
  /** Ids (hex) that trees name and the store does not have, and a tree that does. */
  missing: { id: string; tree: string }[];
  /** Trees that cannot be read, with the reason. */
  broken: { row: number; reason: string }[];
  /** Rows of blobs that were not marked and have a name that was asked for. */
  named: number[];
}

export function createTreeTable(store: ObjectStore): TreeTable {
  const room = () => new Uint32Array(new SharedArrayBuffer(store.table.count * 4));
  return { start: room(), count: room() };
}

/** Edges are written in place, chunk by chunk, so that those of a base stay where they are while trees are built from it. */
const CHUNK = 6 << 20;
const EDGE = 12;
/** No entry is shorter: mode, space, a name of one byte, NUL and a SHA-1. */
const SHORTEST_ENTRY = 24;

/** In a fresh entry's place of an edge's index, as `treeEdges` says. */
const NOWHERE = -1;
const NAME_ONLY = -2;

/** What is remembered of a tree: the address of its edges times 2^20, plus their number. */
type State = number;
const COUNT_LIMIT = 1 << 20;

/** Names remembered as not asked for: 512 KB. */
const OTHER_NAMES = 1 << 16;

/** Collects the edges of all trees that a walk over TREE visits: which lead to which, to the marked blobs, and to those with a name that is asked for. */
export class TreeCollector implements Visitor<State> {
  readonly #reader: EntryReader;
  readonly #trees: TreeTable;
  readonly #worker: number;
  readonly #chunks: number[] = [];
  #used = CHUNK;
  #filled = 0;
  readonly #numbers = new Map<string, number>();
  readonly #missing = new Map<string, number>();
  readonly #broken: TreeEdges['broken'] = [];
  #fresh = 0;
  #freshLength = 0;
  #slots = 0;
  readonly #isAsked: ((name: string) => boolean) | undefined;
  readonly #named: number[] = [];
  #otherNames = 0;

  /**
   * @param worker number of this worker, from 0, below 255
   * @param marked rows of the blobs to find
   * @param isAsked whether blobs of a name (a latin1 character a byte) are to be found as well
   */
  constructor(
    reader: EntryReader,
    trees: TreeTable,
    worker: number,
    marked: Iterable<number>,
    isAsked?: (name: string) => boolean,
  ) {
    this.#reader = reader;
    this.#trees = trees;
    this.#worker = worker;
    this.#isAsked = isAsked;
    this.#enterIds(reader.store.table, marked);
    if (!isAsked) return;
    const { core, memory } = reader;
    this.#otherNames = memory.allocate(OTHER_NAMES * 8);
    beginQuiet(core, this.#otherNames, OTHER_NAMES);
    core.exports.tellNames();
  }

  visitWhole(row: number, _type: number, pointer: number, length: number): State {
    return this.#visit(row, pointer, length, 0, 0, 0);
  }

  visitDelta(
    row: number,
    _type: number,
    pointer: number,
    length: number,
    base: State,
    _basePointer: number,
    _baseLength: number,
    copies: number,
    copyCount: number,
  ): State {
    return this.#visit(row, pointer, length, base, copies, copyCount);
  }

  visitLarge(row: number): void {
    this.#broken.push({ row, reason: 'the tree is too large' });
  }

  visitBroken(row: number, reason: string): void {
    this.#broken.push({ row, reason });
  }

  /** Gives all that was found, and the memory back. */
  finish(): TreeEdges {
    const { core, memory, store } = this.#reader;
    const edges = new Int32Array(this.#filled / 4);
    const chunks = this.#chunks.length;
    this.#chunks.forEach((address, i) => {
      const bytes = i + 1 < chunks ? CHUNK : this.#used;
      edges.set(new Int32Array(core.bytes.buffer, address, bytes / 4), (i * CHUNK) / 4);
      memory.release(address);
    });
    memory.release(this.#slots);
    if (this.#freshLength > 0) memory.release(this.#fresh);
    if (this.#isAsked) memory.release(this.#otherNames);
    const missing = [...this.#missing].map(([id, tree]) => ({ id, tree: idOf(store.table, tree) }));
    return { edges, names: [...this.#numbers.keys()], missing, broken: this.#broken, named: this.#named };
  }

  #visit(
    row: number,
    pointer: number,
    length: number,
    base: State,
    copies: number,
    copyCount: number,
  ): State {
    const { core, store } = this.#reader;
    const room = Math.ceil(length / SHORTEST_ENTRY + 1) * EDGE;
    if (room > CHUNK) {
      this.#broken.push({ row, reason: 'the tree is too large' });
      return 0;
    }
    const out = this.#reserve(room);
    if (room > this.#freshLength) this.#growFresh(room);
    const baseCount = base % COUNT_LIMIT;
    const baseEdges = (base - baseCount) / COUNT_LIMIT;
    const { idLength } = store.table;
    const count = core.exports.treeEdges(
      pointer,
      length,
      idLength,
      copies,
      copyCount,
      baseEdges,
      baseCount,
      out,
      this.#fresh,
    );
    if (count < 0 || count >= COUNT_LIMIT) {
      this.#broken.push({ row, reason: 'the tree is malformed' });
      return 0;
    }
    const freshCount = core.exports.treeFreshCount();
    if (freshCount > 0 && this.#nameFresh(row, pointer, out, freshCount)) {
      // A blob was marked for its name: now it has an edge.
      return this.#visit(row, pointer, length, base, copies, copyCount);
    }
    if (core.exports.treeSameEdges()) {
      this.#note(row, baseEdges, baseCount);
      return base;
    }
    this.#used += count * EDGE;
    this.#filled = (this.#chunks.length - 1) * CHUNK + this.#used;
    this.#note(row, out, count);
    return out * COUNT_LIMIT + count;
  }

  #note(row: number, address: number, count: number): void {
    if (count === 0) return;
    let chunk = this.#chunks.length - 1;
    while (address < this.#chunks[chunk] || address >= this.#chunks[chunk] + CHUNK) chunk--;
    this.#trees.start[row] = (chunk * CHUNK + address - this.#chunks[chunk]) / EDGE;
    this.#trees.count[row] = count + (this.#worker + 1) * 2 ** WORKER_SHIFT;
  }

  /** Numbers the names of edges that no base had, and keeps the ids that nothing has. @returns whether it marked a blob */
  #nameFresh(row: number, pointer: number, out: number, freshCount: number): boolean {
    const { bytes } = this.#reader.core;
    let marks = false;
    const words = new Int32Array(bytes.buffer);
    const buffer = Buffer.from(bytes.buffer, 0, bytes.length);
    for (let i = 0, at = this.#fresh >> 2; i < freshCount; i++, at += 3) {
      const index = words[at];
      const start = pointer + words[at + 1];
      if (index === NOWHERE) {
        const id = buffer.toString('hex', start, start + words[at + 2]);
        if (!this.#missing.has(id)) this.#missing.set(id, row);
        continue;
      }
      const name = buffer.toString('latin1', start, start + words[at + 2]);
      if (index === NAME_ONLY) {
        if (this.#markNamed(name, start, start + words[at + 2])) marks = true;
        continue;
      }
      let number = this.#numbers.get(name);
      if (number === undefined) this.#numbers.set(name, (number = this.#numbers.size));
      words[(out + index * EDGE + 8) >> 2] = number;
    }
    return marks;
  }

  /** Marks the blob whose name stands at [from, to), before its id, when it is asked for. */
  #markNamed(name: string, from: number, to: number): boolean {
    const { core } = this.#reader;
    if (!this.#isAsked!(name)) {
      core.exports.isQuiet(from, to, 0, 0);
      core.exports.noteQuiet();
      return false;
    }
    this.#named.push(core.exports.markId(to + 1));
    return true;
  }

  #reserve(room: number): number {
    if (this.#used + room > CHUNK) {
      // What is left of the old chunk stays unused: edges of one tree stand together.
      this.#chunks.push(this.#reader.memory.allocate(CHUNK));
      this.#used = 0;
    }
    return this.#chunks[this.#chunks.length - 1] + this.#used;
  }

  #growFresh(room: number): void {
    const { memory } = this.#reader;
    if (this.#freshLength > 0) memory.release(this.#fresh);
    this.#fresh = memory.allocate(room * 2);
    this.#freshLength = room * 2;
  }

  #enterIds(table: ObjectTable, marked: Iterable<number>): void {
    const { core, memory } = this.#reader;
    const { ids, idLength, flags, count } = table;
    let slots = 1024;
    while (slots < count * 1.6) slots *= 2;
    this.#slots = memory.allocate(slots * 16);
    core.exports.useIds(this.#slots, slots);
    const batch = 1 << 16;
    const area = memory.allocate(batch * idLength);
    for (let first = 0; first < count; ) {
      if (flags[first] & DUPLICATE) {
        first++;
        continue;
      }
      let end = first + 1;
      while (end < count && end - first < batch && !(flags[end] & DUPLICATE)) end++;
      core.bytes.set(ids.subarray(first * idLength, end * idLength), area);
      core.exports.addIds(area, end - first, idLength, first);
      first = end;
    }
    for (const row of marked) {
      core.bytes.set(ids.subarray(row * idLength, (row + 1) * idLength), area);
      core.exports.markId(area);
    }
    memory.release(area);
  }
}
