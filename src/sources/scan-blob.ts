import type { BlobScanner } from '../engine/blob-scanner.ts';
import type { Match } from '../engine/match.ts';
import type { Skipped } from '../model/report.ts';
import { detectArchive, HEAD_BYTES } from './archives/kind.ts';
import type { ArchiveLimits } from './archives/limits.ts';
import { type FoundIn, scanArchive } from './archives/scan-archive.ts';

export interface ScanBlobOptions {
  /** Takes what could not be read. */
  skipped: Skipped[];
  limits?: ArchiveLimits;
  /** Base64 of the path's bytes when they are not UTF-8. */
  pathBytes?: string;
  /** Of bytes that are no archive, makes detections of these matches and of those near them alone. */
  isWanted?: (match: Match) => boolean;
}

/**
 * Scans bytes that are in memory, and what they hold when they are an archive: what is found in `outer.zip` stands at
 * `outer.zip!/inner/file`. Loads all archive readers: import it when the first archive was met (`detectArchive`).
 * @returns those paths where something was found
 */
export function scanBlob(
  scanner: BlobScanner,
  path: string,
  bytes: Uint8Array,
  { skipped, limits, pathBytes, isWanted }: ScanBlobOptions,
): FoundIn[] {
  const kind = detectArchive(bytes.subarray(0, HEAD_BYTES), path);
  const found =
    kind === undefined
      ? [{ path, ...(pathBytes && { pathBytes }), detections: scanner.scanBytes(path, bytes, isWanted) }]
      : scanArchive(scanner, { path, pathBytes, bytes }, skipped, limits);
  return [...found].filter(({ detections }) => detections.length > 0);
}
