import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { UserError } from '../../model/errors.ts';
import { GitError, type GitOptions, runGitSync } from '../run.ts';

/** Who runs the hooks of a repository. */
export const MANAGERS = ['git', 'husky', 'lefthook', 'pre-commit'] as const;
export type Manager = (typeof MANAGERS)[number];

export interface HookPlace {
  /** Root of the work tree; the git directory of a bare repository. */
  root: string;
  /** The folder that git runs hooks from. */
  hooksDir: string;
  /** The folder that git would run them from without `core.hooksPath`. All worktrees share it. */
  ownHooksDir: string;
  /** Where `core.hooksPath` is set, when it is: `local`, `worktree`, `global` or `system`. */
  scope?: string;
  manager: Manager;
}

type Options = Pick<GitOptions, 'cwd' | 'env'>;

/** @throws {UserError} outside a repository */
export function locateHooks(options: Options): HookPlace {
  const [bare, common, top] = askRepository(options);
  const commonDir = resolve(options.cwd, common);
  const root = bare === 'true' ? commonDir : top;
  const configured = readHooksPath(options);
  const ownHooksDir = join(commonDir, 'hooks');
  // git puts a slash behind it, so that an empty one leads to the root of the file system.
  const path = configured && (configured.path || '/');
  const hooksDir = path === undefined ? ownHooksDir : isAbsolute(path) ? path : resolve(root, path);
  return { root, hooksDir, ownHooksDir, scope: configured?.scope, manager: detectManager(root, hooksDir) };
}

/** Names under which lefthook keeps its configuration. @see https://lefthook.dev/configuration/ */
export const LEFTHOOK_FILES = ['', '.', '.config/'].flatMap((prefix) =>
  ['yml', 'yaml', 'json', 'jsonc', 'toml'].map((extension) => `${prefix}lefthook.${extension}`),
);

export const PRE_COMMIT_FILE = '.pre-commit-config.yaml';

function detectManager(root: string, hooksDir: string): Manager {
  if (/[/\\]\.husky([/\\]_)?$/.test(hooksDir) || existsSync(join(root, '.husky'))) return 'husky';
  if (LEFTHOOK_FILES.some((name) => existsSync(join(root, name)))) return 'lefthook';
  if (existsSync(join(root, PRE_COMMIT_FILE))) return 'pre-commit';
  return wantsHusky(root) ? 'husky' : 'git';
}

/** Up to version 4 husky put its scripts where git looks for them, and leaves those of others alone: it is plain git then. */
function wantsHusky(root: string): boolean {
  try {
    const { dependencies, devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    const version: unknown = { ...dependencies, ...devDependencies }.husky;
    return version !== undefined && !/^\D{0,2}[0-4](\.|$)/.test(String(version));
  } catch {
    return false;
  }
}

function askRepository(options: Options): string[] {
  // One question at a time: a path may hold line breaks.
  const ask = (question: string) =>
    runGitSync(['rev-parse', question], options).toString().replace(/\n$/, '');
  try {
    const bare = ask('--is-bare-repository');
    return [bare, ask('--git-common-dir'), bare === 'true' ? '' : ask('--show-toplevel')];
  } catch (error) {
    if (error instanceof GitError && /not a git repository/.test(error.stderr)) {
      throw new UserError(
        `${options.cwd}: not in a git repository, so there are no hooks. Run git init first, or use --global`,
      );
    }
    throw error;
  }
}

/** The value that git uses, except the one that our own calls set so that they run no hooks. */
function readHooksPath(options: Options): { scope: string; path: string } | undefined {
  const args = ['config', '--null', '--show-scope', '--get-all', 'core.hooksPath'];
  const fields = runGitSync(args, { ...options, okCodes: [0, 1] })
    .toString()
    .split('\0');
  let found: { scope: string; path: string } | undefined;
  for (let i = 0; i + 1 < fields.length; i += 2) {
    const [scope, path] = [fields[i], fields[i + 1]];
    if (scope !== 'command')
      found = { scope, path: path.replace(/^~(?=\/|$)/, options.env.HOME ?? homedir()) };
  }
  return found;
}
