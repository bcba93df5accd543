import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { findRepositoryRoot } from '../config-file.ts';

/** Fingerprints of findings that were decided without the baseline: triage does not ask about them again. */
export interface Progress {
  /** Looked at, and findings still. */
  kept: Set<string>;
  /** Allowed by comments since the report at hand was written; a later report does not hold them any more. */
  commented: Set<string>;
  save(): Promise<void>;
}

/**
 * Kept inside `.git`, where it is nobody's to commit; outside of a repository in the folder itself.
 * @param report what tells the report at hand from others: when its scan started
 */
export async function openProgress(cwd: string, report: string): Promise<Progress> {
  const path = await progressPath(cwd);
  const text = await readFile(path, 'utf8').catch(() => '');
  const lines = text.split('\n');
  const kept = new Set(lines.filter((line) => /^[0-9a-f]{20}$/.test(line)));
  const mark = ` allowed by comment since ${report}`;
  const commented = new Set(
    lines
      .filter((line) => /^[0-9a-f]{20} /.test(line) && line.endsWith(mark))
      .map((line) => line.slice(0, 20)),
  );
  return {
    kept,
    commented,
    async save() {
      await mkdir(dirname(path), { recursive: true });
      const now = [...[...kept].sort(), ...[...commented].sort().map((print) => `${print}${mark}`)];
      await writeFile(path, now.map((line) => `${line}\n`).join(''), { mode: 0o600 });
    },
  };
}

async function progressPath(cwd: string): Promise<string> {
  const root = findRepositoryRoot(cwd);
  if (!root) return join(cwd, '.unleak-triage');
  // In a linked worktree or submodule `.git` is a file that names the folder: https://git-scm.com/docs/gitrepository-layout
  const link = await readFile(join(root, '.git'), 'utf8').catch(() => '');
  const folder = /^gitdir: (.+)$/m.exec(link)?.[1];
  return join(folder ? resolve(root, folder) : join(root, '.git'), 'unleak', 'triage-kept');
}
