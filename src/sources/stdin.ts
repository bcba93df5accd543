import { addAbortSignal, type Readable } from 'node:stream';
import type { BlobScanner } from '../engine/blob-scanner.ts';
import type { Detection } from '../engine/detection.ts';
import type { Skipped } from '../model/report.ts';
import { detectArchive, HEAD_BYTES } from './archives/kind.ts';
import { PieceScanner } from './piece-scanner.ts';

/** An archive that comes through a pipe is held whole: its directory may stand at its end. In bytes. */
const LARGEST_ARCHIVE = 128 * 2 ** 20;

export interface StreamResult {
  found: { path: string; detections: Detection[] }[];
  bytes: number;
  skipped: Skipped[];
}

/** Scans a stream of any length, piece by piece; an archive is scanned by its members. */
export async function scanStream(
  scanner: BlobScanner,
  stream: Readable,
  path: string,
  { signal, noArchives }: { signal: AbortSignal; noArchives?: boolean },
): Promise<StreamResult> {
  // Waiting for input ends with the signal, too.
  const chunks = addAbortSignal(signal, stream)[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  const head = noArchives ? Buffer.alloc(0) : await readUpTo(chunks, HEAD_BYTES);
  if (detectArchive(head, path) !== undefined) return scanArchiveOf(scanner, head, chunks, path);
  const pieces = new PieceScanner(scanner, path);
  pieces.push(head);
  for (let next = await chunks.next(); !next.done; next = await chunks.next()) pieces.push(next.value);
  return { found: [{ path, detections: pieces.end() }], bytes: pieces.bytes, skipped: [] };
}

async function scanArchiveOf(
  scanner: BlobScanner,
  head: Buffer,
  chunks: AsyncIterator<Buffer>,
  path: string,
): Promise<StreamResult> {
  const bytes = await readUpTo(chunks, LARGEST_ARCHIVE + 1, head);
  const skipped: Skipped[] = [];
  if (bytes.length > LARGEST_ARCHIVE) {
    const reason = `an archive of more than ${LARGEST_ARCHIVE} bytes on standard input: write it to a file and scan that`;
    return { found: [], bytes: 0, skipped: [{ path, reason }] };
  }
  const { scanBlob } = await import('./scan-blob.ts');
  return { found: scanBlob(scanner, path, bytes, { skipped }), bytes: bytes.length, skipped };
}

/** @returns `length` bytes or somewhat more, or all there are */
async function readUpTo(
  chunks: AsyncIterator<Buffer | string>,
  length: number,
  start: Buffer = Buffer.alloc(0),
): Promise<Buffer> {
  const parts = [start];
  for (let sum = start.length; sum < length; ) {
    const { done, value } = await chunks.next();
    if (done) break;
    const part = Buffer.from(value);
    parts.push(part);
    sum += part.length;
  }
  return Buffer.concat(parts);
}
