import type { Attribution } from '../../git/attribution/attribute.ts';
import { BLOB, idOf, type ObjectTable } from '../../git/objects/table.ts';
import { namePath, type PathName } from '../../git/path-name.ts';
import { isFileMode, splitFields } from '../../git/raw-diff.ts';
import { GitError, type GitOptions, runGit } from '../../git/run.ts';

/** What stands in place of a ref for a blob that only the index holds. */
const INDEX = 'index';

/** Gives blobs that no tree names the paths that the index has them under: they were staged and not committed. */
export async function addIndexPaths(
  attributions: readonly Attribution[],
  table: ObjectTable,
  git: GitOptions,
): Promise<Attribution[]> {
  const isPathless = ({ row, path }: Attribution) => path === undefined && table.type[row] === BLOB;
  if (!attributions.some(isPathless)) return [...attributions];
  const staged = await readIndexPaths(git);
  return attributions.flatMap((attribution) => {
    const names = isPathless(attribution) ? staged.get(idOf(table, attribution.row)) : undefined;
    return names?.map((name) => ({ ...attribution, ...name, reflog: INDEX })) ?? [attribution];
  });
}

/** Paths by blob. Empty where there is no work tree. */
async function readIndexPaths(git: GitOptions): Promise<Map<string, PathName[]>> {
  const paths = new Map<string, PathName[]>();
  let output: Buffer;
  try {
    output = await runGit(['ls-files', '--stage', '-z', '--full-name', ':/'], git);
  } catch (error) {
    if (error instanceof GitError) return paths;
    throw error;
  }
  for (const field of splitFields(output)) {
    // `<mode> <id> <stage>`, a tab, the path.
    const tab = field.indexOf(9);
    const [mode, id] = field.toString('latin1', 0, tab).split(' ');
    if (isFileMode(mode)) paths.set(id, [...(paths.get(id) ?? []), namePath(field.subarray(tab + 1))]);
  }
  return paths;
}
