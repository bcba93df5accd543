import { type Input, slice } from './input.ts';
import { Damaged } from './limits.ts';

export interface ZipEntry {
  name: Uint8Array;
  flags: number;
  method: number;
  crc: number | undefined;
  packed: number | undefined;
  size: number | undefined;
  /** Offset of the local header, in bytes. */
  header: number;
}

const END = 0x06054b50;
const END_BYTES = 22;
const CENTRAL = 0x02014b50;
const MAX_COMMENT = 65_535;

/**
 * The entries of a zip's central directory (APPNOTE 6.3.10, sections 4.3.12 to 4.3.16), zip64 included.
 * Offsets count from the start of the archive proper, which may stand behind a script or a signature.
 * @throws {Damaged} when there is no directory
 */
export function* zipEntries(input: Input): Generator<ZipEntry> {
  const { end, offset, size, entries } = findDirectory(input);
  const shift = end - size - offset;
  if (shift < 0) throw new Damaged('damaged: the zip directory lies outside of the file');
  const directory = input.read(end - size, size);
  const view = viewOf(directory);
  let at = 0;
  let count = 0;
  while (at + 46 <= directory.length && view.getUint32(at, true) === CENTRAL) {
    const nameLength = view.getUint16(at + 28, true);
    const extraLength = view.getUint16(at + 30, true);
    const next = at + 46 + nameLength + extraLength + view.getUint16(at + 32, true);
    const entry: ZipEntry = {
      name: directory.subarray(at + 46, at + 46 + nameLength),
      flags: view.getUint16(at + 8, true),
      method: view.getUint16(at + 10, true),
      crc: view.getUint32(at + 16, true),
      packed: view.getUint32(at + 20, true),
      size: view.getUint32(at + 24, true),
      header: view.getUint32(at + 42, true),
    };
    widen(entry, directory.subarray(at + 46 + nameLength, at + 46 + nameLength + extraLength));
    entry.header += shift;
    yield entry;
    at = next;
    count++;
  }
  // Writers without zip64 let the count of many entries wrap around.
  if (at < directory.length || count % 65_536 !== entries % 65_536)
    throw new Damaged('damaged: the zip directory breaks off');
}

/**
 * The entries whose local headers can be found from the start on: for a zip that has lost its end.
 * An entry written as a stream does not know its sizes there.
 */
export function* zipRemains(input: Input): Generator<ZipEntry> {
  let at = 0;
  for (;;) {
    at = findLocalHeader(input, at);
    if (at < 0) return;
    const head = input.read(at, 30);
    if (head.length < 30) return;
    const view = viewOf(head);
    const flags = view.getUint16(6, true);
    const nameLength = view.getUint16(26, true);
    const name = input.read(at + 30, nameLength);
    const isStream = (flags & 8) !== 0;
    const entry: ZipEntry = {
      name,
      flags,
      method: view.getUint16(8, true),
      crc: isStream ? undefined : view.getUint32(14, true),
      packed: isStream ? undefined : view.getUint32(18, true),
      size: isStream ? undefined : view.getUint32(22, true),
      header: at,
    };
    widen(entry, input.read(at + 30 + nameLength, view.getUint16(28, true)));
    yield entry;
    at += 30 + nameLength + (entry.packed ?? 0);
  }
}

/** The packed bytes of an entry; without a told size, all up to the next local header. */
export function packedBytes(input: Input, entry: ZipEntry): Input {
  const head = input.read(entry.header, 30);
  if (head.length < 30) throw new Damaged('truncated');
  const view = viewOf(head);
  if (view.getUint32(0, true) !== 0x04034b50)
    throw new Damaged('damaged: no zip member where the directory says');
  const start = entry.header + 30 + view.getUint16(26, true) + view.getUint16(28, true);
  if (entry.packed !== undefined) return slice(input, start, entry.packed);
  const next = findLocalHeader(input, start);
  return slice(input, start, (next < 0 ? input.size : next) - start);
}

interface Directory {
  /** Where it ends; offsets within the file. */
  end: number;
  offset: number;
  /** Bytes. */
  size: number;
  entries: number;
}

function findDirectory(input: Input): Directory {
  const tailStart = Math.max(0, input.size - END_BYTES - MAX_COMMENT);
  const tail = input.read(tailStart, END_BYTES + MAX_COMMENT);
  const view = viewOf(tail);
  for (let at = tail.length - END_BYTES; at >= 0; at--) {
    if (view.getUint32(at, true) !== END || at + END_BYTES + view.getUint16(at + 20, true) > tail.length)
      continue;
    const plain = {
      end: tailStart + at,
      offset: view.getUint32(at + 16, true),
      size: view.getUint32(at + 12, true),
      entries: view.getUint16(at + 10, true),
    };
    return findZip64(input, plain.end) ?? plain;
  }
  throw new Damaged('truncated: the zip has lost its directory');
}

function findZip64(input: Input, end: number): Directory | undefined {
  const locator = input.read(end - 20, 20);
  if (end < 20 || locator.length < 20 || viewOf(locator).getUint32(0, true) !== 0x07064b50) return undefined;
  const told = Number(viewOf(locator).getBigUint64(8, true));
  // Behind a prefix the told offset is short; the record then stands right before its locator.
  for (const at of [told, end - 20 - 56]) {
    const record = input.read(at, 56);
    if (at < 0 || record.length < 56 || viewOf(record).getUint32(0, true) !== 0x06064b50) continue;
    const view = viewOf(record);
    return {
      end: at,
      offset: Number(view.getBigUint64(48, true)),
      size: Number(view.getBigUint64(40, true)),
      entries: Number(view.getBigUint64(32, true)),
    };
  }
  return undefined;
}

/** Replaces fields that are all ones by their 64-bit values from the extra field 1. */
function widen(entry: ZipEntry, extra: Uint8Array): void {
  const view = viewOf(extra);
  for (let at = 0; at + 4 <= extra.length; at += 4 + view.getUint16(at + 2, true)) {
    if (view.getUint16(at, true) !== 1) continue;
    const end = Math.min(extra.length, at + 4 + view.getUint16(at + 2, true));
    let field = at + 4;
    for (const key of ['size', 'packed', 'header'] as const) {
      if (entry[key] !== 0xffffffff || field + 8 > end) continue;
      entry[key] = Number(view.getBigUint64(field, true));
      field += 8;
    }
    return;
  }
}

const LOCAL = Buffer.from('PK\x03\x04', 'latin1');
const STEP = 16_384;

function findLocalHeader(input: Input, from: number): number {
  for (let at = from; at < input.size; at += STEP) {
    const bytes = input.read(at, STEP + 3);
    const found = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).indexOf(LOCAL);
    if (found >= 0) return at + found;
  }
  return -1;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
