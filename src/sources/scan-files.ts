import { availableParallelism } from 'node:os';
import { setImmediate } from 'node:timers/promises';
import type { BlobScanner } from '../engine/blob-scanner.ts';
import type { Detection } from '../engine/detection.ts';
import { namePath, type PathName } from '../git/path-name.ts';
import type { Skipped } from '../model/report.ts';
import type { Rule } from '../rules/rule.ts';
import { explainFileError } from './paths.ts';
import { type FileResult, scanFile } from './scan-file.ts';

export interface ScanFilesOptions {
  cwd: string;
  /** What other threads look for; absent: the built-in rules. */
  rules?: Rule[];
  now: number;
  /** Threads, this one included. */
  jobs?: number;
  /** Larger files are named in `skipped`. */
  maxFileSize: number;
  /** Scan archives as the bytes they are. */
  noArchives?: boolean;
  signal?: AbortSignal;
  /** Called now and then while the scan runs. */
  onProgress?: (done: { files: number; bytes: number; found: number }) => void;
  /** This thread's. */
  scanner: BlobScanner;
}

/** What a thread is told. */
export type TakeFilesOptions = Omit<ScanFilesOptions, 'scanner'>;

export interface ScanFilesResult {
  /** By file, in the order given; what was found in an archive has the place of its member. */
  detections: { file: number; member?: PathName; detections: Detection[] }[];
  skipped: Skipped[];
  /** Folders that were met in place of files: submodules. */
  folders: string[];
  bytes: number;
  files: number;
}

/** Files taken at once: enough that threads seldom meet, few enough that they end together. */
const BATCH = 16;
/** A thread takes about 40 ms to start: fewer files are scanned sooner than that. */
const FILES_PER_THREAD = 600;

/** Counters that threads share: next file, files done, kibibytes done, detections. */
export const NEXT = 0;
export const DONE = 1;
export const KIBIBYTES = 2;
export const FOUND = 3;

/** Scans files with as many threads as pay. The result does not depend on how many there are. */
export async function scanFiles(files: Buffer[], options: ScanFilesOptions): Promise<ScanFilesResult> {
  const counters = new Int32Array(new SharedArrayBuffer(16));
  const jobs = Math.min(options.jobs ?? availableParallelism(), Math.ceil(files.length / FILES_PER_THREAD));
  const others =
    jobs > 1 ? (await import('./scan-threads.ts')).startThreads(jobs - 1, files, counters, options) : [];
  const results = [
    await takeFiles(files, counters, options.scanner, options),
    ...(await Promise.all(others)),
  ];
  options.signal?.throwIfAborted();
  return mergeResults(results);
}

/** Takes batches until none is left. */
export async function takeFiles(
  files: Buffer[],
  counters: Int32Array,
  scanner: BlobScanner,
  options: TakeFilesOptions,
): Promise<ScanFilesResult> {
  const result: ScanFilesResult = { detections: [], skipped: [], folders: [], bytes: 0, files: 0 };
  const { onProgress, signal } = options;
  let breath = Date.now();
  for (;;) {
    const from = Atomics.add(counters, NEXT, BATCH);
    if (from >= files.length || signal?.aborted) return result;
    const before = result.bytes;
    const to = Math.min(from + BATCH, files.length);
    const archives: number[] = [];
    for (let i = from; i < to; i++)
      if (takeFile(files, i, scanner, result, options) === 'archive') archives.push(i);
    if (archives.length > 0)
      await (await loadArchives()).takeArchives(files, archives, scanner, result, options);
    Atomics.add(counters, DONE, to - from);
    Atomics.add(counters, KIBIBYTES, (result.bytes - before) >> 10);
    if (Date.now() - breath < 60) continue;
    onProgress?.({ files: counters[DONE], bytes: counters[KIBIBYTES] * 1024, found: counters[FOUND] });
    // Signals and threads' messages come through only between turns of the loop.
    await setImmediate();
    breath = Date.now();
  }
}

/** Most trees are scanned without them. */
const loadArchives = () => import('./take-archives.ts');

/** @returns `archive` when it is one, of which nothing was done */
function takeFile(
  files: Buffer[],
  index: number,
  scanner: BlobScanner,
  result: ScanFilesResult,
  { cwd, maxFileSize, noArchives }: TakeFilesOptions,
): FileResult['kind'] | undefined {
  const { path } = namePath(files[index]);
  try {
    const scanned = scanFile(scanner, inFolder(cwd, files[index]), path, maxFileSize, !noArchives);
    if (scanned.kind === 'folder') result.folders.push(path);
    else if (scanned.kind === 'large')
      result.skipped.push({ path, reason: `larger than --max-file-size (${maxFileSize} bytes)` });
    if (scanned.kind !== 'scanned' && scanned.kind !== 'archive') return scanned.kind;
    result.files++;
    result.bytes += scanned.bytes;
    if (scanned.kind === 'scanned' && scanned.detections.length > 0)
      result.detections.push({ file: index, detections: scanned.detections });
    return scanned.kind;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    result.skipped.push({ path, reason: explainFileError(error) });
    return undefined;
  }
}

/** Paths may be any bytes, so they are joined as bytes. */
export function inFolder(folder: string, file: Buffer): Buffer {
  return file[0] === 0x2f ? file : Buffer.concat([Buffer.from(`${folder}/`), file]);
}

function mergeResults(results: ScanFilesResult[]): ScanFilesResult {
  return {
    detections: results.flatMap((r) => r.detections).sort((a, b) => a.file - b.file),
    skipped: results
      .flatMap((r) => r.skipped)
      .sort((a, b) => (a.path === b.path ? 0 : a.path < b.path ? -1 : 1)),
    folders: results.flatMap((r) => r.folders).sort(),
    bytes: results.reduce((sum, r) => sum + r.bytes, 0),
    files: results.reduce((sum, r) => sum + r.files, 0),
  };
}
