import { realpathSync } from 'node:fs';
import { relative } from 'node:path';
import type { Change } from '../git/hooks/change.ts';
import { installHooks } from '../git/hooks/install.ts';
import { MANAGERS, type Manager } from '../git/hooks/locate.ts';
import { HOOKS, type HookName, type Installation } from '../git/hooks/script.ts';
import { UserError } from '../model/errors.ts';
import type { Command, Io } from './command.ts';

export const install: Command = {
  name: 'install',
  summary: 'Set up the git hooks that stop a secret before it is committed or pushed',
  usage: 'install [pre-commit|commit-msg|pre-push|pre-receive..]',
  description:
    'Installs the hook where this repository looks for it: plain git (core.hooksPath and worktrees included), husky, lefthook or the pre-commit framework. A hook that is there already keeps running, and unleak uninstall puts it back byte for byte. Without a name: pre-commit.',
  options: {
    manager: {
      type: 'string',
      value: 'NAME',
      choices: MANAGERS,
      help: 'who runs the hooks (default: what the repository uses)',
    },
    global: {
      type: 'boolean',
      help: 'for all new repositories and clones, through the template folder of git',
    },
  },
  examples: [
    ['unleak install', 'stop secrets at git commit'],
    ['unleak install pre-commit pre-push', 'and again at git push'],
    ['unleak install --global', 'in every repository that is made or cloned from now on'],
  ],
  async run({ values, positionals }, io) {
    const changes = installHooks({
      hooks: readHookNames(positionals, ['pre-commit']),
      manager: values.manager as Manager | undefined,
      global: values.global === true,
      installation: findInstallation(),
      cwd: io.cwd,
      env: io.env,
    });
    printChanges(changes, io);
    return 0;
  },
};

/** @throws {UserError} on a name that is no hook of unleak */
export function readHookNames(names: string[], fallback: readonly HookName[]): HookName[] {
  for (const name of names) {
    if (!(HOOKS as readonly string[]).includes(name)) {
      throw new UserError(`${name}: unleak has no such hook. It has ${HOOKS.join(', ')}`);
    }
  }
  return names.length > 0 ? ([...new Set(names)] as HookName[]) : [...fallback];
}

export function printChanges(changes: Change[], { stdout, cwd }: Io): void {
  for (const { file, did, note } of changes) {
    const inside = relative(cwd, file);
    const name = inside.startsWith('..') ? file : inside;
    stdout.write(`${did.padEnd(9)} ${name}\n${note ? `          ${note}\n` : ''}`);
  }
}

/** Where this command runs from; not recorded when that is a cache which npx may empty. */
function findInstallation(): Installation | undefined {
  const script = realpathSync(process.argv[1]);
  return /[\\/]_npx[\\/]/.test(script) ? undefined : { node: process.execPath, script };
}
