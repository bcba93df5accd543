import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { UserError } from '../../model/errors.ts';
import type { Snapshot } from './snapshot.ts';

/** How far a response has come. Kept in a file of mode 0600, written before and after every step; holds no secret. */
export interface State {
  version: number;
  id: string;
  kind: 'key' | 'session' | 'service-credential';
  account: string;
  partition: string;
  /** The user that owns the key, or the role of a session as `role/<name>`. */
  user: string;
  plannedAt: string;
  /** New key before the old one is deactivated, or after. */
  order: 'contain-first' | 'rotate-first';
  /** When the leak began, as far as is known. */
  since?: string;
  before?: Snapshot;
  deactivatedAt?: string;
  proof?: Proof;
  /** What was found new after the deactivation. */
  added?: string[];
  revocation?: Revocation;
  rotation?: Rotation;
  watch?: { until: string };
  deletedAt?: string;
}

export interface Proof {
  at: string;
  /** `refused`: AWS refused the pair itself. `listed`: IAM lists it as inactive or no more, its secret was not at hand. */
  by: 'refused' | 'listed';
  /** From the change to the refusal; milliseconds. */
  afterMs?: number;
}

export interface Revocation {
  principal: string;
  policy: string;
  /** Sessions issued before this end. */
  before: string;
  /** The document that stood under the policy's name, for undo. */
  replaced?: string;
  doneAt?: string;
}

/** Written in three steps, so that a crash between them never leads to a second key. */
export interface Rotation {
  sink: string;
  /** Ids that the user had before the new one was asked for: any other is the new one. */
  listed: string[];
  newKeyId?: string;
  deliveredAt?: string;
}

const STATE_VERSION = 1;

const shape = z.looseObject({
  version: z.number(),
  id: z.string(),
  kind: z.enum(['key', 'session', 'service-credential']),
  account: z.string(),
  partition: z.string(),
  user: z.string(),
  plannedAt: z.string(),
  order: z.enum(['contain-first', 'rotate-first']),
});

/**
 * @returns undefined when there is no such file
 * @throws {UserError} when it is of another version, of another key, or no state at all
 */
export function readState(path: string, id: string): State | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    throw new UserError(`the state file ${path} cannot be read (${code})`, 3);
  }
  const parsed = parse(text);
  if (parsed && typeof parsed === 'object' && 'version' in parsed && parsed.version !== STATE_VERSION)
    throw new UserError(
      `the state file ${path} has version ${String(parsed.version)}, and this unleak reads version ${STATE_VERSION}: finish with the version that wrote it, or plan anew with --state <another file>`,
    );
  const state = shape.safeParse(parsed);
  if (!state.success)
    throw new UserError(`${path} is not a state file of unleak: plan anew with --state <another file>`);
  if (state.data.id !== id)
    throw new UserError(`the state file ${path} belongs to ${state.data.id}, not to ${id}`);
  return state.data as unknown as State;
}

export function newState(parts: Omit<State, 'version' | 'plannedAt'>): State {
  return { version: STATE_VERSION, plannedAt: new Date().toISOString(), ...parts };
}

/** Whole or not at all: a crash leaves the state before. */
export function writeState(path: string, state: State): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const temporary = `${path}.new`;
  writeFileSync(temporary, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 });
  renameSync(temporary, path);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
