import { lstatSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { splitFields } from '../git/raw-diff.ts';
import { type GitOptions, runGitSync } from '../git/run.ts';
import { readState } from '../git/state.ts';
import type { Skipped } from '../model/report.ts';
import type { Blob } from './blob.ts';
import type { Source } from './source.ts';

/**
 * Those of some files that are not staged, from the work tree and as a whole. The pre-commit framework names the files
 * that a hook is to look at: with `--all-files` all of them, and then there is little or nothing staged.
 * @param files relative to the current directory, which is the root of the work tree
 */
export function readUnstagedFiles(files: string[], options: Pick<GitOptions, 'cwd' | 'env'>): Source {
  const skipped: Skipped[] = [];
  const { head } = readState(options);
  // Before the first commit everything is staged.
  const wanted = head ? files.filter(notIn(stagedPaths(head, options))) : [];
  return { blobs: readFiles(wanted, skipped, options.cwd), skipped, commits: 0 };
}

function* readFiles(files: string[], skipped: Skipped[], cwd: string): Generator<Blob> {
  for (const path of files) {
    const file = resolve(cwd, path);
    try {
      if (lstatSync(file).isFile()) yield { path, bytes: readFileSync(file) };
    } catch (error) {
      skipped.push({ path, reason: (error as Error).message });
    }
  }
}

function notIn(paths: Set<string>): (path: string) => boolean {
  return (path) => !paths.has(path.replaceAll('\\', '/'));
}

function stagedPaths(head: string, options: Pick<GitOptions, 'cwd' | 'env'>): Set<string> {
  const args = ['diff-index', '--cached', '--name-only', '-z', '--no-renames', head, '--'];
  return new Set([...splitFields(runGitSync(args, options))].map((field) => field.toString()));
}
