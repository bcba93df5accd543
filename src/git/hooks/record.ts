import { type GitOptions, runGitSync } from '../run.ts';
import { folderOf, HOOKS, type HookName, type Installation } from './script.ts';

type Options = Pick<GitOptions, 'cwd' | 'env'>;

/** Notes in the configuration of the clone where unleak and node are, for hooks that all clones share. */
export function recordInstallation({ node, script }: Installation, options: Options): void {
  runGitSync(['config', '--local', 'unleak.node', folderOf(node)], options);
  runGitSync(['config', '--local', 'unleak.script', script], options);
}

/** Takes the note away with the last hook. */
export function forgetInstallation(hooks: readonly HookName[], options: Options): void {
  if (!HOOKS.every((hook) => hooks.includes(hook))) return;
  // 5: there is none.
  const git = { ...options, okCodes: [0, 5] };
  for (const key of ['node', 'script'])
    runGitSync(['config', '--local', '--unset-all', `unleak.${key}`], git);
}
