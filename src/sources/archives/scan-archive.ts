import type { BlobScanner } from '../../engine/blob-scanner.ts';
import type { Detection } from '../../engine/detection.ts';
import type { Skipped } from '../../model/report.ts';
import type { Blob } from '../blob.ts';
import { PieceScanner } from '../piece-scanner.ts';
import { type ArchiveFile, expandArchive } from './expand.ts';
import type { ArchiveLimits } from './limits.ts';

/** What was found under one path. */
export interface FoundIn extends Pick<Blob, 'path' | 'pathBytes'> {
  detections: Detection[];
}

/**
 * Scans what an archive holds, member by member. A generator, so that a caller may take a breath between them; it uses
 * the scanner's memory while it runs.
 */
export function* scanArchive(
  scanner: BlobScanner,
  archive: Pick<Blob, 'path' | 'pathBytes' | 'bytes'> | ArchiveFile,
  skipped: Skipped[],
  limits?: ArchiveLimits,
): Generator<FoundIn> {
  for (const { path, pathBytes, pieces, isBomb } of expandArchive(archive, skipped, limits)) {
    const scan = new PieceScanner(scanner, path);
    for (const piece of pieces) scan.push(piece);
    const detections = scan.end();
    yield { path, ...(pathBytes && { pathBytes }), detections: isBomb() ? [] : detections };
  }
}
