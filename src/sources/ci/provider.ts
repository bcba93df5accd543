/** What made the CI run. */
export type CiKind = 'push' | 'new-branch' | 'pull-request' | 'merge-queue' | 'tag' | 'schedule' | 'manual';

/** What a CI says of its run, in the same words for all of them. */
export interface CiRun {
  kind: CiKind;
  /** What is to be scanned leads up to these: ids, or `HEAD` for what is checked out. */
  heads: string[];
  /** What was there before: the commit of the branch that is merged into, or that the branch had before a push. */
  baseCommit?: string;
  /** The branch that is merged into, as the remote names it. */
  baseBranch?: string;
  /** The branch that this run is for, when it is one. */
  ownBranch?: string;
  /** The repository's default branch, where the CI tells it. */
  defaultBranch?: string;
}

export type CiEnvironment = Record<string, string | undefined>;

export interface CiProvider {
  name: string;
  detect(env: CiEnvironment): boolean;
  /** @param readEvent reads the event's JSON, where the CI keeps one */
  read(env: CiEnvironment, readEvent: () => unknown): CiRun;
  /** The report format that this CI reads from the log. */
  annotations?: 'github' | 'azure';
  /** Reports that this CI shows by itself, or that its configuration hands to it: values of `--output`. */
  reports: string[];
  /** The line that makes its checkout hold the whole history. */
  fullHistory: string;
}

/** GitHub, GitLab and others write a commit that is none as zeros. */
export function commitOrNone(id: string | undefined): string | undefined {
  return id && !/^0+$/.test(id) ? id : undefined;
}

/** A branch's short name. */
export function branchOf(ref: string | undefined): string | undefined {
  return ref?.replace(/^refs\/heads\//, '') || undefined;
}

/** A text in an event, by its path: `pull_request.base.sha`. */
export function textAt(event: unknown, path: string): string | undefined {
  let value = event;
  for (const key of path.split('.')) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return typeof value === 'string' && value !== '' ? value : undefined;
}
