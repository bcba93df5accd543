import type { Skipped } from '../model/report.ts';
import { isFileMode, isNullId, oldVersionsOf, type RawChange, RawDiffParser } from './raw-diff.ts';
import { GitError, type GitOptions, streamGit } from './run.ts';

/** A commit, or a change in the commit before it with the blobs it is compared with. */
export type Step = { commit: string } | (RawChange & { oldBlobs: string[] });

/**
 * All commits and the files that each changes against all its parents. Looking for renames reads blobs; where one is
 * missing git gives up, and goes on without looking. A commit whose trees are missing is named and left out.
 */
export async function* diffCommits(
  commits: readonly string[],
  skipped: Skipped[],
  options: GitOptions,
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
  options: GitOptions,
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
