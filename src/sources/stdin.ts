import type { Readable } from 'node:stream';
import type { BlobScanner } from '../engine/blob-scanner.ts';
import type { Detection } from '../engine/detection.ts';
import { PieceScanner } from './piece-scanner.ts';

/** Scans a stream of any length, piece by piece. */
export async function scanStream(
  scanner: BlobScanner,
  stream: Readable,
  path: string,
): Promise<{ detections: Detection[]; bytes: number }> {
  const pieces = new PieceScanner(scanner, path);
  for await (const chunk of stream) pieces.push(chunk as Buffer);
  return { detections: pieces.end(), bytes: pieces.bytes };
}
