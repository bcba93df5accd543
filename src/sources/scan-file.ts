import { closeSync, constants, openSync, readSync } from 'node:fs';
import type { BlobScanner } from '../engine/blob-scanner.ts';
import type { Detection } from '../engine/detection.ts';

/** Larger files are read piece by piece. */
export const PIECE = 8 << 20;
/** Bytes that neighbouring pieces share: twice what any rule may look at on one side of a keyword. */
export const OVERLAP = 256 << 10;

export type FileResult =
  | { kind: 'scanned'; bytes: number; detections: Detection[] }
  /** A submodule, or a folder that took a file's place. */
  | { kind: 'folder' }
  /** A link: what it leads to within the tree is met by itself. */
  | { kind: 'link' };

// A FIFO that takes a file's place while the scan runs must not block it.
const FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/**
 * Scans a file straight from its descriptor into the scanner's memory.
 * @param file the path to open; @param path the path that rules see
 * @throws the system's error when it cannot be read
 */
export function scanFile(
  scanner: BlobScanner,
  file: Buffer | string,
  path: string,
  maxBytes = Infinity,
): FileResult | { kind: 'large' } {
  const { memory } = scanner.scanner;
  memory.reserve(memory.texts + PIECE + 1);
  let fd: number;
  try {
    fd = openSync(file, FLAGS);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ELOOP') return { kind: 'link' };
    throw error;
  }
  try {
    const size = fill(fd, memory.core.bytes, memory.texts, Math.min(PIECE, maxBytes) + 1);
    if (size > maxBytes) return { kind: 'large' };
    if (size <= PIECE) return { kind: 'scanned', bytes: size, detections: scanner.scanMemory(path, size) };
    return scanPieces(scanner, fd, path, size, maxBytes);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EISDIR') return { kind: 'folder' };
    throw error;
  } finally {
    closeSync(fd);
  }
}

/** Continues a file of which the first `have` bytes stand in memory. Memory does not grow with the file. */
function scanPieces(
  scanner: BlobScanner,
  fd: number,
  path: string,
  have: number,
  maxBytes: number,
): FileResult | { kind: 'large' } {
  const { memory } = scanner.scanner;
  const { texts, exports } = memory;
  const detections: Detection[] = [];
  let total = have;
  let length = have;
  let line = 1;
  let column = 0;
  let first = true;
  for (;;) {
    const last = length <= PIECE;
    const from = first ? 0 : OVERLAP / 2;
    const to = last ? length : length - OVERLAP / 2;
    detections.push(...scanner.scanMemory(path, length, { line, column, from, to }));
    if (last) return { kind: 'scanned', bytes: total, detections };
    const kept = length - OVERLAP;
    const { buffer } = memory;
    const newlines = exports.countByte(texts, texts + kept, 10);
    line += newlines;
    const lineStart = newlines > 0 ? buffer.lastIndexOf(10, texts + kept - 1) + 1 : texts;
    column = (newlines > 0 ? 0 : column) + exports.countCharacters(lineStart, texts + kept);
    memory.core.bytes.copyWithin(texts, texts + kept, texts + length);
    const read = fill(fd, memory.core.bytes, texts + OVERLAP, PIECE + 1 - OVERLAP);
    total += read;
    if (total > maxBytes) return { kind: 'large' };
    length = OVERLAP + read;
    first = false;
  }
}

/** Reads until `want` bytes are there or the file ends. */
function fill(fd: number, into: Uint8Array, at: number, want: number): number {
  let have = 0;
  while (have < want) {
    const n = readSync(fd, into, at + have, want - have, null);
    if (n === 0) break;
    have += n;
    // Ordinary files give all they have at once; asking again would double the calls for a tree of small files.
    if (have < want && have < 65536) break;
  }
  return have;
}
