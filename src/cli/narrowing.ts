import { relative, resolve, sep } from 'node:path';
import { findRepositoryRoot } from '../suppress/config-file.ts';
import type { Values } from './command.ts';

/** Options that leave findings out, so that what a scan does not tell may well be there. */
const NARROWING = ['rule', 'no-rule', 'exclude', 'include'] as const;

/** Paths told by name; of more, the number. */
const MOST_PATHS = 3;

/** How options narrow a scan, in words of the command line: `--rule aws-access-key`. */
export function narrowedByOptions(values: Values): string[] {
  return NARROWING.flatMap((name) => {
    const given = values[name] as string[] | undefined;
    return given?.length ? [`--${name} ${given.join(' ')}`] : [];
  });
}

/** How paths narrow a scan of files: not at all when one of them holds the whole repository, or the current folder outside of one. */
export function narrowedByPaths(paths: readonly string[], cwd: string): string[] {
  const whole = findRepositoryRoot(cwd) ?? cwd;
  const targets = paths.length > 0 ? paths : ['.'];
  if (targets.some((path) => holds(resolve(cwd, path), whole))) return [];
  const names = targets.map((path) => relative(whole, resolve(cwd, path)) || path);
  return names.length <= MOST_PATHS ? names.map((name) => `path ${name}`) : [`${names.length} paths`];
}

function holds(folder: string, other: string): boolean {
  const path = relative(folder, other);
  return path === '' || (path !== '..' && !path.startsWith(`..${sep}`) && !path.startsWith(sep));
}
