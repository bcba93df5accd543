import { UserError } from '../model/errors.ts';
import { GitError, type GitOptions, runGit } from './run.ts';

/** Options of `git rev-list` that choose commits by ref. Those that leave out commits of a range (`--no-merges`, `--since`) are none of them. */
const REF_OPTIONS = /^--(all|branches|tags|remotes|not|glob|exclude)(=.*)?$/;

/**
 * The commits of a range, oldest first, as `git rev-list` understands it: `A..B`, `A...B`, `^A B`, `B^!`, `--all`,
 * `--not --remotes`. One revision alone stands for all that leads to it.
 * @throws {UserError} when a revision is unknown
 */
export async function listCommits(revisions: readonly string[], options: GitOptions): Promise<string[]> {
  checkRevisions(revisions);
  try {
    const output = await runGit(['rev-list', '--topo-order', '--reverse', ...revisions, '--'], options);
    return output.toString('latin1').split('\n').filter(Boolean);
  } catch (error) {
    throw explain(error, revisions, options);
  }
}

/**
 * Revisions without the id of zeros, which stands for no commit: what servers and hooks give as the old end of a ref that is new, and
 * as the new end of one that is deleted. All that leads to a new ref is its range; a deleted one brings nothing.
 */
export function withoutNull(revisions: readonly string[]): string[] {
  return revisions.flatMap((revision) => {
    const [, from, to] = /^(.*?)\.{2,3}(.*)$/.exec(revision) ?? [];
    if (isNull(revision.replace(/^\^/, '')) || (to !== undefined && isNull(to))) return [];
    return from !== undefined && isNull(from) ? [to || 'HEAD'] : [revision];
  });
}

/** As long as an id is in either object format. */
function isNull(revision: string): boolean {
  return /^(?:0{40}|0{64})$/.test(revision);
}

/** The objects that the revisions name, annotated tags included, without those that are excluded. */
export async function resolvePositive(
  revisions: readonly string[],
  options: GitOptions,
): Promise<{ named: Set<string>; byRefs: Set<string> }> {
  const globs = revisions.filter((revision) => REF_OPTIONS.test(revision));
  const named = revisions.filter((revision) => !globs.includes(revision) || revision === '--not');
  return { named: await parsePositive(named, options), byRefs: await parsePositive(globs, options) };
}

async function parsePositive(revisions: readonly string[], options: GitOptions): Promise<Set<string>> {
  if (revisions.length === 0) return new Set();
  const output = await runGit(['rev-parse', '--revs-only', ...revisions], options);
  const lines = output.toString('latin1').split('\n');
  return new Set(lines.filter((line) => /^[0-9a-f]{40,64}$/.test(line)));
}

function checkRevisions(revisions: readonly string[]): void {
  for (const revision of revisions) {
    if (revision === '' || (revision.startsWith('-') && !REF_OPTIONS.test(revision))) {
      throw new UserError(
        `${revision || "''"}: not a revision. A range is A..B, ^A B, or one of --all, --branches, --tags, --remotes, --glob, --exclude, --not`,
      );
    }
  }
}

function explain(error: unknown, revisions: readonly string[], options: GitOptions): unknown {
  if (!(error instanceof GitError)) return error;
  if (/not a git repository/.test(error.stderr)) {
    return new UserError(`${options.cwd}: not in a git repository. unleak scan reads plain folders`);
  }
  // A ref that is broken, or whose object is lost: git's own words are the best.
  if (/bad object refs\/|^(?:error|warning): /m.test(error.stderr)) return error;
  if (/bad revision|unknown revision|bad object|Invalid (symmetric|revision)/i.test(error.stderr)) {
    return new UserError(
      `${revisions.join(' ')}: this repository does not have such a revision. In a shallow or partial clone fetch it first: git fetch --unshallow, or git fetch origin <commit>`,
    );
  }
  return error;
}
