import { homedir } from 'node:os';
import { join } from 'node:path';
import { type GitOptions, runGitSync } from '../run.ts';
import type { Change } from './change.ts';
import { installScript, uninstallScript } from './plain.ts';
import type { HookName, Installation } from './script.ts';

type Options = Pick<GitOptions, 'cwd' | 'env'>;

/**
 * Puts the hook into the folder that git copies into every new repository and clone (`init.templateDir`), which is made
 * when there is none.
 * @see https://git-scm.com/docs/git-init#_template_directory
 */
export function installTemplate(
  hook: HookName,
  installation: Installation | undefined,
  options: Options,
): Change {
  const configured = readTemplateDir(options);
  const folder = configured ?? ownTemplateDir(options);
  const change = installScript(join(folder, 'hooks', hook), hook, installation);
  if (!configured) runGitSync(['config', '--global', 'init.templateDir', folder], options);
  return {
    ...change,
    note: 'new repositories and clones get this hook; in one that exists run: git init',
  };
}

export function uninstallTemplate(hook: HookName, others: boolean, options: Options): Change {
  const configured = readTemplateDir(options);
  const own = ownTemplateDir(options);
  const change = uninstallScript(join(configured ?? own, 'hooks', hook));
  if (configured === own && !others)
    runGitSync(['config', '--global', '--unset', 'init.templateDir'], options);
  return {
    ...change,
    note: 'repositories that have the hook already keep it until unleak uninstall is run in them',
  };
}

export function readTemplateDir(options: Options): string | undefined {
  const args = ['config', '--global', '--type=path', '--get', 'init.templateDir'];
  const path = runGitSync(args, { ...options, okCodes: [0, 1] })
    .toString()
    .replace(/\n$/, '');
  return path || undefined;
}

export function ownTemplateDir({ env }: Options): string {
  const config = env.XDG_CONFIG_HOME || join(env.HOME ?? homedir(), '.config');
  return join(config, 'unleak', 'git-template');
}
