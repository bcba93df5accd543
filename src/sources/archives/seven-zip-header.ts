import { Damaged } from './limits.ts';

/** One step of a folder's unpacking: a method's id in hex, and its properties. */
export interface Coder {
  method: string;
  properties: Uint8Array;
}

/** A run of packed bytes that is unpacked as a whole and then cut into files. */
export interface Folder {
  /** From the packed bytes to the content, in order. */
  coders: Coder[];
  /** Bytes after each coder. */
  sizes: number[];
  /** Offset in the file and length of the packed bytes. */
  start: number;
  packed: number;
  /** Sizes of the files in it. */
  files: number[];
}

export interface SevenZipHeader {
  folders: Folder[];
  /** Names of the files that have content, in the folders' order. */
  names: string[];
}

/** Property ids of 7zFormat.txt in the LZMA SDK. */
const ID = {
  end: 0,
  header: 1,
  properties: 2,
  additional: 3,
  streams: 4,
  files: 5,
  pack: 6,
  unpack: 7,
  parts: 8,
  size: 9,
  crc: 10,
  folder: 11,
  unpackSize: 12,
  partCount: 13,
  emptyStream: 14,
  name: 17,
  encoded: 23,
} as const;

/** @returns the header, or the folder that holds it packed */
export function parseHeader(bytes: Uint8Array): SevenZipHeader | { encoded: Folder } {
  const reader = new HeaderReader(bytes);
  const kind = reader.byte();
  if (kind === ID.encoded) {
    const [encoded] = reader.streams();
    if (encoded === undefined) throw new Damaged('damaged: no 7z header');
    return { encoded };
  }
  if (kind !== ID.header) throw new Damaged('damaged: no 7z header');
  let folders: Folder[] = [];
  let names: string[] = [];
  for (let id = reader.byte(); id !== ID.end; id = reader.byte()) {
    if (id === ID.properties) reader.skipProperties();
    else if (id === ID.additional) reader.streams();
    else if (id === ID.streams) folders = reader.streams();
    else if (id === ID.files) names = reader.files();
    else throw new Damaged('damaged: an unknown part of a 7z header');
  }
  return { folders, names };
}

class HeaderReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  byte(): number {
    if (this.#at >= this.#bytes.length) throw new Damaged('damaged: a 7z header breaks off');
    return this.#bytes[this.#at++];
  }

  /** Leading ones of the first byte tell how many bytes follow, lowest first; its other bits are the highest. */
  number(): number {
    const first = this.byte();
    let value = 0;
    let mask = 0x80;
    for (let i = 0; i < 8; i++, mask >>= 1) {
      if ((first & mask) === 0) return value + (first & (mask - 1)) * 2 ** (8 * i);
      value += this.byte() * 2 ** (8 * i);
    }
    return value;
  }

