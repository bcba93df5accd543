import type { BlobScanner } from '../engine/blob-scanner.ts';
import type { Detection } from '../engine/detection.ts';
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
  /** In bytes that are no archive, what is wanted, if all of it stands there in clear. */
  secrets?: readonly string[];
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
  { skipped, limits, pathBytes, secrets }: ScanBlobOptions,
): FoundIn[] {
  const kind = detectArchive(bytes.subarray(0, HEAD_BYTES), path);
  const found =
    kind === undefined
      ? [{ path, ...(pathBytes && { pathBytes }), detections: scanClear(scanner, path, bytes, secrets) }]
      : scanArchive(scanner, { path, pathBytes, bytes }, skipped, limits);
  return [...found].filter(({ detections }) => detections.length > 0);
}

/** How far around a secret is looked, in bytes: pairs, masks and excerpts reach less far. */
const NEAR = 8192;

function scanClear(
  scanner: BlobScanner,
  path: string,
  bytes: Uint8Array,
  secrets: readonly string[] = [],
): Detection[] {
  const places = findAll(secrets, bytes);
  if (!places) return scanner.scanBytes(path, bytes);
  const longest = Math.max(...secrets.map((text) => Buffer.byteLength(text)));
  const near: number[] = [];
  for (const at of places) {
    const to = at + longest + NEAR;
    if (near.length > 0 && at - NEAR <= near[near.length - 1]) near[near.length - 1] = to;
    else near.push(Math.max(0, at - NEAR), to);
  }
  // What stands at the edge of a span was not seen with all that is near it.
  const isPlace = ([from, to]: [number, number]) => places.some((at) => at < to && at + longest > from);
  return scanner.scanBytes(path, bytes, near).filter(({ spans }) => spans.some(isPlace));
}

/** To search for more texts costs more than to scan all. */
const MOST_TEXTS = 64;

/** @returns where the texts stand, in order; undefined when there are none or many, or one does not stand there in clear */
function findAll(texts: readonly string[], { buffer, byteOffset, length }: Uint8Array): number[] | undefined {
  if (texts.length > MOST_TEXTS) return undefined;
  const bytes = Buffer.from(buffer, byteOffset, length);
  const places: number[] = [];
  for (const text of texts) {
    const before = places.length;
    for (let at = bytes.indexOf(text); at >= 0; at = bytes.indexOf(text, at + 1)) places.push(at);
    if (places.length === before) return undefined;
  }
  return places.length === 0 ? undefined : places.sort((a, b) => a - b);
}
