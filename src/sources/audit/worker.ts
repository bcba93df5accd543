import { parentPort, workerData } from 'node:worker_threads';
import type { AuditQuestion } from './audit-threads.ts';
import { type AuditTask, ShardScanner } from './scan-shards.ts';

/** A thread of `audit-threads.ts`: answers each question once. */
const { task, number } = workerData as { task: AuditTask; number: number };
const scanner = new ShardScanner(task);
parentPort?.on('message', (question: AuditQuestion) => {
  if (question.kind === 'contents') parentPort?.postMessage(scanner.scanContents());
  else if (question.kind === 'trees') parentPort?.postMessage(scanner.collectTrees(number, question.marked));
  else parentPort?.postMessage(scanner.scanNamed(question.rows));
});
