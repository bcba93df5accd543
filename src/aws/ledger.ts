import { createHash, createHmac, randomBytes } from 'node:crypto';
import {
  appendFileSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { UserError } from '../model/errors.ts';
import { takeLock } from './lock.ts';

/** What one line of the ledger tells. Secrets stand in it only as `hashSecret` gives them. */
export interface Event {
  /** The id that is being ended. */
  key: string;
  /** ARN of who acted. */
  actor: string;
  step: string;
  /** `intent` is written before a call that changes something, so that a crash leaves a trace of it. */
  outcome: 'intent' | 'done' | 'failed' | 'note';
  /** Such as `iam:UpdateAccessKey`. */
  call?: string;
  request?: Record<string, unknown>;
  requestId?: string;
  before?: unknown;
  after?: unknown;
  note?: string;
}

export interface Entry extends Event {
  /** From 1. */
  seq: number;
  /** ISO 8601, UTC. */
  time: string;
  /** Hash of the entry before, or zeros. */
  previous: string;
  /** SHA-256 of this entry's JSON without this field: covers `previous`, so that an edit breaks every later line. */
  hash: string;
}

/** The last known end of the ledger, kept beside it: without it a cut at the end would not show. */
interface Head {
  seq: number;
  hash: string;
}

export interface Ledger {
  path: string;
  append(event: Event): Entry;
  hashSecret(secret: string): string;
}

const ZEROS = '0'.repeat(64);
const LOCK_PATIENCE = 5000;

/** Opens (or begins) a ledger, readable by its owner alone. */
export function openLedger(path: string): Ledger {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  return {
    path,
    append: (event) => append(path, event),
    hashSecret: (secret) =>
      `hmac-sha256:${createHmac('sha256', readOrMakeKey(path)).update(secret).digest('hex')}`,
  };
}

function append(path: string, event: Event): Entry {
  const unlock = waitForLock(path);
  try {
    dropTornLine(path);
    const entries = requireWhole(path);
    const last = entries.at(-1);
    const body = {
      seq: (last?.seq ?? 0) + 1,
      time: new Date().toISOString(),
      ...event,
      previous: last?.hash ?? ZEROS,
    };
    const entry: Entry = { ...body, hash: hashOf(body) };
    writeThrough(path, `${JSON.stringify(entry)}\n`);
    writeHead(path, { seq: entry.seq, hash: entry.hash });
    return entry;
  } finally {
    unlock();
  }
}

/**
 * The entries of a ledger that is as it was written.
 * @throws {UserError} when it was changed (exit 3)
 */
export function requireWhole(path: string): Entry[] {
  const { entries, problem } = checkLedger(path);
  if (!problem) return entries;
  throw new UserError(
    `the ledger ${path} was changed: ${problem}. Keep it as evidence, and go on with --ledger <another file>`,
    3,
  );
}

/**
 * Reads the ledger and checks every link.
 * @returns `problem`: what was changed and where, or undefined when every line is as it was written
 */
export function checkLedger(path: string): { entries: Entry[]; problem?: string } {
  const entries: Entry[] = [];
  const head = readHead(path);
  if (!existsSync(path))
    return { entries, ...(head && { problem: `it held ${head.seq} entries and is gone` }) };
  const lines = readFileSync(path, 'utf8').split('\n');
  // What follows the last line end is a write that a crash interrupted; a cut into a counted line shows by the head below.
  lines.pop();
  let previous = ZEROS;
  for (const [index, line] of lines.entries()) {
    const where = `line ${index + 1}`;
    let entry: Entry;
    try {
      entry = JSON.parse(line);
    } catch {
      return { entries, problem: `${where} is no longer JSON` };
    }
    const { hash, ...body } = entry;
    if (hash !== hashOf(body)) return { entries, problem: `${where} was edited` };
    if (entry.previous !== previous || entry.seq !== index + 1)
      return { entries, problem: `an entry before ${where} was removed, added or moved` };
    previous = hash;
    entries.push(entry);
  }
  if (entries.length > 0 && !head)
    return { entries, problem: `${headPath(path)} is gone, so a cut at the end would not show` };
  if (head && entries[head.seq - 1]?.hash !== head.hash)
    return { entries, problem: `it held ${head.seq} entries, and now ends after ${entries.length}` };
  return { entries };
}

/** A line without its end is one that a crash interrupted: it never counted, so it is taken off. */
function dropTornLine(path: string): void {
  if (!existsSync(path)) return;
  const bytes = readFileSync(path);
  const end = bytes.lastIndexOf(0x0a) + 1;
  if (end < bytes.length) truncateSync(path, end);
}

function hashOf(body: object): string {
  return createHash('sha256').update(JSON.stringify(body)).digest('hex');
}

function writeThrough(path: string, line: string): void {
  const file = openSync(path, 'a', 0o600);
  appendFileSync(file, line);
  fsyncSync(file);
  closeSync(file);
}

const headPath = (path: string) => `${path}.head`;

function writeHead(path: string, head: Head): void {
  const temporary = `${headPath(path)}.new`;
  writeFileSync(temporary, JSON.stringify(head), { mode: 0o600 });
  renameSync(temporary, headPath(path));
}

function readHead(path: string): Head | undefined {
  try {
    return JSON.parse(readFileSync(headPath(path), 'utf8'));
  } catch {
    return undefined;
  }
}

/** The key under which secrets are hashed stays on this machine, so that the ledger can be handed on. */
function readOrMakeKey(path: string): Buffer {
  const file = `${path}.key`;
  if (!existsSync(file)) writeFileSync(file, randomBytes(32).toString('hex'), { mode: 0o600, flag: 'wx' });
  return Buffer.from(readFileSync(file, 'utf8'), 'hex');
}

function waitForLock(path: string): () => void {
  const until = Date.now() + LOCK_PATIENCE;
  for (;;) {
    try {
      return takeLock(path);
    } catch (error) {
      if (!(error instanceof UserError) || Date.now() > until) throw error;
      // Appends take milliseconds; sleeping without the event loop keeps `append` one unbroken act.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
    }
  }
}
