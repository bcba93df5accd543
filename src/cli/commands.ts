import { beginStagedQueries, type StagedQueries } from '../git/staged-queries.ts';
import type { Command, Io } from './command.ts';

/** A command's one-line summary, known without loading it. */
export interface CommandEntry {
  name: string;
  summary: string;
  load(): Promise<Command>;
  /** Begins what takes its time beside loading the command, which gets it. */
  begin?(argv: string[], io: Io): StagedQueries | undefined;
  /** Not in the overview: called by hooks. */
  hidden?: boolean;
}

/** All commands, in the order that help shows them. Each is loaded when it is run. */
export const COMMANDS: CommandEntry[] = [
  {
    name: 'scan',
    summary: 'files and folders, or - for standard input',
    load: async () => (await import('./scan.ts')).scan,
  },
  {
    name: 'staged',
    summary: 'what is about to be committed (the index against HEAD)',
    load: async () => (await import('./staged.ts')).staged,
    begin: (_, io) => beginStagedQueries(io),
  },
  {
    name: 'commits',
    summary: 'what a range of commits brings (pre-push, CI)',
    load: async () => (await import('./commits.ts')).commits,
  },
  {
    name: 'audit',
    summary: 'all that a repository holds: every ref, stash, note, reflog and unreachable object',
    load: async () => (await import('./audit.ts')).audit,
  },
  {
    name: 'ci',
    summary: 'what this CI run brings, from its own variables',
    load: async () => (await import('./ci.ts')).ci,
  },
  {
    name: 'verify',
    summary: 'ask the issuers whether findings of a report still work',
    load: async () => (await import('./verify.ts')).verify,
  },
  {
    name: 'respond',
    summary: 'end a leaked AWS key: plan, apply, status, undo',
    load: async () => (await import('./respond.ts')).respond,
  },
  {
    name: 'keys',
    summary: "an AWS account's key hygiene, and this machine's",
    load: async () => (await import('./keys.ts')).keys,
  },
  {
    name: 'triage',
    summary: 'go through findings, accept or keep, write the baseline',
    load: async () => (await import('./triage.ts')).triage,
  },
  {
    name: 'baseline',
    summary: 'accept the findings of a report, drop stale entries, check',
    load: async () => (await import('./baseline.ts')).baseline,
  },
  {
    name: 'config',
    summary: 'show, check or begin the configuration',
    load: async () => (await import('./config.ts')).configCommand({ ruleIds }),
  },
  {
    name: 'migrate',
    summary: "take over another scanner's configuration and accepted findings",
    load: async () => (await import('./migrate.ts')).migrateCommand({ ruleIds }),
  },
  {
    name: 'install',
    summary: 'set up the hooks that stop a secret at git commit and push',
    load: async () => (await import('./install.ts')).install,
  },
  {
    name: 'uninstall',
    summary: 'take the hooks away, and put back what was there',
    load: async () => (await import('./uninstall.ts')).uninstall,
  },
  {
    name: 'doctor',
    summary: 'prove that the commit hook would stop a secret',
    load: async () => (await import('./doctor.ts')).doctor,
  },
  {
    name: 'hook',
    summary: 'what git calls',
    load: async () => (await import('./hook.ts')).hook,
    begin: ([hook], io) => (hook === 'pre-commit' ? beginStagedQueries(io) : undefined),
    hidden: true,
  },
  {
    name: 'report',
    summary: 'turn a JSON report into another format',
    load: async () => (await import('./report.ts')).reportCommand,
  },
  {
    name: 'rules',
    summary: 'list, show and check the rules',
    load: async () => (await import('./rules.ts')).rules,
  },
  {
    name: 'completion',
    summary: 'a script that completes command lines in your shell',
    load: async () => (await import('./completion.ts')).completion,
  },
];

/** Ids of the built-in rules and services, for commands that check names of rules. */
async function ruleIds(): Promise<string[]> {
  const { builtInIndex } = await import('../rules/catalogue.ts');
  return builtInIndex().ids;
}
