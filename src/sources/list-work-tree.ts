import { lstatSync } from 'node:fs';
import { sep } from 'node:path';
import { runGitSync } from '../git/run.ts';
import { UserError } from '../model/errors.ts';
import { splitAtZeros } from './split-at-zeros.ts';

/**
 * What git tracks and does not ignore below a folder, as far as it is there: tracked files that have been deleted, or
 * that a sparse checkout leaves out, are no part of the folder. Paths are relative to it, folders end in a slash.
 * Undefined when the folder is in no work tree.
 * @param onUnread told in git's words of each folder that it could not look into: it passes over it and succeeds
 */
export function listWorkTree(
  folder: string,
  env: Record<string, string | undefined>,
  onUnread: (warning: string) => void,
): Buffer[] | undefined {
  let listed: Buffer[];
  try {
    const which = ['--cached', '--others', '--deleted', '--exclude-standard'];
    const onWarning = (text: string) => {
      for (const line of text.split('\n')) if (UNREAD.test(line)) onUnread(line.replace(/^warning: /, ''));
    };
    listed = splitAtZeros(runGitSync(['ls-files', '-z', '-t', ...which], { cwd: folder, env, onWarning }));
  } catch (error) {
    // No git, no repository, or one that git refuses to read: then every file counts, which hides nothing.
    if (error instanceof UserError) return undefined;
    throw error;
  }
  const gone = new Set(listed.filter((entry) => entry[0] === DELETED).map(nameOf));
  return listed
    .filter(
      (entry) =>
        !(gone.size > 0 && gone.has(nameOf(entry))) && (entry[0] !== LEFT_OUT || exists(folder, entry)),
    )
    .map((entry) => entry.subarray(2));
}

/** Other warnings, such as of a list of ignored files, leave nothing out. */
const UNREAD = /^warning: could not open directory /;

/** Tags that `-t` writes before each path, with a space. */
const DELETED = 'R'.charCodeAt(0);
const LEFT_OUT = 'S'.charCodeAt(0);

function nameOf(entry: Buffer): string {
  return entry.toString('latin1', 2);
}

/** A file that a sparse checkout leaves out may be there all the same. */
function exists(folder: string, entry: Buffer): boolean {
  const path = Buffer.concat([Buffer.from(folder + sep), entry.subarray(2)]);
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}
