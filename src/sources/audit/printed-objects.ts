import { printAllObjects } from '../../git/fallback.ts';
import { findRow, NONE } from '../../git/objects/table.ts';
import type { GitOptions } from '../../git/run.ts';
import { splitByNeed } from './named-files.ts';
import { type AuditTask, type ContentResult, ContentScanner } from './scan-shards.ts';

const TYPES = { blob: 3, commit: 1, tag: 4 } as const;

/** Scans what `git cat-file` prints, object by object: for stores that the reader does not know, and to check it. */
export async function scanPrintedObjects(task: AuditTask, git: GitOptions): Promise<ContentResult> {
  const scanner = new ContentScanner(task, splitByNeed(task.rules).anywhere);
  const { table, map } = task.store;
  const onMissing = (missing: { path: string; reason: string }) => scanner.result.skipped.push(missing);
  for await (const { id, type, bytes } of printAllObjects(git, { onMissing })) {
    if (type === 'tree') continue;
    const row = findRow(table, map, Buffer.from(id, 'hex'));
    if (row === NONE) {
      scanner.result.skipped.push({
        path: `object ${id}`,
        reason: 'git prints it, but it stands in no pack or file that was found',
      });
      continue;
    }
    table.type[row] = TYPES[type];
    if (bytes) scanner.scanWhole(row, TYPES[type], bytes);
    else scanner.result.large.push(row);
  }
  return scanner.result;
}
