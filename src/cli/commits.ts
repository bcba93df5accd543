import { UserError } from '../model/errors.ts';
import { readCommits } from '../sources/commits.ts';
import type { Command } from './command.ts';
import { runScan } from './run-scan.ts';
import { SCAN_OPTIONS } from './scan-options.ts';

export const commits: Command = {
  name: 'commits',
  summary: 'what a range of commits brings (pre-push, CI)',
  usage: 'commits <range..>',
  description:
    'A range is what git rev-list takes: A..B, A...B, ^A B, B^!; one revision alone stands for all that leads to it. Options of git follow after --, such as: -- --all --not --remotes. Merges count with what none of their parents has, messages of commits and of the tags that are named are read.',
  options: SCAN_OPTIONS,
  examples: [
    ['unleak commits origin/main..HEAD', 'what this branch adds'],
    ['unleak commits HEAD^!', 'the last commit alone'],
    ['unleak commits -- --all --not --remotes', 'all that was never pushed'],
  ],
  async run(args, io) {
    const range = args.positionals;
    if (range.length === 0) throw new UserError('unleak commits takes a range, such as origin/main..HEAD');
    const source = await readCommits(range, { cwd: io.cwd, env: io.env, signal: io.signal });
    return runScan(Object.assign(source, { description: `commits ${range.join(' ')}` }), args, io);
  },
};
