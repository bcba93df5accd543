import { namePath, type PathName } from '../git/path-name.ts';
import {
  isFileMode,
  isNullId,
  oldVersionsOf,
  type RawChange,
  RawDiffParser,
  splitFields,
} from '../git/raw-diff.ts';
import { LARGEST_OBJECT, parseBatch, readObjects, sizesOfObjects } from '../git/read-objects.ts';
import { GitError, type GitOptions, refuseOldGit, runGitSync } from '../git/run.ts';
import { beginStagedQueries, diffIndexArguments, type StagedQueries } from '../git/staged-queries.ts';
import { checkIndex, parseState, type RepositoryState, readState } from '../git/state.ts';
import { UserError } from '../model/errors.ts';
import type { Skipped } from '../model/report.ts';
import type { Blob } from './blob.ts';
import { changedRanges } from './changed-ranges.ts';
import type { Source } from './source.ts';

export interface StagedOptions extends Pick<GitOptions, 'cwd' | 'env'> {
  /** Larger files (bytes) are named as skipped. Default: none is too large. */
  maxFileSize?: number;
}

/** The most that is read at once, in bytes, of files whose sizes were asked for. */
const BATCH = 64 << 20;

/** So few objects are read without asking for their sizes first, which saves a process in the usual commit. */
const FEW = 100;

/** Trees without entries: what a first commit is compared with. */
const EMPTY_TREE: Record<string, string> = {
  sha1: '4b825dc642cb6eb9a060e54bf8d69288fbee4904',
  sha256: '6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321',
};

/**
 * What the next commit would bring: the blobs of the index against HEAD, never the work tree. The index is the one that
 * git uses (`GIT_INDEX_FILE` in a hook of `commit -a` or `commit <path>`), it is only read, and nothing is locked.
 *
 * The new lines of a file count, the whole file is context. A renamed file counts with its edits; deleted files, modes
 * and submodules hold no text; of a symbolic link its target is read. In a merge, what differs from all its parents counts.
 *
 * @param queries begun before, with the same options
 * @throws {UserError} outside a repository, in a bare one, when the index is damaged
 */
export async function readStaged(
  options: StagedOptions,
  queries: StagedQueries = beginStagedQueries(options),
): Promise<Source & { blobs: AsyncIterable<Blob> }> {
  try {
    const listed = await queries.listed;
    if (listed) refuseOldGit(listed.version);
    const state = listed ? parseState(listed.state, options.cwd) : readState(options);
    checkState(state, options);
    const changes = listed
      ? parseChanges(listed.changes)
      : diffIndex(state.head ?? EMPTY_TREE[state.objectFormat], options);
    const skipped: Skipped[] = [];
    const merged = state.mergeHeads.map(
      (head) => new Map(diffIndex(head, options).map((change) => [pathKey(change), change])),
    );
    const wanted = selectFiles(changes, merged, skipped);
    return { blobs: readBlobs(wanted, skipped, queries, options), skipped, commits: 0 };
  } catch (error) {
    queries.end();
    throw error;
  }
}

function checkState(state: RepositoryState, { cwd }: StagedOptions): void {
  if (state.bare) {
    throw new UserError(
      `${cwd}: a bare repository has nothing staged. unleak audit reads its history, unleak commits a range`,
    );
  }
  checkIndex(state);
}

interface Wanted {
  id: string;
  name: PathName;
  /** The versions it is compared with, one for each parent that has one. */
  oldIds: string[];
}

/** Staged files whose text differs from every parent's. */
function selectFiles(changes: RawChange[], merged: Map<string, RawChange>[], skipped: Skipped[]): Wanted[] {
  const wanted: Wanted[] = [];
  for (const change of changes) {
    const name = namePath(change.path);
    if (change.status === 'U') {
      skipped.push({
        path: name.path,
        reason: 'its merge conflict is not resolved: resolve it, then git add it',
      });
      continue;
    }
    if (!isFileMode(change.mode) || isNullId(change.id)) continue;
    const others = merged.map((head) => head.get(pathKey(change)));
    // Absent there: the file is as one of the merged branches has it.
    if (!others.every((other) => other !== undefined)) continue;
    wanted.push({ id: change.id, name, oldIds: [change, ...others].flatMap(oldVersionsOf) });
  }
  return wanted;
}

