import { BlobScanner } from '../../engine/blob-scanner.ts';
import type { Detection } from '../../engine/detection.ts';
import { ANY_PATH } from '../../engine/matcher.ts';
import { Scanner } from '../../engine/scanner.ts';
import { printObjects } from '../../git/fallback.ts';
import { BLOB, idOf, type ObjectType } from '../../git/objects/table.ts';
import { sizesOfObjects } from '../../git/read-objects.ts';
import { GitError, type GitOptions } from '../../git/run.ts';
import type { Skipped } from '../../model/report.ts';
import { PieceScanner } from '../piece-scanner.ts';
import { heldKeys } from './delta-scanner.ts';
import type { AuditTask } from './scan-shards.ts';

/** What objects above the reader's limit hold. */
export interface LargeResult {
  rows: { row: number; keys: number[] }[];
  keys: string[];
  skipped: Skipped[];
  blobs: number;
  bytes: number;
}

/** Scans objects that are too large for memory, or built from such ones, as git prints them. */
export async function scanLargeObjects(
  task: AuditTask,
  rows: readonly number[],
  maxFileSize: number,
  git: GitOptions,
): Promise<LargeResult> {
  const result: LargeResult = { rows: [], keys: [], skipped: [], blobs: 0, bytes: 0 };
  const blobs = rows.filter((row) => (task.store.table.type[row] as ObjectType) === BLOB);
  if (blobs.length === 0) return result;
  const scanner = new BlobScanner(new Scanner(task.rules), { now: 0 });
  for (const row of blobs) {
    const id = idOf(task.store.table, row);
    try {
      const size = sizesOfObjects([id], git).get(id) ?? 0;
      if (size > maxFileSize) {
        result.skipped.push(overLimit(id, size, maxFileSize));
        continue;
      }
      const { detections, bytes } = await scanPrinted(scanner, id, ANY_PATH, git);
      result.blobs++;
      result.bytes += bytes;
      const keys = [...new Set(detections.flatMap(heldKeys))];
      if (keys.length > 0) result.rows.push({ row, keys: keys.map((key) => result.keys.push(key) - 1) });
    } catch (error) {
      if (!(error instanceof GitError)) throw error;
      result.skipped.push({ path: `object ${id}`, reason: error.message });
    }
  }
  return result;
}

/** What is said of a blob that is not read. Its path is not known yet, and would be many. */
export function overLimit(id: string, size: number, limit: number): Skipped {
  return { path: `object ${id}`, reason: `${size} bytes, over the limit of ${limit}` };
}

/** Scans an object piece by piece. @throws {GitError} when git cannot print it */
export async function scanPrinted(
  scanner: BlobScanner,
  id: string,
  path: string,
  git: GitOptions,
): Promise<{ detections: Detection[]; bytes: number }> {
  const pieces = new PieceScanner(scanner, path);
  for await (const object of printObjects([id], git)) {
    if (object.bytes) pieces.push(object.bytes);
    else for await (const piece of object.pieces!) pieces.push(piece);
  }
  return { detections: pieces.end(), bytes: pieces.bytes };
}
