import { findRepositoryRoot } from '../suppress/config-file.ts';

/** What the paths of a scan or its report are relative to: those of `scan` to the current directory, all others to the repository. */
export function rootOfPaths(source: string, cwd: string): string {
  return /^scan\b/.test(source) ? cwd : (findRepositoryRoot(cwd) ?? cwd);
}
