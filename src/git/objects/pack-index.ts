import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** What an `.idx` file of version 2 says (https://git-scm.com/docs/pack-format#_version_2_pack_idx_files_support_packs_larger_than_4_gib_and). */
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
    const head = read(file, 0, 8 + 1024);
    if (head.readUInt32BE(0) !== 0xff744f63) throw new Error('pack index has no version 2 header');
    if (head.readUInt32BE(4) !== 2)
      throw new Error(`pack index has version ${head.readUInt32BE(4)}, known is 2`);
    let count = 0;
    for (let i = 0; i < 256; i++) {
      const upTo = head.readUInt32BE(8 + i * 4);
      if (upTo < count) throw new Error('pack index has a broken fan-out table');
      count = upTo;
    }
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

/** Looking objects up and sharing work rely on the order, and a flipped bit mostly breaks it. */
function checkOrder(ids: Uint8Array, count: number, idLength: number, head: Buffer): void {
  let bucket = 0;
  for (let i = 0; i < count; i++) {
    const at = i * idLength;
    while (bucket < 256 && head.readUInt32BE(8 + bucket * 4) <= i) bucket++;
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
