import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { GitOptions } from '../run.ts';
import type { Change } from './change.ts';
import { installHusky, uninstallHusky } from './husky.ts';
import { installLefthook, uninstallLefthook } from './lefthook.ts';
import { type HookPlace, locateHooks, type Manager } from './locate.ts';
import { installPlain, isTracked, uninstallScript } from './plain.ts';
import { installFramework, uninstallFramework } from './pre-commit-framework.ts';
import { forgetInstallation, recordInstallation } from './record.ts';
import { HOOKS, type HookName, type Installation } from './script.ts';
import { installTemplate, ownTemplateDir, readTemplateDir, uninstallTemplate } from './template.ts';

export interface InstallOptions extends Pick<GitOptions, 'cwd' | 'env'> {
  hooks: readonly HookName[];
  /** Default: the one that the repository uses. */
  manager?: Manager;
  /** The template folder for new repositories instead of this one. */
  global?: boolean;
  installation?: Installation;
}

/** Installing again changes nothing. @throws {UserError} */
export function installHooks({ hooks, manager, global, installation, ...git }: InstallOptions): Change[] {
  if (global) return hooks.map((hook) => installTemplate(hook, installation, git));
  const place = locateHooks(git);
  const changes = hooks.map((hook) => {
    // Only git itself runs the hooks of a server.
    const install = INSTALLERS[hook === 'pre-receive' ? 'git' : (manager ?? place.manager)];
    return install(hook, place, installation);
  });
  if (installation && ((manager ?? place.manager) === 'husky' || isTracked(place))) {
    recordInstallation(installation, git);
  }
  return changes;
}

/** Takes the hooks away wherever they were installed, and puts back what was there before byte for byte. */
export function uninstallHooks({ hooks, global, ...git }: InstallOptions): Change[] {
  if (global) {
    const folder = join(readTemplateDir(git) ?? ownTemplateDir(git), 'hooks');
    const stay = HOOKS.some((hook) => !hooks.includes(hook) && existsSync(join(folder, hook)));
    return hooks.map((hook) => uninstallTemplate(hook, stay, git)).filter(({ did }) => did !== 'unchanged');
  }
  const { root, hooksDir, ownHooksDir } = locateHooks(git);
  const folders = [...new Set([hooksDir, ownHooksDir])];
  forgetInstallation(hooks, git);
  return hooks
    .flatMap((hook) => [
      ...folders.map((folder) => uninstallScript(join(folder, hook))),
      uninstallHusky(hook, root),
      uninstallLefthook(hook, root),
      uninstallFramework(hook, root),
    ])
    .filter(({ did }) => did !== 'unchanged');
}

const INSTALLERS: Record<Manager, (hook: HookName, place: HookPlace, installation?: Installation) => Change> =
  {
    git: installPlain,
    husky: (hook, { root }) => installHusky(hook, root),
    lefthook: (hook, { root }) => installLefthook(hook, root),
    'pre-commit': (hook, { root }) => installFramework(hook, root),
  };
