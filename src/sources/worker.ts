import { parentPort, workerData } from 'node:worker_threads';
import { BlobScanner } from '../engine/blob-scanner.ts';
import { Scanner } from '../engine/scanner.ts';
import { builtInIndex } from '../rules/catalogue.ts';
import { takeFiles } from './scan-files.ts';
import type { ThreadTask } from './scan-threads.ts';
import { splitAtZeros } from './split-at-zeros.ts';

/** A thread of `scan-threads.ts`: takes files until none is left, and sends what it found. */
const { files, counters, options } = workerData as ThreadTask;
const scanner = new BlobScanner(new Scanner(options.rules ?? builtInIndex().index), { now: options.now });
void takeFiles(splitAtZeros(Buffer.from(files)), counters, scanner, options).then((result) =>
  parentPort?.postMessage(result),
);
