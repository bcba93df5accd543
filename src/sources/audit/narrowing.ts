import type { Attribution } from '../../git/attribution/attribute.ts';
import type { Tips } from '../../git/refs.ts';
import { GitError, type GitOptions, runGit } from '../../git/run.ts';
import { UserError } from '../../model/errors.ts';

/** A part of the history, in the words of the command line. */
export interface Narrowing {
  since?: string;
  branch?: string;
  maxCommits?: number;
}

/** Which places a narrowed audit keeps, and how the report says that it was narrowed. */
export async function narrowHistory(
  tips: Tips,
  { since, branch, maxCommits }: Narrowing,
  git: GitOptions,
): Promise<{ tips: Tips; narrowed: string[]; isKept: (attribution: Attribution) => boolean }> {
  const narrowed: string[] = [];
  let kept = tips;
  if (branch !== undefined) {
    narrowed.push(`branch ${branch}`);
    const id = await resolveBranch(branch, git);
    kept = { ...tips, refs: [{ name: branch, id }], reflogs: [] };
  }
  if (since === undefined && maxCommits === undefined) {
    return { tips: kept, narrowed, isKept: branch === undefined ? () => true : ({ reachable }) => reachable };
  }
  if (since !== undefined) {
    await checkDate(since, git);
    narrowed.push(`since ${since}`);
  }
  if (maxCommits !== undefined) narrowed.push(`${maxCommits} commits`);
  const range = [
    ...(since === undefined ? [] : [`--since=${since}`]),
    ...(maxCommits === undefined ? [] : [`--max-count=${maxCommits}`]),
  ];
  const what = branch === undefined ? ['--all'] : [kept.refs[0].id];
  const listed = (await runGit(['rev-list', ...range, ...what, '--'], git)).toString();
  const commits = new Set(listed.split('\n').filter(Boolean));
  return { tips: kept, narrowed, isKept: ({ commit }) => commit !== undefined && commits.has(commit.id) };
}

/** git takes a date that it does not understand for now, and then nothing is newer. */
async function checkDate(since: string, git: GitOptions): Promise<void> {
  const key = 'unleak.since';
  try {
    await runGit(['-c', `${key}=${since}`, 'config', '--type=expiry-date', '--get', key], git);
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    throw new UserError(`--since ${since}: not a date that git knows, such as 2026-01-31 or "3 months ago"`);
  }
}

async function resolveBranch(branch: string, git: GitOptions): Promise<string> {
  const options = { ...git, okCodes: [0, 1, 128] };
  const id = (
    await runGit(['rev-parse', '--quiet', '--verify', '--end-of-options', `${branch}^{commit}`], options)
  )
    .toString()
    .trim();
  if (!id)
    throw new UserError(`--branch ${branch}: the repository has no such branch; git branch --all lists them`);
  return id;
}
