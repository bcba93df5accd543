import { Worker } from 'node:worker_threads';
import { assetUrl } from '../wasm/asset-url.ts';
import type { ScanFilesOptions, ScanFilesResult } from './scan-files.ts';

/** What a thread is started with. */
export interface ThreadTask {
  /** Paths, each ended by a zero byte. */
  files: Uint8Array;
  counters: Int32Array;
  options: Pick<ScanFilesOptions, 'cwd' | 'rules' | 'now' | 'maxFileSize' | 'noArchives'>;
}

/** Starts threads that take files beside this one; each gives its result once. */
export function startThreads(
  count: number,
  files: Buffer[],
  counters: Int32Array,
  options: ScanFilesOptions,
): Promise<ScanFilesResult>[] {
  const joined = Buffer.concat(files.flatMap((file) => [file, ZERO]));
  const shared = new Uint8Array(new SharedArrayBuffer(joined.length));
  shared.set(joined);
  const { cwd, rules, now, maxFileSize, noArchives } = options;
  const task: ThreadTask = {
    files: shared,
    counters,
    options: { cwd, rules, now, maxFileSize, noArchives },
  };
  return Array.from({ length: count }, () => runThread(task, options.signal));
}

const ZERO = Buffer.of(0);

function runThread(task: ThreadTask, signal?: AbortSignal): Promise<ScanFilesResult> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(assetUrl('worker.js'), { workerData: task });
    signal?.addEventListener('abort', () => worker.terminate());
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', (code) =>
      reject(signal?.aborted ? signal.reason : new Error(`a scanning thread ended with code ${code}`)),
    );
  });
}
