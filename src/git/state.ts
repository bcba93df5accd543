import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { UserError } from '../model/errors.ts';
import { splitAnswers } from './rev-parse.ts';
import { GitError, type GitOptions, requireGit, runGitSync } from './run.ts';
import { STATE_ARGUMENTS } from './staged-queries.ts';

/** Where a repository stands at this moment. */
export interface RepositoryState {
  bare: boolean;
  /** `sha1` or `sha256`. */
  objectFormat: string;
  indexFile: string;
  /** The commit at HEAD; undefined before the first one. */
  head?: string;
  /** The other parents of the merge that is being made. */
  mergeHeads: string[];
  /** Commits whose parents are cut off, in a shallow clone. */
  shallow: Set<string>;
}

/** Two processes, about 5 ms. @throws {UserError} where there is no repository, or git is too old */
export function readState(options: Pick<GitOptions, 'cwd' | 'env'>): RepositoryState {
  requireGit(options);
  try {
    return parseState(runGitSync(STATE_ARGUMENTS, options), options.cwd);
  } catch (error) {
    if (!(error instanceof GitError && /not a git repository/.test(error.stderr))) throw error;
    throw new UserError(`${options.cwd}: not in a git repository. unleak scan reads plain folders`);
  }
}

/** Reads git's answer to `STATE_ARGUMENTS`, and the files that it names. */
export function parseState(output: Buffer, cwd: string): RepositoryState {
  const { objectFormat, parts } = splitAnswers(output.toString(), 5);
  const [bare, index, mergeHead, shallow, head] = parts;
  return {
    bare: bare === 'true',
    objectFormat,
    indexFile: resolve(cwd, index),
    head: head.trim() || undefined,
    mergeHeads: readIds(resolve(cwd, mergeHead)),
    shallow: new Set(readIds(resolve(cwd, shallow))),
  };
}

/**
 * Makes sure that the index is whole. git itself does not: since 2.13 it skips the checksum, and reads a truncated index
 * as one that has lost its entries, which would pass for nothing staged.
 * @throws {UserError} when it is damaged
 */
export function checkIndex({ indexFile, objectFormat }: RepositoryState): void {
  let bytes: Buffer;
  try {
    bytes = readFileSync(indexFile);
  } catch (error) {
    // Before the first `git add` there is none.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw new UserError(`${indexFile}: the index cannot be read: ${(error as Error).message}`, 3);
  }
  const end = bytes.length - (objectFormat === 'sha256' ? 32 : 20);
  const trailer = bytes.subarray(Math.max(0, end));
  const whole =
    end >= 12 &&
    bytes.toString('latin1', 0, 4) === 'DIRC' &&
    // All zeros: written with index.skipHash.
    (trailer.every((byte) => byte === 0) ||
      createHash(objectFormat).update(bytes.subarray(0, end)).digest().equals(trailer));
  if (!whole) {
    throw new UserError(
      `${indexFile}: the index is damaged, so what is staged cannot be known. Rebuild it: rm '${indexFile}' && git reset`,
      3,
    );
  }
}

function readIds(file: string): string[] {
  try {
    return readFileSync(file, 'latin1').split('\n').filter(Boolean);
  } catch {
    return [];
  }
}
