import { type CommitText, parseCommit } from '../git/parse-commit.ts';
import { namePath } from '../git/path-name.ts';
import { isFileMode, isNullId, oldVersionsOf, type RawChange, RawDiffParser } from '../git/raw-diff.ts';
import { LARGEST_OBJECT } from '../git/read-objects.ts';
import { listCommits, resolvePositive } from '../git/revisions.ts';
import { GitError, type GitOptions, streamGit } from '../git/run.ts';
import { readState } from '../git/state.ts';
import { type GitObject, ObjectStream, type Unreadable } from '../git/stream-objects.ts';
import type { Skipped } from '../model/report.ts';
import type { Blob, CommitInfo } from './blob.ts';
import { changedRanges } from './changed-ranges.ts';
import { COMMIT_MESSAGE, TAG_MESSAGE } from './message-paths.ts';
import type { Source } from './source.ts';

export interface CommitsOptions extends Omit<GitOptions, 'input' | 'okCodes' | 'onWarning'> {
  /** Larger files (bytes) are named as skipped. Default: none is too large. */
  maxFileSize?: number;
}

/** Answers asked for ahead of the one that is scanned: enough to keep git busy. */
const AHEAD = 64;

/**
 * What a range of commits brings, by ancestry: oldest commit first, each file with the lines that are new against every
 * parent (a merge brings only what none of them has), then messages of commits and of the annotated tags that the range names. Each step of
 * the way counts, so a secret that a later commit removes is still seen.
 *
 * A cut in the history (shallow clone) and objects that are missing or damaged are skipped by name.
 *
 * @param revisions as `git rev-list` takes them
 * @throws {UserError} when a revision is unknown, outside a repository
 */
export async function readCommits(revisions: readonly string[], options: CommitsOptions): Promise<Source> {
  const { shallow } = readState(options);
  const commits = await listCommits(revisions, options);
  const skipped: Skipped[] = [];
  for (const id of commits) {
    if (shallow.has(id)) {
      skipped.push({
        path: id,
        reason:
          'its parents are not in this shallow clone, so what came before is not scanned: git fetch --unshallow',
      });
    }
  }
  const blobs = readRange(revisions, commits, skipped, options);
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

/** A commit, or a change in the commit before it, with the objects it needs asked for. */
type Step = { commit: string } | (RawChange & { oldBlobs: string[] });

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
    yield { ...name, id, bytes, ...(previous.length > 0 && { changed }), ...(commit && { commit }) };
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

/**
 * All commits and the files that each changes against all its parents. Looking for renames reads blobs; where one is
 * missing git gives up, and goes on without looking. A commit whose trees are missing is named and left out.
 */
async function* diffCommits(
  commits: readonly string[],
  skipped: Skipped[],
  options: CommitsOptions,
): AsyncGenerator<Step> {
  let left = commits;
  let renames = true;
  while (left.length > 0) {
    let last: string | undefined;
    try {
      for await (const step of diffTrees(left, renames, options)) {
        if ('commit' in step) last = step.commit;
        yield step;
      }
      return;
    } catch (error) {
      if (!(error instanceof GitError)) throw error;
      // git may have failed in the commit it told last or in the one after: both are looked at again, alone if need be.
      const at = last === undefined ? 0 : left.indexOf(last);
      if (renames || at > 0) left = left.slice(at);
      else {
        skipped.push({
          path: left[0],
          reason: `git cannot read the changes around this commit: ${error.stderr.trim()}`,
        });
        left = left.slice(1);
      }
      renames = false;
    }
  }
}

async function* diffTrees(
  commits: readonly string[],
  renames: boolean,
  options: CommitsOptions,
): AsyncGenerator<Step> {
  const args = [
    '--stdin',
    '-r',
    '--root',
    '-c',
    renames ? '-M' : '--no-renames',
    '--raw',
    '-z',
    '--no-abbrev',
  ];
  const flags = ['--combined-all-paths', '--always', '--no-relative'];
  const output = streamGit(['diff-tree', ...args, ...flags], {
    ...options,
    input: `${commits.join('\n')}\n`,
  });
  const parser = new RawDiffParser();
  for await (const field of streamFields(output)) {
    const entry = parser.push(field);
    if (!entry) continue;
    if ('commit' in entry) yield entry;
    else if (isFileMode(entry.mode) && !isNullId(entry.id))
      yield { ...entry, oldBlobs: oldVersionsOf(entry) };
  }
}

async function* streamFields(output: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of output) {
    const bytes = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
    let from = 0;
    for (let end = bytes.indexOf(0); end !== -1; end = bytes.indexOf(0, from)) {
      yield bytes.subarray(from, end);
      from = end + 1;
    }
    rest = bytes.subarray(from);
  }
}

/** Messages of the annotated tags that the range names, or that its refs hold when the commit they name is in it. */
async function* readTags(
  revisions: readonly string[],
  commits: Set<string>,
  objects: ObjectStream,
  skipped: Skipped[],
  options: CommitsOptions,
): AsyncGenerator<Blob> {
  const { named, byRefs } = await resolvePositive(revisions, options);
  for (const start of new Set([...named, ...byRefs])) {
    const tags: Blob[] = [];
    let id = start;
    while (true) {
      if (commits.has(id)) break;
      objects.request(id);
      const answer: GitObject | Unreadable = await objects.next();
      if ('reason' in answer) {
        skipped.push({ path: id, reason: `the object is unreadable: ${answer.reason}` });
        break;
      }
      if (answer.type !== 'tag') break;
      const text = parseCommit(answer.content);
      tags.push({ path: TAG_MESSAGE, bytes: text.message, id, commit: infoOf(id, text) });
      id = text.parents[0];
    }
    if (named.has(start) || commits.has(id)) yield* tags.filter(({ bytes }) => bytes.length > 0);
  }
}

function infoOf(id: string, { author, email, date, subject }: CommitText): CommitInfo {
  return { id, author, email, date, subject };
}
