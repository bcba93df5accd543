import type { Command } from './command.ts';
import { runCi } from './run-ci.ts';
import { runScan } from './run-scan.ts';
import { SCAN_OPTIONS } from './scan-options.ts';

export const ci: Command = {
  name: 'ci',
  summary: 'what this CI run brings, from its own variables',
  usage: 'ci',
  description:
    'Finds out what the run brings - push, pull request, merge queue, new branch, tag, schedule - and scans that. Knows GitHub Actions, GitLab, Bitbucket, CircleCI, Azure Pipelines, Jenkins, Buildkite, Drone, Woodpecker, Gitea and Forgejo. A checkout that lacks a part of the range is an error with the line to add.',
  options: {
    ...SCAN_OPTIONS,
    base: {
      type: 'string',
      value: 'REVISION',
      help: 'What was there before (default: what the CI says, or UNLEAK_BASE)',
    },
    fetch: { type: 'boolean', help: 'Fetch what a shallow checkout lacks' },
  },
  examples: [
    ['unleak ci', 'in a job of a pull request or a push'],
    ['unleak ci --fetch', 'in a shallow checkout'],
    ['unleak ci --output sarif=unleak.sarif', 'with a report for code scanning'],
  ],
  run: (args, io) => runCi(args, io, runScan),
};
