import type { Input } from './input.ts';
import { Damaged } from './limits.ts';

/** A row or index entry as stored: `rowid` is absent in an index. */
export interface Cell {
  rowid?: number;
  payload: Uint8Array;
}

const INTERIOR_INDEX = 2;
const INTERIOR_TABLE = 5;
const LEAF_INDEX = 10;
const LEAF_TABLE = 13;

/**
 * The pages of an SQLite 3 file (https://www.sqlite.org/fileformat2.html). Each page is read once at most, so a file whose
 * pages point in circles or share their content takes no longer than another.
 */
export class SqlitePages {
  readonly encoding: 'utf8' | 'utf16le' | 'utf16be';
  /** Why something could not be read; the rest was. */
  damage: string | undefined;
  readonly #input: Input;
  readonly #pageSize: number;
  readonly #usable: number;
  readonly #seen: Uint8Array;

  /** @throws {Damaged} when there is no header */
  constructor(input: Input) {
    const header = Buffer.from(input.read(0, 100));
    if (header.length < 100) throw new Damaged('truncated');
    const size = header.readUInt16BE(16);
    this.#pageSize = size === 1 ? 65_536 : size;
    this.#usable = this.#pageSize - header[20];
    if (this.#pageSize < 512 || (this.#pageSize & (this.#pageSize - 1)) !== 0 || this.#usable < 480)
      throw new Damaged('damaged: no SQLite page size');
    this.encoding =
      header.readUInt32BE(56) === 2 ? 'utf16le' : header.readUInt32BE(56) === 3 ? 'utf16be' : 'utf8';
    this.#input = input;
    const count = Math.ceil(input.size / this.#pageSize);
    if (header.readUInt32BE(28) > count) this.damage = 'truncated';
    this.#seen = new Uint8Array(count + 1);
  }

  /** All cells of a table or an index, in order. */
  *cells(root: number): Generator<Cell> {
    const pending = [root];
    while (pending.length > 0) {
      const number = pending.pop()!;
      const page = this.#page(number);
      if (page === undefined) continue;
      const start = number === 1 ? 100 : 0;
      const type = page[start];
      const isLeaf = type === LEAF_TABLE || type === LEAF_INDEX;
      if (!isLeaf && type !== INTERIOR_TABLE && type !== INTERIOR_INDEX) {
        this.damage ??= 'damaged: an SQLite page of no known kind';
        continue;
      }
      const count = page.readUInt16BE(start + 3);
      const children: number[] = [];
      for (let i = 0; i < count; i++) {
        const pointer = start + (isLeaf ? 8 : 12) + 2 * i;
        if (pointer + 2 > page.length) break;
        const at = page.readUInt16BE(pointer);
        if (!isLeaf && at + 4 <= page.length) children.push(page.readUInt32BE(at));
        if (type === INTERIOR_TABLE) continue;
        const cell = this.#cell(page, isLeaf ? at : at + 4, type === LEAF_TABLE);
        if (cell === undefined) this.damage ??= 'damaged: an SQLite row breaks off';
        else yield cell;
      }
      if (!isLeaf) pending.push(page.readUInt32BE(start + 8));
      pending.push(...children.reverse());
    }
  }

  /** Pages on the free list, as they were left: what was deleted still stands there. */
  *freePages(): Generator<Uint8Array> {
    let trunk = Buffer.from(this.#input.read(32, 4)).readUInt32BE();
    while (trunk !== 0) {
      const page = this.#page(trunk);
      if (page === undefined) return;
      const leaves = Math.min(page.readUInt32BE(4), this.#usable / 4 - 2);
      yield page.subarray(8 + 4 * leaves);
      for (let i = 0; i < leaves; i++) {
        const leaf = this.#page(page.readUInt32BE(8 + 4 * i));
        if (leaf !== undefined) yield leaf;
      }
      trunk = page.readUInt32BE(0);
    }
  }

  /** Unallocated room in each page of rows: deleted rows stand there until something is written over them. */
  *gaps(): Generator<Uint8Array> {
    for (let number = 1; number < this.#seen.length; number++) {
      const page = this.#read(number);
      const start = number === 1 ? 100 : 0;
      if (page === undefined || page[start] !== LEAF_TABLE) continue;
      const content = page.readUInt16BE(start + 5) || 65_536;
      yield page.subarray(start + 8 + 2 * page.readUInt16BE(start + 3), content);
      let block = page.readUInt16BE(start + 1);
      while (block > 0 && block + 4 <= page.length) {
        yield page.subarray(block + 4, block + page.readUInt16BE(block + 2));
        const next = page.readUInt16BE(block);
        if (next <= block) break; // they are kept in ascending order
        block = next;
      }
    }
  }

  #cell(page: Buffer, start: number, isTable: boolean): Cell | undefined {
    const length = readVarint(page, start);
    const rowid = isTable ? readVarint(page, length.end) : undefined;
    const at = rowid?.end ?? length.end;
    const payload = this.#payload(page, at, length.value, isTable);
    return payload && { rowid: rowid?.value, payload };
  }

  #payload(page: Buffer, at: number, size: number, isTable: boolean): Uint8Array | undefined {
    const usable = this.#usable;
    const most = isTable ? usable - 35 : Math.floor(((usable - 12) * 64) / 255) - 23;
    if (size <= most) return at + size <= page.length ? page.subarray(at, at + size) : undefined;
    if (size > this.#input.size) return undefined;
    const least = Math.floor(((usable - 12) * 32) / 255) - 23;
    const fitting = least + ((size - least) % (usable - 4));
    const local = fitting <= most ? fitting : least;
    if (at + local + 4 > page.length) return undefined;
    const parts = [page.subarray(at, at + local)];
    let next = page.readUInt32BE(at + local);
    let missing = size - local;
    while (missing > 0 && next !== 0) {
      const overflow = this.#page(next);
      if (overflow === undefined) break;
      parts.push(overflow.subarray(4, Math.min(usable, 4 + missing)));
      missing -= usable - 4;
      next = overflow.readUInt32BE(0);
    }
    if (missing > 0) this.damage ??= 'damaged: an SQLite row breaks off';
    return Buffer.concat(parts);
  }

  /** A page that was not read before, or undefined. */
  #page(number: number): Buffer | undefined {
    if (number < 1 || number >= this.#seen.length) {
      this.damage ??= 'truncated: SQLite pages are missing';
      return undefined;
    }
    if (this.#seen[number]++ > 0) {
      this.#seen[number] = 1;
      this.damage ??= 'damaged: an SQLite page is used twice';
      return undefined;
    }
    return this.#read(number);
  }

  #read(number: number): Buffer | undefined {
    const bytes = this.#input.read((number - 1) * this.#pageSize, this.#pageSize);
    if (bytes.length < this.#pageSize) {
      this.damage ??= 'truncated';
      const padded = Buffer.alloc(this.#pageSize);
      padded.set(bytes);
      return padded;
    }
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  }
}

/** Seven bits a byte, highest first; a ninth byte gives all eight. */
export function readVarint(bytes: Uint8Array, start: number): { value: number; end: number } {
  let value = 0;
  for (let i = 0; i < 8; i++) {
    const byte = bytes[start + i] ?? 0;
    value = value * 128 + (byte & 0x7f);
    if (byte < 0x80) return { value, end: start + i + 1 };
  }
  return { value: value * 256 + (bytes[start + 8] ?? 0), end: start + 9 };
}
