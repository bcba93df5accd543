import { parentPort, workerData } from 'node:worker_threads';
import { provePart, type RulesToProve } from './prove-rules.ts';

/** A thread of `prove-rules.ts`. */
parentPort?.postMessage(provePart(workerData as RulesToProve));
