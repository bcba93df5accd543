import { hasTarChecksum } from './kind.ts';
import type { Member, Reading } from './member.ts';
import { memberPath } from './member.ts';
import { ByteStream } from './stream.ts';
import { type Extended, isPaxSparse, parsePax, type Segment, sparseName, sparseSize } from './tar-pax.ts';
import { gnuSegments, inflateSparse, paxSegments } from './tar-sparse.ts';

const BLOCK = 512;

/** A long name or an extended header larger than this is no header. */
const MAX_HEADER = 2 ** 20;

/** Tar: V7, ustar, pax and GNU (POSIX.1-2017 pax, GNU tar manual "Basic Tar Format"), with sparse members. */
export function* readTar(tar: ByteStream, reading: Reading): Generator<Member> {
  let global: Extended = {};
  let extended: Extended = {};
  let longName: Uint8Array | undefined;
  let isEnded = false;
  for (;;) {
    const header = tar.read(BLOCK);
    if (header.length < BLOCK) {
      if (!isEnded || header.length > 0)
        reading.skip(reading.path, 'truncated: the tar ends without its end mark');
      return;
    }
    isEnded = header.every((byte) => byte === 0);
    if (isEnded) continue; // the end, or a tar appended to a tar
    if (!hasTarChecksum(header)) {
      reading.skip(reading.path, 'damaged: a tar header has a wrong checksum, what follows was not read');
      return;
    }
    const size = extended.size ?? numberAt(header, 124, 12);
    const type = String.fromCharCode(header[156] || 0x30);
    if ('xgLKX'.includes(type)) {
      const data = readHeaderData(tar, size);
      if (data === undefined) {
        reading.skip(reading.path, 'damaged: a tar header is too large, what follows was not read');
        return;
      }
      if (type === 'g') global = { ...global, ...parsePax(data) };
      else if (type === 'x' || type === 'X') extended = parsePax(data);
      else if (type === 'L') longName = untilNul(data);
      continue;
    }
    const all = { ...global, ...extended };
    const name = sparseName(all) ?? all.path ?? longName ?? nameOf(header);
    const path = memberPath(reading.path, name);
    extended = {};
    longName = undefined;
    if (!FILES.includes(type)) {
      // Links, devices and folders: some writers give them a size without content.
      if (type === 'D') tar.skip(size);
      continue;
    }
    reading.budget.countEntry();
    const segments = type === 'S' ? gnuSegments(header, tar) : undefined;
    const end = tar.position + size;
    if (segments !== undefined || isPaxSparse(all)) {
      const real = segments === undefined ? sparseSize(all) : numberAt(header, 483, 12);
      yield* sparseMember(tar, path, real, size, segments ?? paxSegments(all, tar), reading);
    } else {
      yield { path, content: tar.until(end) };
    }
    if (!tar.skipTo(end)) {
      reading.skip(path, 'truncated');
      return;
    }
    tar.skip((BLOCK - (size % BLOCK)) % BLOCK);
  }
}

/** Regular files: old and new, contiguous, GNU sparse. */
const FILES = '07S';

function* sparseMember(
  tar: ByteStream,
  path: string,
  real: number,
  stored: number,
  segments: Segment[],
  reading: Reading,
): Generator<Member> {
  const refused = reading.budget.refuse(real, stored);
  if (refused !== undefined) {
    reading.skip(path, `sparse: ${refused}`);
    return;
  }
  reading.budget.charge(real);
  yield { path, content: new ByteStream(inflateSparse(tar, real, segments)) };
}

function readHeaderData(tar: ByteStream, size: number): Uint8Array | undefined {
  if (size > MAX_HEADER) return undefined;
  return tar.read(Math.ceil(size / BLOCK) * BLOCK).subarray(0, size);
}

/** The ustar prefix belongs to the name, except in GNU's old format, where times stand there. */
function nameOf(header: Uint8Array): Uint8Array {
  const name = untilNul(header.subarray(0, 100));
  const isPosix = header[257] === 0x75 && header[262] === 0;
  const prefix = isPosix ? untilNul(header.subarray(345, 500)) : undefined;
  if (prefix === undefined || prefix.length === 0) return name;
  return Buffer.concat([prefix, Buffer.from('/'), name]);
}

function untilNul(bytes: Uint8Array): Uint8Array {
  const end = bytes.indexOf(0);
  return end < 0 ? bytes : bytes.subarray(0, end);
}

/** Octal text, or a big-endian binary number when the first bit is set. */
export function numberAt(header: Uint8Array, offset: number, length: number): number {
  if (header[offset] & 0x80) {
    let value = header[offset] & 0x7f;
    for (let i = 1; i < length; i++) value = value * 256 + header[offset + i];
    return value;
  }
  const text = Buffer.from(header.buffer, header.byteOffset + offset, length).toString('latin1');
  return Number.parseInt(text.trim() || '0', 8) || 0;
}
