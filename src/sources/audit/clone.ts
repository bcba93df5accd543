import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { GitError, type GitOptions, runGit } from '../../git/run.ts';
import { UserError } from '../../model/errors.ts';

/** Whether a repository is named by URL or `[user@]host:path` and not by a folder of that name. One letter is a drive. */
export function isRemote(target: string, cwd: string): boolean {
  if (/^(?:https?|ssh|git|file|git\+ssh):\/\//i.test(target)) return true;
  return /^(?:[\w.-]+@)?[\w.-]{2,}:/.test(target) && !existsSync(resolve(cwd, target));
}

/** A URL for reports: a password or token before its host must not end there. */
export function withoutCredentials(target: string): string {
  return target.replace(/^((?!ssh|git\+ssh)[a-z+]+:\/\/)[^/]*@/i, '$1***@');
}

/**
 * Clones all refs of a repository into a new temporary folder, which the caller removes.
 * @throws {GitError} in git's words when it cannot be had; nothing is left behind then
 */
export async function cloneBare(
  url: string,
  { env, signal, cwd }: Pick<GitOptions, 'env' | 'signal' | 'cwd'>,
): Promise<string> {
  const folder = await makeFolder();
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
    await removeClone(folder);
    if (!(error instanceof GitError && /No space left|quota exceeded/i.test(error.stderr))) throw error;
    throw new UserError(
      `${tmpdir()}: no room for a clone of ${withoutCredentials(url)}. TMPDIR names another folder`,
      3,
    );
  }
}

/** Retried, for what git's helpers may still write when git itself has ended. */
export function removeClone(folder: string): Promise<void> {
  return rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
}

async function makeFolder(): Promise<string> {
  try {
    return await mkdtemp(join(tmpdir(), 'unleak-audit-'));
  } catch (error) {
    throw new UserError(
      `${tmpdir()}: no room for a clone: ${(error as Error).message}. TMPDIR names another folder`,
      3,
    );
  }
}
