import type { BlobScanner } from '../engine/blob-scanner.ts';
import type { Detection } from '../engine/detection.ts';
import type { Skipped } from '../model/report.ts';
import type { FoundIn } from './archives/scan-archive.ts';
import type { Blob } from './blob.ts';
import { scanBlob } from './scan-blob.ts';

/**
 * What is new in an archive that took the place of previous versions: a secret that one of them holds as often, wherever
 * in it, is old, as a line that only moved is. Ranges of changed bytes say nothing here: packing mixes them.
 * @param skipped takes what could not be read of the new version; what the old ones hide makes nothing old
 */
export function scanChangedArchive(scanner: BlobScanner, blob: Blob, skipped: Skipped[]): FoundIn[] {
  const { path, pathBytes, bytes } = blob;
  let found = scanBlob(scanner, path, bytes, { skipped, pathBytes });
  for (const previous of blob.previous ?? []) {
    if (found.length === 0) break;
    found = without(found, scanBlob(scanner, path, previous, { skipped: [] }));
  }
  return found;
}

function without(found: FoundIn[], old: FoundIn[]): FoundIn[] {
  const counts = new Map<string, number>();
  for (const { detections } of old)
    for (const detection of detections) counts.set(keyOf(detection), (counts.get(keyOf(detection)) ?? 0) + 1);
  const isNew = (detection: Detection) => {
    const left = counts.get(keyOf(detection)) ?? 0;
    counts.set(keyOf(detection), left - 1);
    return left <= 0;
  };
  return found
    .map(({ detections, ...place }) => ({ ...place, detections: detections.filter(isNew) }))
    .filter(({ detections }) => detections.length > 0);
}

function keyOf({ rule, secret, pair }: Detection): string {
  return [rule, secret, pair?.id, pair?.secret].join('\0');
}