/** Asks for the objects at once, so that they come while the scanner is made. */
function readBlobs(
  wanted: Wanted[],
  skipped: Skipped[],
  queries: StagedQueries,
  options: StagedOptions,
): AsyncGenerator<Blob> {
  const ids = idsOf(wanted);
  const few = ids.length > 0 && ids.length <= FEW ? readFew(ids, queries, options) : undefined;
  if (few) few.catch(() => {});
  else queries.end();
  return compareAll(wanted, ids, few, skipped, options);
}

async function* compareAll(
  wanted: Wanted[],
  all: string[],
  reading: Promise<Map<string, Buffer> | undefined> | undefined,
  skipped: Skipped[],
  options: StagedOptions,
): AsyncGenerator<Blob> {
  if (wanted.length === 0) return;
  const limit = Math.min(options.maxFileSize ?? LARGEST_OBJECT, LARGEST_OBJECT);
  const few = await reading;
  if (few) {
    yield* compare(wanted, few, limit, skipped);
    return;
  }
  const sizes = sizesOfObjects(all, options);
  const readable = wanted.filter(({ id, name }) => {
    const size = sizes.get(id) ?? 0;
    if (size > limit) skipped.push({ path: name.path, reason: overLimit(size, limit) });
    return size <= limit;
  });
  for (const batch of splitBySize(readable, sizes)) {
    yield* compare(batch, readObjects(idsOf(batch), options), limit, skipped);
  }
}

function* compare(
  wanted: Wanted[],
  objects: Map<string, Buffer>,
  limit: number,
  skipped: Skipped[],
): Generator<Blob> {
  for (const { id, name, oldIds } of wanted) {
    const bytes = objects.get(id);
    if (!bytes || bytes.length > limit) {
      const reason = bytes
        ? overLimit(bytes.length, limit)
        : `its blob ${id} is missing or damaged: see git fsck`;
      skipped.push({ path: name.path, reason });
      continue;
    }
    // An old version that cannot be read makes nothing old.
    const previous = oldIds.flatMap((old) => objects.get(old) ?? []);
    const changed = changedRanges(bytes, previous);
    if (changed.length > 0) yield { ...name, id, bytes, ...(oldIds.length > 0 && { changed, previous }) };
  }
}

/** @returns undefined when they are more than one read can bring */
async function readFew(
  ids: string[],
  queries: StagedQueries,
  options: StagedOptions,
): Promise<Map<string, Buffer> | undefined> {
  const output = await queries.objects(ids);
  return output ? parseBatch(output) : tryReadObjects(ids, options);
}

/** @returns undefined when they are more than one read can bring */
function tryReadObjects(ids: string[], options: StagedOptions): Map<string, Buffer> | undefined {
  try {
    return readObjects(ids, options);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOBUFS') return undefined;
    throw error;
  }
}

function idsOf(wanted: Wanted[]): string[] {
  return [...new Set(wanted.flatMap(({ id, oldIds }) => [id, ...oldIds]))];
}

function overLimit(size: number, limit: number): string {
  return `${size} bytes, over the limit of ${limit}`;
}

/** Batches under `BATCH` bytes, so that a thousand large files are never in memory together. */
function* splitBySize(wanted: Wanted[], sizes: Map<string, number>): Generator<Wanted[]> {
  let batch: Wanted[] = [];
  let total = 0;
  for (const file of wanted) {
    // A file has a few old versions at most; those too large to be read with it are not asked for.
    let size = sizes.get(file.id) ?? 0;
    file.oldIds = file.oldIds.filter((old) => (size += sizes.get(old) ?? 0) < LARGEST_OBJECT);
    if (batch.length > 0 && total + size > BATCH) {
      yield batch;
      batch = [];
      total = 0;
    }
    batch.push(file);
    total += size;
  }
  if (batch.length > 0) yield batch;
}

function diffIndex(tree: string, options: StagedOptions): RawChange[] {
  try {
    return parseChanges(runGitSync(diffIndexArguments(tree, '-M'), options));
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    // Looking for renames reads blobs, which may be missing; the list itself needs none.
    return parseChanges(runGitSync(diffIndexArguments(tree, '--no-renames'), options));
  }
}

function parseChanges(output: Buffer): RawChange[] {
  const parser = new RawDiffParser();
  const changes: RawChange[] = [];
  for (const field of splitFields(output)) {
    const entry = parser.push(field);
    if (entry && 'path' in entry) changes.push(entry);
  }
  return changes;
}

function pathKey({ path }: RawChange): string {
  return Buffer.from(path).toString('latin1');
}
