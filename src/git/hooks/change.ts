import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { UserError } from '../../model/errors.ts';

/** What was done to a file of the user's. */
export interface Change {
  file: string;
  did: 'added' | 'changed' | 'unchanged' | 'removed' | 'restored';
  /** What the user should know about it, or do next. */
  note?: string;
}

export function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw new UserError(`${file}: ${(error as Error).message}`);
  }
}

/** Whole or not at all; through a symbolic link, the file it names. */
export function writeText(file: string, text: string, mode?: number): Change {
  const before = readText(file);
  const target = before === undefined ? file : realpathSync(file);
  const oldMode = before === undefined ? undefined : statSync(target).mode & 0o777;
  if (before === text && (mode === undefined || oldMode === mode)) return { file, did: 'unchanged' };
  try {
    mkdirSync(dirname(target), { recursive: true });
    const temporary = `${target}.unleak-new`;
    writeFileSync(temporary, text);
    chmodSync(temporary, mode ?? oldMode ?? 0o644);
    renameSync(temporary, target);
  } catch (error) {
    throw new UserError(`${file}: cannot be written: ${(error as Error).message}`);
  }
  return { file, did: before === undefined ? 'added' : 'changed' };
}

/** Whether something has this name, a dangling link included. */
export function exists(file: string): boolean {
  try {
    return lstatSync(file, { throwIfNoEntry: false }) !== undefined;
  } catch (error) {
    if (isAbsent(error)) return false;
    throw error;
  }
}

/** The null device is no folder: `core.hooksPath` leads there where hooks are turned off. */
function isAbsent(error: unknown): boolean {
  return /^(ENOENT|ENOTDIR)$/.test((error as NodeJS.ErrnoException).code ?? '');
}
