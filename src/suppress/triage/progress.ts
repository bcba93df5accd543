import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { findRepositoryRoot } from '../config-file.ts';

/** Fingerprints of findings that were looked at and kept: they stay findings, and triage does not ask again. */
export interface Progress {
  kept: Set<string>;
  save(): Promise<void>;
}

/** Kept inside `.git`, where it is nobody's to commit; outside of a repository in the folder itself. */
export async function openProgress(cwd: string): Promise<Progress> {
  const path = await progressPath(cwd);
  const text = await readFile(path, 'utf8').catch(() => '');
  const kept = new Set(text.split('\n').filter((line) => /^[0-9a-f]{20}$/.test(line)));
  return {
    kept,
    async save() {
      await mkdir(dirname(path), { recursive: true });
      await writeFile(
        path,
        [...kept]
          .sort()
          .map((print) => `${print}\n`)
          .join(''),
        { mode: 0o600 },
      );
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
