import { UserError } from '../model/errors.ts';
import { readStaged } from '../sources/staged.ts';
import type { Command } from './command.ts';
import { runScan } from './run-scan.ts';
import { SCAN_OPTIONS } from './scan-options.ts';

export const staged: Command = {
  name: 'staged',
  summary: 'what is about to be committed (the index against HEAD)',
  usage: 'staged',
  description:
    'Scans the index and never the work tree. Added lines decide, the whole file is context: a key id committed long ago and a secret added now are a pair.',
  options: SCAN_OPTIONS,
  examples: [
    ['unleak staged', 'before git commit'],
    ['unleak install', 'the same at every commit'],
  ],
  async run(args, io, begun) {
    if (args.positionals.length > 0) {
      throw new UserError(`unleak staged takes no path: ${args.positionals[0]}. unleak scan takes paths`);
    }
    const source = readStaged({ cwd: io.cwd, env: io.env }, begun);
    return runScan(
      source.then((staged) => ({ ...staged, description: 'staged' })),
      args,
      io,
    );
  },
};
