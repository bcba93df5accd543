import { closeSync, openSync, readSync } from 'node:fs';
import type { Core } from '../../wasm/core.ts';
import { Memory } from '../../wasm/memory.ts';
import { inflateError, type ObjectExports, SLACK } from '../../wasm/objects.ts';
import { type LooseHeader, readLoose, readLooseHeader } from './loose.ts';
import type { ObjectStore } from './store.ts';
import { idOf, NONE, type ObjectType, UNREADABLE } from './table.ts';

/** What claims to be larger is not read into memory, whoever asks. */
const LARGEST = 256 << 20;

/** Bytes in the core's memory. */
export interface Piece {
  pointer: number;
  length: number;
}

/** What a delta built, and from which runs of its base: `applyDelta` of `src/wasm/assembly/delta.ts` describes them. */
export interface Built extends Piece {
  copies: number;
  copyCount: number;
}

export interface WholeObject extends Piece {
  type: ObjectType;
}

/**
 * Delta families are scattered over a pack, so many small windows beat few large ones. Blobs of rails/rails on one core, one run
 * each: 32 windows of 256 KB 3.8 s, 512 of 64 KB 2.6 s, 1024 of 32 KB 2.4 s, 2048 of 16 KB 2.2 s, 2048 of 4 KB 2.3 s.
 */
const WINDOW = 16 << 10;
/** Windows overlap by this, so that only entries longer than it are ever read alone. */
const OVERLAP = 4 << 10;
const WINDOWS = 2048;

/** Reads entries of packs and loose objects into the core's memory. One per worker; it holds open files and read windows (42 MB). */
export class EntryReader {
  readonly store: ObjectStore;
  readonly core: Core<ObjectExports>;
  readonly memory: Memory;
  readonly #files: number[] = [];
  readonly #windows: number;
  /** Which window stands in each slot: source * 2^32 + number. */
  readonly #held = new Float64Array(WINDOWS).fill(-1);
  #alone: Piece = { pointer: 0, length: 0 };

  constructor(store: ObjectStore, core: Core<ObjectExports>, memory: Memory = new Memory(core)) {
    this.store = store;
    this.core = core;
    this.memory = memory;
    this.#windows = memory.allocate(WINDOWS * (WINDOW + OVERLAP + SLACK));
  }

  /**
   * Inflates what a pack entry holds, an object or a delta, into a new block of `size` bytes and slack; the caller releases it.
   * @throws {Error} saying in a few words what is wrong
   */
  inflate(row: number): Piece {
    const { table } = this.store;
    const length = table.size[row];
    if (length > LARGEST) throw new Error(`it is larger than ${LARGEST >> 20} MB`);
    const header = table.header[row];
    const packed = this.#packedAt(row);
    const pointer = this.memory.allocate(length + SLACK);
    const available = Math.min(table.packed[row], length * 2 + 4096) - header;
    const got = this.core.exports.inflate(packed + header, available, pointer, length);
    if (got !== length) {
      this.memory.release(pointer);
      throw new Error(got < 0 ? inflateError(got) : 'it is shorter than it says');
    }
    return { pointer, length };
  }

  isLoose(row: number): boolean {
    const { sources, table } = this.store;
    return sources[table.source[row]].kind === 'loose';
  }

  /** @throws {Error} as `inflate` */
  looseHeader(row: number): LooseHeader {
    const { store } = this;
    return readLooseHeader(store.sources[store.table.source[row]].path, idOf(store.table, row));
  }

  /** @throws {Error} as `inflate` */
  loose(row: number): WholeObject {
    const { store, memory, core } = this;
    if (this.looseHeader(row).length > LARGEST) throw new Error(`it is larger than ${LARGEST >> 20} MB`);
    const { type, bytes } = readLoose(store.sources[store.table.source[row]].path, idOf(store.table, row));
    const pointer = memory.allocate(bytes.length + SLACK);
    core.bytes.set(bytes, pointer);
    return { type, pointer, length: bytes.length };
  }

