import { diffCommits, type Step } from '../git/commit-changes.ts';
import { parseCommit } from '../git/parse-commit.ts';
import { namePath } from '../git/path-name.ts';
import { LARGEST_OBJECT } from '../git/read-objects.ts';
import { listCommits, withoutNull } from '../git/revisions.ts';
import type { GitOptions } from '../git/run.ts';
import { readState } from '../git/state.ts';
import { ObjectStream } from '../git/stream-objects.ts';
import type { Skipped } from '../model/report.ts';
import type { Blob, CommitInfo } from './blob.ts';
import { changedRanges } from './changed-ranges.ts';
import { infoOf } from './commit-info.ts';
import { COMMIT_MESSAGE, TAG_MESSAGE } from './message-paths.ts';
import type { Source } from './source.ts';
import { readTags } from './tags.ts';

export interface CommitsOptions extends Omit<GitOptions, 'input' | 'okCodes' | 'onWarning'> {
  /** Larger files (bytes) are named as skipped. Default: none is too large. */
  maxFileSize?: number;
}

/** Answers asked for ahead of the one that is scanned: enough to keep git busy. */
const AHEAD = 64;

/**
 * What a range of commits brings, by ancestry: oldest commit first, each with its message and its files, of which those
 * lines are new that no parent has; then the messages of the annotated tags that the range names. Each step of the way
 * counts, so a secret that a later commit removes is still seen.
 *
 * A cut in the history (shallow clone) and objects that are missing or damaged are skipped by name.
 *
 * @param revisions as `git rev-list` takes them
 * @throws {UserError} when a revision is unknown, outside a repository
 */
export async function readCommits(revisions: readonly string[], options: CommitsOptions): Promise<Source> {
  const { shallow } = readState(options);
  const skipped: Skipped[] = [];
  const existing = withoutNull(revisions);
  if (existing.length === 0 && revisions.length > 0) return { blobs: [], skipped, commits: 0 };
  const commits = await listCommits(existing, options);
  for (const id of commits) {
    if (shallow.has(id)) {
      skipped.push({
        path: id,
        reason:
          'its parents are not in this shallow clone, so what came before is not scanned: git fetch --unshallow',
      });
    }
  }
  const blobs = readRange(existing, commits, skipped, options);
  return { blobs, skipped, commits: commits.length };
}

async function* readRange(
  revisions: readonly string[],
  commits: string[],
  skipped: Skipped[],
  options: CommitsOptions,
): AsyncGenerator<Blob> {
  const limit = Math.min(options.maxFileSize ?? LARGEST_OBJECT, LARGEST_OBJECT);
  const objects = new ObjectStream(options, limit);
  try {
    yield* readChanges(commits, objects, skipped, options);
    yield* readTags(revisions, new Set(commits), objects, skipped, options);
  } finally {
    await objects.close();
  }
}

async function* readChanges(
  commits: string[],
  objects: ObjectStream,
  skipped: Skipped[],
  options: CommitsOptions,
): AsyncGenerator<Blob> {
  let commit: CommitInfo | undefined;
  for await (const step of askAhead(diffCommits(commits, skipped, options), objects)) {
    options.signal?.throwIfAborted();
    if ('commit' in step) {
      const answer = await objects.next();
      commit = undefined;
      if ('reason' in answer) {
        skipped.push({ path: step.commit, reason: `the commit is unreadable: ${answer.reason}` });
        continue;
      }
      const text = parseCommit(answer.content);
      commit = infoOf(answer.id, text);
      if (text.message.length > 0) yield { path: COMMIT_MESSAGE, bytes: text.message, id: answer.id, commit };
      for (const bytes of text.mergedTags) yield { path: TAG_MESSAGE, bytes, id: answer.id, commit };
      continue;
    }
    const name = namePath(step.path);
    const answer = await objects.next();
    const previous: Buffer[] = [];
    for (const _ of step.oldBlobs) {
      const old = await objects.next();
      // An old version that cannot be read makes nothing old.
      if ('content' in old) previous.push(old.content);
    }
    if ('reason' in answer) {
      skipped.push({ path: name.path, reason: `blob ${answer.id}: ${answer.reason}` });
      continue;
    }
    const changed = changedRanges(answer.content, previous);
    if (changed.length === 0) continue;
    const { id, content: bytes } = answer;
    yield {
      ...name,
      id,
      bytes,
      ...(previous.length > 0 && { changed, previous }),
      ...(commit && { commit }),
    };
  }
}

async function* askAhead(entries: AsyncIterable<Step>, objects: ObjectStream): AsyncGenerator<Step> {
  const waiting: Step[] = [];
  for await (const entry of entries) {
    const ids = 'commit' in entry ? [entry.commit] : [entry.id, ...entry.oldBlobs];
    for (const id of ids) objects.request(id);
    waiting.push(entry);
    if (waiting.length > AHEAD) yield waiting.shift()!;
  }
  yield* waiting;
}
