import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { PackIndex } from './pack-index.ts';
import { BLOB, COMMIT, NONE, type ObjectTable, TAG, TREE, UNREADABLE } from './table.ts';

const OFFSET_DELTA = 6;
const REFERENCE_DELTA = 7;

/** Entries are small (300 bytes in rails/rails), so the whole pack is read once in order rather than entry by entry. */
const CHUNK = 4 << 20;
/** No header is longer: 10 bytes of size and a base of 10 bytes or an id. */
const LONGEST_HEADER = 64;

/** A delta whose base is named by id; resolved once all packs are known. */
export interface ReferenceDelta {
  row: number;
  base: Uint8Array;
}

/**
 * Reads a pack's entries into rows `first` on, in the order they stand in the pack: what is near in the pack is then near in
 * memory, which halves the time of a walk against rows in the order of ids.
 * @param onBad gets rows whose entry makes no sense
 * @returns deltas whose base is named by id
 * @throws {Error} saying in a few words why the pack as a whole is unusable
 */
export function readPackEntries(
  path: string,
  index: PackIndex,
  table: ObjectTable,
  first: number,
  onBad: (row: number, reason: string) => void,
): ReferenceDelta[] {
  const file = openSync(path, 'r');
  try {
    const length = fstatSync(file).size;
    const { header, size, type, base, packed, idLength } = table;
    const { count } = index;
    const end = length - idLength;
    const order = orderByOffset(index.offsets, length);
    const offsets = table.offset.subarray(first, first + count);
    const words = idLength / 4;
    const from = new Int32Array(index.ids.buffer, 0, count * words);
    const to = new Int32Array(table.ids.buffer, first * idLength, count * words);
    for (let k = 0, at = 0; k < count; k++) {
      const entry = order.entries[k];
      offsets[k] = index.offsets[entry];
      for (let word = entry * words, last = word + words; word < last; word++) to[at++] = from[word];
    }
    checkFrame(file, length, idLength, index);
    if (count > 0 && (offsets[0] < 12 || offsets[count - 1] >= end))
      throw new Error('pack index points outside the pack');
    const references: ReferenceDelta[] = [];
    const chunk = new Uint8Array(CHUNK + LONGEST_HEADER);
    let chunkStart = 0;
    let chunkEnd = 0;
    for (let k = 0; k < count; k++) {
      const row = first + k;
      const offset = offsets[k];
      const next = k + 1 < count ? offsets[k + 1] : end;
      packed[row] = next - offset;
      if (offset + LONGEST_HEADER > chunkEnd && chunkEnd < length) {
        chunkStart = offset;
        chunkEnd = offset + readSync(file, chunk, 0, chunk.length, offset);
      }
      let at = offset - chunkStart;
      const start = at;
      let byte = chunk[at++];
      const kind = (byte >> 4) & 7;
      let bytes = byte & 15;
      for (let scale = 16; byte & 128; scale *= 128) {
        byte = chunk[at++];
        bytes += (byte & 127) * scale;
      }
      size[row] = bytes;
      if (kind === OFFSET_DELTA) {
        byte = chunk[at++];
        let distance = byte & 127;
        while (byte & 128) {
          byte = chunk[at++];
          distance = (distance + 1) * 128 + (byte & 127);
        }
        const under = distance > 0 ? order.find(offsets, offset - distance) : NONE;
        // A base stands before its deltas, so its type is known by now, unless it refers to an id itself.
        if (under === NONE) onBad(row, 'its delta base is not in the pack');
        else {
          base[row] = first + under;
          type[row] = type[first + under];
        }
      } else if (kind === REFERENCE_DELTA) {
        references.push({ row, base: chunk.slice(at, at + idLength) });
        at += idLength;
      } else if (kind === COMMIT || kind === TREE || kind === BLOB || kind === TAG) {
        type[row] = kind;
      } else {
        onBad(row, `its type ${kind} is unknown`);
      }
      header[row] = Math.min(at - start, 255);
      if (at - start > next - offset) onBad(row, 'its header is cut off');
    }
    return references;
  } finally {
    closeSync(file);
  }
}

/** Gives rows that follow a reference delta their type, once `base` is complete. Rows in a cycle are bad. */
export function settleTypes(table: ObjectTable, onBad: (row: number, reason: string) => void): void {
  const { type, base, flags } = table;
  for (let row = 0; row < table.count; row++) {
    if (type[row] !== 0 || base[row] === NONE || flags[row] & UNREADABLE) continue;
    let at = row;
    let steps = 0;
    while (type[at] === 0 && base[at] !== NONE && steps++ <= table.count) at = base[at];
    const found = type[at];
    for (let back = row; back !== at && steps-- > 0; back = base[back]) {
      if (found !== 0) type[back] = found;
      else if (!(flags[back] & UNREADABLE)) onBad(back, 'its chain of deltas has no end');
    }
  }
}

function checkFrame(
  file: number,
  length: number,
  idLength: number,
  { count, packChecksum }: PackIndex,
): void {
  const head = Buffer.alloc(12);
  const tail = Buffer.alloc(idLength);
  if (length < 12 + idLength) throw new Error('pack is cut off');
  readSync(file, head, 0, 12, 0);
  readSync(file, tail, 0, idLength, length - idLength);
  if (head.toString('latin1', 0, 4) !== 'PACK') throw new Error('pack has no header');
  const version = head.readUInt32BE(4);
  if (version !== 2 && version !== 3) throw new Error(`pack has version ${version}, known are 2 and 3`);
  if (head.readUInt32BE(8) !== count) throw new Error('pack and its index hold different numbers of objects');
  if (!tail.equals(packChecksum)) throw new Error('pack is cut off, or its index belongs to another pack');
}

interface OffsetOrder {
  /** Entries of the index as they stand in the pack. */
  entries: Uint32Array;
  /** @returns the place in that order of the entry that begins at `offset`, or NONE */
  find(sorted: Float64Array, offset: number): number;
}

/** Sorts by buckets of equal width with about one entry each: some 80 ms for 1.2 million. */
function orderByOffset(offsets: Float64Array, length: number): OffsetOrder {
  const count = offsets.length;
  const width = Math.max(1, length / Math.max(1, count));
  const buckets = Math.floor(length / width) + 1;
  const starts = new Uint32Array(buckets + 1);
  const bucketOf = (offset: number) => Math.min(buckets - 1, Math.floor(offset / width));
  for (let i = 0; i < count; i++) starts[bucketOf(offsets[i]) + 1]++;
  for (let i = 0; i < buckets; i++) starts[i + 1] += starts[i];
  const fill = starts.slice();
  const entries = new Uint32Array(count);
  for (let i = 0; i < count; i++) entries[fill[bucketOf(offsets[i])]++] = i;
  for (let b = 0; b < buckets; b++) {
    const from = starts[b];
    const to = starts[b + 1];
    if (to - from > 64) {
      entries.subarray(from, to).sort((x, y) => offsets[x] - offsets[y]);
      continue;
    }
    for (let i = from + 1; i < to; i++) {
      const entry = entries[i];
      let j = i - 1;
      for (; j >= from && offsets[entries[j]] > offsets[entry]; j--) entries[j + 1] = entries[j];
      entries[j + 1] = entry;
    }
  }
  const find = (sorted: Float64Array, offset: number): number => {
    if (offset < 0) return NONE;
    const b = bucketOf(offset);
    for (let i = starts[b]; i < starts[b + 1]; i++) if (sorted[i] === offset) return i;
    return NONE;
  };
  return { entries, find };
}
