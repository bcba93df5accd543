import type { Command } from './command.ts';

/** A command's one-line summary, known without loading it. */
export interface CommandEntry {
  name: string;
  summary: string;
  load(): Promise<Command>;
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
];