  /** A number of things that each take some of the header: more than it has bytes is damage. */
  count(): number {
    const count = this.number();
    if (count > this.#bytes.length) throw new Damaged('damaged: a 7z header counts more than it holds');
    return count;
  }

  take(length: number): Uint8Array {
    if (this.#at + length > this.#bytes.length) throw new Damaged('damaged: a 7z header breaks off');
    const bytes = this.#bytes.subarray(this.#at, this.#at + length);
    this.#at += length;
    return bytes;
  }

  bits(count: number): boolean[] {
    const bytes = this.take(Math.ceil(count / 8));
    return Array.from({ length: count }, (_, i) => ((bytes[i >> 3] >> (7 - (i & 7))) & 1) === 1);
  }

  /** Reads past checksums. @returns which of the things have one */
  digests(count: number): boolean[] {
    const defined = this.byte() === 1 ? new Array<boolean>(count).fill(true) : this.bits(count);
    this.take(4 * defined.filter(Boolean).length);
    return defined;
  }

  skipProperties(): void {
    while (this.byte() !== ID.end) this.take(this.number());
  }

  streams(): Folder[] {
    let offset = 32;
    let packed: number[] = [];
    let folders: Folder[] = [];
    let hasCrc: boolean[] = [];
    let hasParts = false;
    for (let id = this.byte(); id !== ID.end; id = this.byte()) {
      if (id === ID.pack) {
        offset += this.number();
        packed = this.#packedSizes();
      } else if (id === ID.unpack) {
        [folders, hasCrc] = this.#folders();
      } else if (id === ID.parts) {
        this.#parts(folders, hasCrc);
        hasParts = true;
      } else throw new Damaged('damaged: an unknown part of a 7z header');
    }
    if (!hasParts) for (const folder of folders) folder.files = [folder.sizes.at(-1)!];
    return this.#place(folders, packed, offset);
  }

  files(): string[] {
    const count = this.count();
    let names: string[] = [];
    let empty: boolean[] = [];
    for (let id = this.byte(); id !== ID.end; id = this.byte()) {
      const size = this.number();
      const end = this.#at + size;
      if (id === ID.emptyStream) empty = this.bits(count);
      else if (id === ID.name && this.byte() === 0)
        names = Buffer.from(this.take(size - 1))
          .toString('utf16le')
          .split('\0');
      this.#at = end;
    }
    return names.slice(0, count).filter((_, i) => !empty[i]);
  }

  #packedSizes(): number[] {
    const count = this.count();
    let sizes: number[] = [];
    for (let id = this.byte(); id !== ID.end; id = this.byte()) {
      if (id === ID.size) sizes = Array.from({ length: count }, () => this.number());
      else if (id === ID.crc) this.digests(count);
      else throw new Damaged('damaged: an unknown part of a 7z header');
    }
    return sizes;
  }

  #folders(): [Folder[], boolean[]] {
    if (this.byte() !== ID.folder) throw new Damaged('damaged: no 7z folders');
    const count = this.count();
    if (this.byte() !== 0) throw new Damaged('an external 7z header, which is not supported');
    const shapes = Array.from({ length: count }, () => this.#folder());
    if (this.byte() !== ID.unpackSize) throw new Damaged('damaged: no 7z sizes');
    for (const { folder, order } of shapes) {
      const sizes = order.map(() => this.number());
      folder.sizes = order.map((index) => sizes[index]);
    }
    let hasCrc: boolean[] = [];
    for (let id = this.byte(); id !== ID.end; id = this.byte()) {
      if (id !== ID.crc) throw new Damaged('damaged: an unknown part of a 7z header');
      hasCrc = this.digests(count);
    }
    return [shapes.map(({ folder }) => folder), hasCrc];
  }

  /** A chain of coders with one input and one output each, put in the order of unpacking. */
  #folder(): { folder: Folder; order: number[] } {
    const count = this.number();
    if (count < 1 || count > 8) throw new Damaged('damaged: no 7z coders');
    const coders = Array.from({ length: count }, () => this.#coder());
    const next = new Map<number, number>();
    for (let i = 1; i < count; i++) {
      const input = this.number();
      next.set(this.number(), input);
    }
    let at = coders.findIndex((_, index) => ![...next.values()].includes(index));
    const order: number[] = [];
    for (; at >= 0 && order.length < count; at = next.get(at) ?? -1) order.push(at);
    const folder = { coders: order.map((index) => coders[index]), sizes: [], start: 0, packed: 0, files: [] };
    return { folder, order };
  }

  #coder(): Coder {
    const flags = this.byte();
    const method = Buffer.from(this.take(flags & 15)).toString('hex');
    if (flags & 0x10) throw new Damaged('packed by a 7z method with several streams, which is not supported');
    return { method, properties: flags & 0x20 ? this.take(this.number()) : new Uint8Array(0) };
  }

  #parts(folders: Folder[], hasCrc: boolean[]): void {
    let id = this.byte();
    const counts = folders.map(() => 1);
    if (id === ID.partCount) {
      for (let i = 0; i < folders.length; i++) counts[i] = this.count();
      id = this.byte();
    }
    for (const [i, folder] of folders.entries()) {
      const whole = folder.sizes.at(-1)!;
      const known =
        id === ID.size ? Array.from({ length: Math.max(0, counts[i] - 1) }, () => this.number()) : [];
      const sum = known.reduce((total, size) => total + size, 0);
      if (sum > whole) throw new Damaged('damaged: 7z files larger than their folder');
      folder.files = counts[i] === 0 ? [] : [...known, whole - sum];
    }
    if (id === ID.size) id = this.byte();
    for (; id !== ID.end; id = this.byte()) {
      if (id !== ID.crc) throw new Damaged('damaged: an unknown part of a 7z header');
      this.digests(counts.reduce((total, count, i) => total + (count === 1 && hasCrc[i] ? 0 : count), 0));
    }
  }

  #place(folders: Folder[], packed: number[], offset: number): Folder[] {
    let start = offset;
    for (const [i, folder] of folders.entries()) {
      folder.start = start;
      folder.packed = packed[i] ?? 0;
      start += folder.packed;
    }
    return folders;
  }
}
