import { addAbortSignal, type Readable } from 'node:stream';
import type { BlobScanner } from '../engine/blob-scanner.ts';
import type { Detection } from '../engine/detection.ts';
import { PieceScanner } from './piece-scanner.ts';

/** Scans a stream of any length, piece by piece. */
export async function scanStream(
  scanner: BlobScanner,
  stream: Readable,
  path: string,
  signal: AbortSignal,
): Promise<{ detections: Detection[]; bytes: number }> {
  const pieces = new PieceScanner(scanner, path);
  // Waiting for input ends with the signal, too.
  for await (const chunk of addAbortSignal(signal, stream)) pieces.push(chunk as Buffer);
  return { detections: pieces.end(), bytes: pieces.bytes };
}
