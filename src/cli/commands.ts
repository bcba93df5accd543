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
    name: 'rules',
    summary: 'list, show and check the rules',
    load: async () => (await import('./rules.ts')).rules,
  },
];
