import { sizesOfObjects } from '../../git/read-objects.ts';
import { listCommits } from '../../git/revisions.ts';
import { GitError, type GitOptions, runGit, runGitSync } from '../../git/run.ts';
import { readState } from '../../git/state.ts';
import { UserError } from '../../model/errors.ts';
import type { CiPlan } from './plan.ts';

export interface ResolveOptions extends Pick<GitOptions, 'cwd' | 'env' | 'signal'> {
  /** Whether what is missing may be fetched from the remote. */
  fetch?: boolean;
}

/** What to scan in this checkout. */
export interface CiScope {
  /** The commit whose files are scanned; or else `revisions`. */
  tree?: string;
  /** For `git rev-list`. */
  revisions?: string[];
  /** What the log should say about how the range was found. */
  notes: string[];
}

/** Transports that a checkout may have come by. */
const PROTOCOLS = ['https', 'http', 'ssh', 'git', 'file'];

/**
 * Finds the commits that a plan speaks of in this checkout. What is known less exactly makes the range larger, never smaller.
 * @throws {UserError} with the line to add, when the checkout lacks a part of the range and it may not or cannot be fetched
 */
export async function resolvePlan(plan: CiPlan, options: ResolveOptions): Promise<CiScope> {
  if (plan.scan === 'tree') return { tree: known([...plan.heads], options)[0] ?? 'HEAD', notes: [] };
  const first = await findRange(plan, options);
  if (!first.missing) return first;
  if (options.fetch) {
    await fetchMissing(plan, options);
    const second = await findRange(plan, options);
    if (!second.missing) return second;
    if (second.fallback) return second;
  } else if (first.fallback) {
    return first;
  }
  throw new UserError(
    `${plan.provider.name}: this checkout lacks ${first.missing}, so the scan would be incomplete. Let it hold the whole history:\n  ${plan.provider.fullHistory}\nor let unleak fetch what is missing: unleak ci --fetch`,
    3,
  );
}

interface Found extends CiScope {
  /** What is not in this checkout. */
  missing?: string;
  /** The range can do without it, because it only grows. */
  fallback?: boolean;
}

async function findRange(plan: CiPlan, options: ResolveOptions): Promise<Found> {
  const heads = known(plan.heads, options);
  if (heads.length === 0) return { notes: [], missing: `the commit ${plan.heads.at(-1)}` };
  const { excluded, missing, fallback, notes } = findBase(plan, options);
  const revisions = [...heads, ...(excluded.length > 0 ? ['--not', ...excluded] : [])];
  if (missing && !fallback) return { notes, missing };
  const { shallow } = readState(options);
  const cut = (await listCommits(revisions, options)).find((id) => shallow.has(id));
  if (cut) return { notes, missing: `the history before ${cut}` };
  return { revisions, notes, missing, fallback };
}

/** What the range leaves out, because it was there before. */
function findBase(
  plan: CiPlan,
  options: ResolveOptions,
): Pick<Found, 'missing' | 'fallback' | 'notes'> & { excluded: string[] } {
  const { kind, baseCommit, baseBranch } = plan;
  const remote = remoteName(options);
  const excluded = known([baseCommit, baseBranch && `refs/remotes/${remote}/${baseBranch}`], options);
  if (kind === 'pull-request' || kind === 'merge-queue') {
    const missing = `the branch that is merged into (${baseBranch ?? baseCommit})`;
    return { excluded, notes: [], ...(excluded.length === 0 && { missing }) };
  }
  if (excluded.length > 0) return { excluded, notes: [] };
  const others = otherBranches(plan, remote, options);
  if (!baseCommit) return { excluded: others, notes: [] };
  return {
    excluded: others,
    notes: [
      `${baseCommit}, which the branch held before, is gone (a forced push): all that no other branch has is scanned`,
    ],
    missing: `the commit ${baseCommit}`,
    fallback: true,
  };
}

/** Branches whose own runs have scanned what they hold. For the default branch there are none: it is scanned whole. */
function otherBranches(
  { kind, ownBranch, defaultBranch }: CiPlan,
  remote: string,
  options: ResolveOptions,
): string[] {
  const main = defaultBranch ?? remoteHead(remote, options);
  // A push of which neither is known may be one to the default branch.
  const whole =
    kind === 'push'
      ? main === undefined || ownBranch === main
      : ownBranch !== undefined && ownBranch === main;
  if (whole) return [];
  const own = ownBranch ? [`--exclude=${remote}/${escapeGlob(ownBranch)}`] : [];
  return [...own, `--exclude=${remote}/HEAD`, `--remotes=${escapeGlob(remote)}`];
}

/** Those of some revisions that this repository has. */
function known(revisions: (string | undefined)[], options: ResolveOptions): string[] {
  const asked = revisions.filter((revision) => revision !== undefined && revision !== '');
  const ids = asked.map((revision) => {
    const args = ['rev-parse', '--verify', '--quiet', '--end-of-options', revision!];
    return runGitSync(args, { ...options, okCodes: [0, 1, 128] })
      .toString()
      .trim();
  });
  const found = ids.filter(Boolean);
  if (found.length === 0) return [];
  const sizes = sizesOfObjects(found, options);
  return [...new Set(found.filter((id) => sizes.has(id)))];
}

/** The part of the history that the checkout lacks, and the branches to compare with. */
async function fetchMissing({ heads, baseCommit }: CiPlan, options: ResolveOptions): Promise<void> {
  const remote = remoteName(options);
  const fetch = (...args: string[]) =>
    runGit(['fetch', '--quiet', '--no-tags', ...args], { ...options, protocols: PROTOCOLS });
  const { shallow } = readState(options);
  const branches = `+refs/heads/*:refs/remotes/${remote}/*`;
  await fetch(...(shallow.size > 0 ? ['--unshallow'] : []), remote, branches);
  for (const commit of [...heads, baseCommit]) {
    if (!commit || commit === 'HEAD' || known([commit], options).length > 0) continue;
    try {
      await fetch(remote, commit);
    } catch (error) {
      // Many servers give out branches and tags alone; whether that is enough is seen by who asked.
      if (!(error instanceof GitError)) throw error;
    }
  }
}

function remoteName(options: ResolveOptions): string {
  const names = runGitSync(['remote'], options).toString().split('\n').filter(Boolean);
  return names.includes('origin') ? 'origin' : (names[0] ?? 'origin');
}

function remoteHead(remote: string, options: ResolveOptions): string | undefined {
  const args = ['symbolic-ref', '--quiet', '--short', `refs/remotes/${remote}/HEAD`];
  const name = runGitSync(args, { ...options, okCodes: [0, 1, 128] })
    .toString()
    .trim();
  return name.startsWith(`${remote}/`) ? name.slice(remote.length + 1) : undefined;
}

function escapeGlob(name: string): string {
  return name.replace(/[*?[\\]/g, '\\$&');
}