  /**
   * Any object, rebuilt from its chain of deltas. For single objects; a walk is cheaper for many.
   * @throws {Error} as `inflate`
   */
  whole(row: number): WholeObject {
    const { table } = this.store;
    if (this.isLoose(row)) return this.loose(row);
    const chain: number[] = [];
    let at = row;
    for (; table.base[at] !== NONE; at = table.base[at]) chain.push(at);
    if (table.flags[at] & UNREADABLE) throw new Error('its delta base cannot be read');
    let piece: Piece = this.isLoose(at) ? this.loose(at) : this.inflate(at);
    for (let next = chain.pop(); next !== undefined; next = chain.pop()) {
      const base = piece;
      try {
        const { pointer, length, copies } = this.applyDelta(this.inflate(next), base);
        this.memory.release(copies);
        piece = { pointer, length };
      } finally {
        this.memory.release(base.pointer);
      }
    }
    return { ...piece, type: table.type[row] as ObjectType };
  }

  /** Bytes of what a delta builds. @throws {Error} as `inflate`; `delta` is released then */
  builtLength(delta: Piece): number {
    const length = this.core.exports.deltaTargetLength(delta.pointer, delta.length);
    if (length >= 0) return length;
    this.memory.release(delta.pointer);
    throw new Error('its delta is damaged');
  }

  /**
   * Builds what `delta` makes of `base`, which stays; `delta` is released, what is given is the caller's to release.
   * @throws {Error} as `inflate`
   */
  applyDelta(delta: Piece, base: Piece): Built {
    const { memory, core } = this;
    const length = this.builtLength(delta);
    const pointer = memory.allocate(length + SLACK);
    const copies = memory.allocate(delta.length * 12);
    const copyCount = core.exports.applyDelta(
      base.pointer,
      base.length,
      delta.pointer,
      delta.length,
      pointer,
      length,
      copies,
    );
    memory.release(delta.pointer);
    if (copyCount >= 0) return { pointer, length, copies, copyCount };
    memory.release(copies);
    memory.release(pointer);
    throw new Error('its delta does not fit its base');
  }

  /** Closes the packs and gives the windows back. */
  close(): void {
    for (const file of this.#files) if (file !== undefined) closeSync(file);
    this.memory.release(this.#windows);
    if (this.#alone.length > 0) this.memory.release(this.#alone.pointer);
  }

  /** @returns the address where the whole entry stands until the next call */
  #packedAt(row: number): number {
    const { table } = this.store;
    const offset = table.offset[row];
    // An index that leaves entries out makes one look long; deflated data is never twice as long as what it holds.
    const length = Math.min(table.packed[row], table.size[row] * 2 + 4096);
    const source = table.source[row];
    if (length > OVERLAP) return this.#readAlone(source, offset, length);
    const number = Math.floor(offset / WINDOW);
    const key = source * 0x100000000 + number;
    const slot = (number + source) % WINDOWS;
    const pointer = this.#windows + slot * (WINDOW + OVERLAP + SLACK);
    if (this.#held[slot] !== key) {
      this.#held[slot] = -1;
      this.#read(source, pointer, WINDOW + OVERLAP, number * WINDOW);
      this.#held[slot] = key;
    }
    return pointer + (offset - number * WINDOW);
  }

  #readAlone(source: number, offset: number, length: number): number {
    if (this.#alone.length < length) {
      if (this.#alone.length > 0) this.memory.release(this.#alone.pointer);
      this.#alone = { pointer: this.memory.allocate(length + SLACK), length };
    }
    this.#read(source, this.#alone.pointer, length, offset);
    return this.#alone.pointer;
  }

  /** A pack that ends early leaves the rest as it was: the checksum of the stream tells. */
  #read(source: number, pointer: number, length: number, offset: number): void {
    this.#files[source] ??= openSync(this.store.sources[source].path, 'r');
    for (let done = 0; done < length; ) {
      const got = readSync(
        this.#files[source],
        this.core.bytes,
        pointer + done,
        length - done,
        offset + done,
      );
      if (got === 0) return;
      done += got;
    }
  }
}
