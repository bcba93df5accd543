import { GitError, type GitOptions, runGitSync } from './run.ts';

type Options = Pick<GitOptions, 'cwd' | 'env'>;

/** The most that one read may bring (bytes): the buffer of a child process ends at 1 GiB. */
export const LARGEST_OBJECT = (1 << 30) - (1 << 20);

/** Sizes in bytes of those objects that the repository has. One process, about 3 ms. */
export function sizesOfObjects(ids: readonly string[], options: Options): Map<string, number> {
  const sizes = new Map<string, number>();
  const output = runGitSync(['cat-file', '--batch-check'], { ...options, input: listIds(ids) });
  for (const line of output.toString('latin1').split('\n')) {
    const [id, , size] = line.split(' ');
    if (size !== undefined) sizes.set(id, Number(size));
  }
  return sizes;
}

/** Objects read whole, at once; together they must stay under `LARGEST_OBJECT`. Those that are missing or damaged are absent. */
export function readObjects(ids: readonly string[], options: Options): Map<string, Buffer> {
  try {
    return parseBatch(runGitSync(['cat-file', '--batch'], { ...options, input: listIds(ids) }));
  } catch (error) {
    // git gives up at the first damaged object: it is found by asking for each alone.
    if (!(error instanceof GitError)) throw error;
    if (ids.length === 1) return new Map();
    return new Map(ids.flatMap((id) => [...readObjects([id], options)]));
  }
}

function listIds(ids: readonly string[]): string {
  return `${ids.join('\n')}\n`;
}

/** Reads what `git cat-file --batch` prints: `<id> <type> <size>`, line feed, the object, line feed; or `<id> missing`. */
export function parseBatch(output: Buffer): Map<string, Buffer> {
  const objects = new Map<string, Buffer>();
  for (let at = 0; at < output.length; ) {
    const end = output.indexOf(10, at);
    const [id, , size] = output.toString('latin1', at, end).split(' ');
    at = end + 1;
    if (size === undefined) continue;
    objects.set(id, output.subarray(at, at + Number(size)));
    at += Number(size) + 1;
  }
  return objects;
}
