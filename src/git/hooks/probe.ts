import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type GitOptions, runGitSync } from '../run.ts';

/** The name of the planted file: by it the hook's refusal is known to be about the planted secret. */
export const PROBE_PATH = 'unleak-doctor-probe.env';

export interface ProbeResult {
  /** `caught`: stopped because of the planted secret. `other`: stopped for a reason of its own. `passed`: the commit would have gone through. */
  outcome: 'caught' | 'other' | 'passed';
  /** What the hook wrote. */
  output: string;
}

/**
 * Runs a hook on an index that holds a planted secret beside what is staged now, in the folder and environment that git
 * gives it. Index and objects are temporary; the repository's own are not touched.
 */
export function probeHook(
  file: string,
  root: string,
  secret: string,
  { cwd, env }: Pick<GitOptions, 'cwd' | 'env'>,
): ProbeResult {
  const folder = mkdtempSync(join(tmpdir(), 'unleak-doctor-'));
  try {
    const ask = (name: string) =>
      resolve(cwd, runGitSync(['rev-parse', '--git-path', name], { cwd, env }).toString().replace(/\n$/, ''));
    const index = join(folder, 'index');
    copyIndex(ask('index'), index);
    const objects = join(folder, 'objects');
    mkdirSync(objects);
    const probing = {
      ...env,
      GIT_INDEX_FILE: index,
      GIT_OBJECT_DIRECTORY: objects,
      GIT_ALTERNATE_OBJECT_DIRECTORIES: ask('objects'),
      UNLEAK_DOCTOR: '1',
    };
    const id = runGitSync(['hash-object', '-w', '--stdin'], { cwd, env: probing, input: secret })
      .toString()
      .trim();
    runGitSync(['update-index', '--add', '--cacheinfo', `100644,${id},${PROBE_PATH}`], {
      cwd: root,
      env: probing,
    });
    const hook = runHookFile(file, root, probing);
    const output = `${hook.stdout ?? ''}${hook.stderr ?? ''}${hook.error ? `${hook.error.message}\n` : ''}`;
    const outcome = hook.status === 0 ? 'passed' : output.includes(PROBE_PATH) ? 'caught' : 'other';
    return { outcome, output };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A script without #! is run by sh, as git does it; on Windows every script is. */
function runHookFile(file: string, cwd: string, env: NodeJS.ProcessEnv) {
  const options = { cwd, env, encoding: 'utf8', input: '' } as const;
  const hook = spawnSync(file, [], options);
  const code = (hook.error as NodeJS.ErrnoException | undefined)?.code;
  return code === 'ENOEXEC' || code === 'UNKNOWN' ? spawnSync('sh', [file], options) : hook;
}

/** Before the first `git add` there is none to copy. */
function copyIndex(from: string, to: string): void {
  try {
    copyFileSync(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    rmSync(to, { force: true });
  }
}
