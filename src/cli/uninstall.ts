import { uninstallHooks } from '../git/hooks/install.ts';
import { HOOKS } from '../git/hooks/script.ts';
import type { Command } from './command.ts';
import { printChanges, readHookNames } from './install.ts';

export const uninstall: Command = {
  name: 'uninstall',
  summary: 'Take the git hooks away and put back what was there before',
  usage: 'uninstall [pre-commit|commit-msg|pre-push|pre-receive..]',
  description:
    'Without a name: all of them. A hook that was there before unleak install is restored byte for byte.',
  options: {
    global: { type: 'boolean', help: 'from the template folder of git' },
  },
  examples: [['unleak uninstall', 'remove every hook of unleak from this repository']],
  async run({ values, positionals }, io) {
    const changes = uninstallHooks({
      hooks: readHookNames(positionals, HOOKS),
      global: values.global === true,
      cwd: io.cwd,
      env: io.env,
    });
    printChanges(changes, io);
    if (changes.length === 0) io.stdout.write('no hook of unleak is installed here\n');
    return 0;
  },
};
