import { setImmediate } from 'node:timers/promises';
import type { BlobScanner } from '../engine/blob-scanner.ts';
import { namePath } from '../git/path-name.ts';
import { scanArchive } from './archives/scan-archive.ts';
import { inFolder, type ScanFilesResult, type TakeFilesOptions } from './scan-files.ts';

/** Milliseconds between two looks at whether the scan is to end. */
const BREATH = 50;

/** Scans the members of those files that are archives: the part of `takeFiles` that few trees need. */
export async function takeArchives(
  files: Buffer[],
  archives: number[],
  scanner: BlobScanner,
  result: ScanFilesResult,
  { cwd, signal }: TakeFilesOptions,
): Promise<void> {
  let breath = performance.now();
  for (const index of archives) {
    const name = namePath(files[index]);
    const file = inFolder(cwd, files[index]);
    for (const { detections, ...member } of scanArchive(scanner, { ...name, file }, result.skipped)) {
      if (detections.length > 0) result.detections.push({ file: index, member, detections });
      if (performance.now() - breath < BREATH) continue;
      await setImmediate();
      if (signal?.aborted) return;
      breath = performance.now();
    }
  }
}
