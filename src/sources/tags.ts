import { parseCommit } from '../git/parse-commit.ts';
import { resolvePositive } from '../git/revisions.ts';
import type { GitOptions } from '../git/run.ts';
import type { GitObject, ObjectStream, Unreadable } from '../git/stream-objects.ts';
import type { Skipped } from '../model/report.ts';
import type { Blob } from './blob.ts';
import { infoOf } from './commit-info.ts';
import { TAG_MESSAGE } from './message-paths.ts';

/** Messages of the annotated tags that the range names, or that its refs hold when the commit they name is in it. */
export async function* readTags(
  revisions: readonly string[],
  commits: Set<string>,
  objects: ObjectStream,
  skipped: Skipped[],
  options: GitOptions,
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
      if (answer.type === 'blob' && named.has(start)) {
        yield { path: `blob-${id}`, bytes: answer.content, id };
      }
      if (answer.type === 'tree' && named.has(start)) {
        skipped.push({ path: id, reason: 'the range names a tree and no commit: it is not scanned' });
      }
      if (answer.type !== 'tag') break;
      const text = parseCommit(answer.content);
      tags.push({ path: TAG_MESSAGE, bytes: text.message, id, commit: infoOf(id, text) });
      id = text.parents[0];
    }
    if (named.has(start) || commits.has(id)) yield* tags.filter(({ bytes }) => bytes.length > 0);
  }
}
