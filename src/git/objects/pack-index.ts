import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** What an `.idx` file says (https://git-scm.com/docs/pack-format#_version_2_pack_idx_files_support_packs_larger_than_4_gib_and). */
export interface PackIndex {
  count: number;
  /** Ids in order, `count` times the id's length, aligned to 4 bytes. */
  ids: Uint8Array;
  /** Where each object's entry begins in the pack, bytes. */
  offsets: Float64Array;
  /** The pack's own checksum, as the pack's last bytes must read. */
  packChecksum: Uint8Array;
}

/** @throws {Error} saying in a few words what is wrong with the file */
export function readPackIndex(path: string, idLength: number): PackIndex {
  const file = openSync(path, 'r');
  try {
    const length = fstatSync(file).size;
    if (length < 8 + 1024 + 2 * idLength) throw new Error('pack index is cut off');
    const start = read(file, 0, 8 + 1024);
    // Version 1 has no header: its first word is a count, never so large.
    if (start.readUInt32BE(0) !== 0xff744f63) return readVersion1(file, length, start, idLength);
    if (start.readUInt32BE(4) !== 2)
      throw new Error(`pack index has version ${start.readUInt32BE(4)}, known are 1 and 2`);
    const head = start.subarray(8);
    const count = countOf(head);
    const idsAt = 8 + 1024;
    const offsetsAt = idsAt + count * (idLength + 4);
    const largeAt = offsetsAt + count * 4;
    const trailerAt = length - 2 * idLength;
    if (largeAt > trailerAt || (trailerAt - largeAt) % 8 !== 0) throw new Error('pack index is cut off');
    const ids = new Uint8Array(count * idLength);
    readInto(file, idsAt, ids);
    checkOrder(ids, count, idLength, head);
    const small = read(file, offsetsAt, count * 4);
    const large = read(file, largeAt, trailerAt - largeAt);
    const offsets = new Float64Array(count);
    for (let i = 0; i < count; i++) {
      const value = small.readUInt32BE(i * 4);
      if (value < 0x80000000) {
        offsets[i] = value;
        continue;
      }
      const at = (value - 0x80000000) * 8;
      if (at + 8 > large.length) throw new Error('pack index points behind its table of large offsets');
      offsets[i] = large.readUInt32BE(at) * 0x100000000 + large.readUInt32BE(at + 4);
    }
    return { count, ids, offsets, packChecksum: read(file, trailerAt, idLength) };
  } finally {
    closeSync(file);
  }
}

/** git wrote these until 2008, and still does when `pack.indexVersion` is 1: offsets and ids side by side. */
function readVersion1(file: number, length: number, head: Buffer, idLength: number): PackIndex {
  const count = countOf(head);
  const trailerAt = length - 2 * idLength;
  const entry = 4 + idLength;
  if (1024 + count * entry !== trailerAt) throw new Error('pack index is cut off, or no pack index');
  const entries = read(file, 1024, count * entry);
  const ids = new Uint8Array(count * idLength);
  const offsets = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    offsets[i] = entries.readUInt32BE(i * entry);
    ids.set(entries.subarray(i * entry + 4, (i + 1) * entry), i * idLength);
  }
  checkOrder(ids, count, idLength, head);
  return { count, ids, offsets, packChecksum: read(file, trailerAt, idLength) };
}

/** The last entry of the fan-out table: how many objects there are. */
function countOf(fanOut: Buffer): number {
  let count = 0;
  for (let i = 0; i < 256; i++) {
    const upTo = fanOut.readUInt32BE(i * 4);
    if (upTo < count) throw new Error('pack index has a broken fan-out table');
    count = upTo;
  }
  return count;
}

/** Looking objects up and sharing work rely on the order, and a flipped bit mostly breaks it. */
function checkOrder(ids: Uint8Array, count: number, idLength: number, fanOut: Buffer): void {
  let bucket = 0;
  for (let i = 0; i < count; i++) {
    const at = i * idLength;
    while (bucket < 256 && fanOut.readUInt32BE(bucket * 4) <= i) bucket++;
    if (ids[at] !== bucket) throw new Error('pack index is not in the order of its fan-out table');
    if (i === 0) continue;
    let k = 0;
    while (k < idLength && ids[at + k] === ids[at + k - idLength]) k++;
    if (k < idLength && ids[at + k] < ids[at + k - idLength]) throw new Error('pack index is not sorted');
  }
}

function read(file: number, at: number, length: number): Buffer {
  const bytes = Buffer.allocUnsafe(length);
  readInto(file, at, bytes);
  return bytes;
}

function readInto(file: number, at: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; ) {
    const got = readSync(file, bytes, done, bytes.length - done, at + done);
    if (got === 0) throw new Error('pack index is cut off');
    done += got;
  }
}
