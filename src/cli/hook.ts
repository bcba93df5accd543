import type { Command } from './command.ts';
import { runHook } from './run-hook.ts';
import { runScan } from './run-scan.ts';
import { SCAN_OPTIONS } from './scan-options.ts';

export const hook: Command = {
  name: 'hook',
  summary: 'what git calls: unleak install sets it up',
  usage: 'hook pre-commit|commit-msg|pre-push|pre-receive [argument..]',
  description:
    'Called by the hooks of git, with the arguments and the standard input that git gives them. Every exit code but 0 stops git.',
  options: {
    ...SCAN_OPTIONS,
    'time-budget': { type: 'string', value: 'SECONDS', help: 'Stop the scan, and git, after this time' },
    'on-timeout': {
      type: 'string',
      value: 'WHAT',
      choices: ['fail', 'pass'],
      help: 'What becomes of the commit or push then (default fail)',
    },
  },
  examples: [
    ['unleak hook pre-commit', 'scan what is staged, as the hook does'],
    ['unleak hook pre-receive --time-budget 30', 'on a server, from a hook of your own'],
  ],
  run: (args, io, begun) => runHook(args, io, runScan, begun),
};
