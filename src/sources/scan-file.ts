import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import type { BlobScanner } from '../engine/blob-scanner.ts';
import type { Detection } from '../engine/detection.ts';
import { detectArchive, HEAD_BYTES } from './archives/kind.ts';
import { PieceScanner } from './piece-scanner.ts';

export type FileResult =
  | { kind: 'scanned'; bytes: number; detections: Detection[] }
  /** A submodule, or a folder that took a file's place. */
  | { kind: 'folder' }
  /** A link: what it leads to within the tree is met by itself. */
  | { kind: 'link' }
  /** Larger than wanted. */
  | { kind: 'large' }
  /** An archive of so many bytes, of which nothing was scanned. */
  | { kind: 'archive'; bytes: number };

// A FIFO that takes a file's place while the scan runs must not block it.
const FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/** An ordinary file gives all it has at once; asking again would double the calls for a tree of small files. */
const SURE = 65536;

/**
 * Scans a file straight from its descriptor into the scanner's memory.
 * @param file the path to open
 * @param path the path that rules see
 * @param maxBytes larger files are not scanned
 * @param leaveArchives an archive is told by its first bytes and left to others
 * @throws the system's error when it cannot be read
 */
export function scanFile(
  scanner: BlobScanner,
  file: Buffer | string,
  path: string,
  maxBytes: number,
  leaveArchives: boolean,
): FileResult {
  let fd: number;
  try {
    fd = openSync(file, FLAGS);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ELOOP') return { kind: 'link' };
    throw error;
  }
  try {
    const pieces = new PieceScanner(scanner, path);
    for (;;) {
      const { at, size } = pieces.room;
      const { bytes } = scanner.scanner.memory.core;
      const read = readSync(fd, bytes, at, size, null);
      if (leaveArchives && pieces.bytes === 0 && isArchive(bytes, at, read, path)) {
        const length = fstatSync(fd).size;
        return length > maxBytes ? { kind: 'large' } : { kind: 'archive', bytes: length };
      }
      if (pieces.bytes + read > maxBytes) return { kind: 'large' };
      if (read > 0) pieces.filled(read);
      if (read === 0 || (read < SURE && read < size)) break;
    }
    return { kind: 'scanned', bytes: pieces.bytes, detections: pieces.end() };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EISDIR') return { kind: 'folder' };
    throw error;
  } finally {
    closeSync(fd);
  }
}

function isArchive(bytes: Uint8Array, at: number, length: number, path: string): boolean {
  return detectArchive(bytes.subarray(at, at + Math.min(length, HEAD_BYTES)), path) !== undefined;
}
