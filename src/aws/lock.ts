import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { kill, pid } from 'node:process';
import { UserError } from '../model/errors.ts';

interface Holder {
  pid: number;
  host: string;
  since: string;
}

/**
 * Takes the lock beside a file, or says who holds it. The lock of a process that is no longer there is taken over.
 * @returns gives the lock back
 * @throws {UserError} when another process, or another machine, holds it (exit 3)
 */
export function takeLock(file: string): () => void {
  const path = `${file}.lock`;
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  for (let attempt = 0; ; attempt++) {
    try {
      const lock = openSync(path, 'wx', 0o600);
      const holder: Holder = { pid, host: hostname(), since: new Date().toISOString() };
      writeSync(lock, JSON.stringify(holder));
      closeSync(lock);
      return () => rmSync(path, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const holder = readHolder(path);
    if (attempt === 0 && holder && holder.host === hostname() && !isAlive(holder.pid)) {
      rmSync(path, { force: true });
      continue;
    }
    const who = holder ? `process ${holder.pid} on ${holder.host}, since ${holder.since}` : 'another process';
    throw new UserError(
      `a response to this key is under way (${who}): wait for it to end, or remove ${path} if it is no longer there`,
      3,
    );
  }
}

function readHolder(path: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

function isAlive(other: number): boolean {
  try {
    return kill(other, 0);
  } catch (error) {
    // EPERM: it is there, and belongs to someone else.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
