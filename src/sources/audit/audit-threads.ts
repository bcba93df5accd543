import { Worker } from 'node:worker_threads';
import type { TreeEdges } from '../../git/attribution/trees.ts';
import { assetUrl } from '../../wasm/asset-url.ts';
import { type AuditTask, type ContentResult, ShardScanner } from './scan-shards.ts';

/** A smaller repository is read in less time than a thread takes to start. */
const OBJECTS_PER_THREAD = 4000;

/** The threads of one audit: each reads shards of contents, then shards of trees, then blobs with names that ask for it. */
export interface AuditThreads {
  scanContents(): Promise<ContentResult[]>;
  collectTrees(marked: number[]): Promise<TreeEdges[]>;
  scanNamed(rows: number[]): Promise<ContentResult[]>;
  end(): Promise<void>;
}

export function startAuditThreads(task: AuditTask, jobs: number, signal: AbortSignal): AuditThreads {
  const { count } = task.store.table;
  if (count < OBJECTS_PER_THREAD) return inThisThread(task);
  const wanted = Math.min(jobs, Math.ceil(count / OBJECTS_PER_THREAD));
  const threads = Array.from({ length: wanted }, (_, number) => new AuditThread(task, number, signal));
  return {
    scanContents: () => Promise.all(threads.map((thread) => thread.ask<ContentResult>({ kind: 'contents' }))),
    collectTrees: (marked) =>
      Promise.all(threads.map((thread) => thread.ask<TreeEdges>({ kind: 'trees', marked }))),
    scanNamed: (rows) =>
      Promise.all(
        threads.map((thread, i) => {
          const [from, to] = [i, i + 1].map((part) => Math.round((rows.length * part) / threads.length));
          return thread.ask<ContentResult>({ kind: 'named', rows: rows.slice(from, to) });
        }),
      ),
    end: async () => {
      await Promise.all(threads.map((thread) => thread.end()));
    },
  };
}

/** What a thread is asked. */
export type AuditQuestion =
  | { kind: 'contents' }
  | { kind: 'trees'; marked: number[] }
  | { kind: 'named'; rows: number[] };

class AuditThread {
  readonly #worker: Worker;
  readonly #failed: Promise<never>;

  constructor(task: AuditTask, number: number, signal: AbortSignal) {
    this.#worker = new Worker(assetUrl('audit-worker.js'), { workerData: { task, number } });
    this.#failed = new Promise((_, reject) => {
      this.#worker.once('error', reject);
      this.#worker.once('exit', (code) => reject(new Error(`a thread of the audit ended with code ${code}`)));
      signal.addEventListener('abort', () => reject(signal.reason));
    });
    this.#failed.catch(() => {});
  }

  ask<Answer>(question: AuditQuestion): Promise<Answer> {
    const answered = new Promise<Answer>((resolve) => {
      this.#worker.once('message', resolve);
    });
    this.#worker.postMessage(question);
    return Promise.race([answered, this.#failed]);
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }
}

function inThisThread(task: AuditTask): AuditThreads {
  const scanner = new ShardScanner(task);
  return {
    scanContents: async () => [scanner.scanContents()],
    collectTrees: async (marked) => [scanner.collectTrees(0, marked)],
    scanNamed: async (rows) => [scanner.scanNamed(rows)],
    end: async () => scanner.close(),
  };
}
