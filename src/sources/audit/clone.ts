import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type GitOptions, runGit } from '../../git/run.ts';

/** Whether a repository is named by URL or `host:path` and not by a folder. */
export function isRemote(target: string): boolean {
  return /^(?:https?|ssh|git|file|git\+ssh):\/\//i.test(target) || /^[\w.-]+@[\w.-]+:/.test(target);
}

/**
 * Clones all refs of a repository into a new temporary folder, which the caller removes.
 * @throws {GitError} in git's words when it cannot be had; nothing is left behind then
 */
export async function cloneBare(
  url: string,
  { env, signal, cwd }: Pick<GitOptions, 'env' | 'signal' | 'cwd'>,
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'unleak-audit-'));
  try {
    const protocols = ['https', 'http', 'ssh', 'git', 'file'];
    await runGit(['clone', '--quiet', '--mirror', '--template=', '--', url, folder], {
      cwd,
      env,
      signal,
      protocols,
    });
    return folder;
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}
