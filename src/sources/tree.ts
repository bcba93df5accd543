import { namePath } from '../git/path-name.ts';
import { isFileMode, splitFields } from '../git/raw-diff.ts';
import { LARGEST_OBJECT } from '../git/read-objects.ts';
import { type GitOptions, runGit } from '../git/run.ts';
import { ObjectStream } from '../git/stream-objects.ts';
import type { Skipped } from '../model/report.ts';
import type { Blob } from './blob.ts';
import type { Source } from './source.ts';

export interface TreeOptions extends Omit<GitOptions, 'input' | 'okCodes' | 'onWarning'> {
  /** Larger files (bytes) are named as skipped. Default: none is too large. */
  maxFileSize?: number;
}

/** Blobs asked for ahead of the one that is scanned. */
const AHEAD = 64;

/** All files of one commit, as they are in the repository. Submodules are not entered. @throws {UserError} when the revision is unknown */
export async function readTree(revision: string, options: TreeOptions): Promise<Source> {
  const output = await runGit(['ls-tree', '-r', '-z', '--full-tree', revision], options);
  const skipped: Skipped[] = [];
  return { blobs: readFiles(output, skipped, options), skipped, commits: 1 };
}

async function* readFiles(listing: Buffer, skipped: Skipped[], options: TreeOptions): AsyncGenerator<Blob> {
  const limit = Math.min(options.maxFileSize ?? LARGEST_OBJECT, LARGEST_OBJECT);
  const objects = new ObjectStream(options, limit);
  const waiting: Buffer[] = [];
  const next = async (): Promise<Blob | undefined> => {
    const { path, pathBytes } = namePath(waiting.shift()!);
    const answer = await objects.next();
    if ('content' in answer)
      return { path, ...(pathBytes && { pathBytes }), id: answer.id, bytes: answer.content };
    skipped.push({ path, reason: `blob ${answer.id}: ${answer.reason}` });
    return undefined;
  };
  try {
    for (const field of splitFields(listing)) {
      options.signal?.throwIfAborted();
      // `<mode> <type> <id>`, a tab, the path.
      const tab = field.indexOf(9);
      const [mode, , id] = field.toString('latin1', 0, tab).split(' ');
      if (!isFileMode(mode)) continue;
      objects.request(id);
      waiting.push(field.subarray(tab + 1));
      const blob = waiting.length > AHEAD ? await next() : undefined;
      if (blob) yield blob;
    }
    while (waiting.length > 0) {
      const blob = await next();
      if (blob) yield blob;
    }
  } finally {
    await objects.close();
  }
}
