import type { Readable, Writable } from 'node:stream';
import type { StagedQueries } from '../git/staged-queries.ts';

/** The outside world of one run: `main` gets it, so tests can give another. */
export interface Io {
  stdin: Readable & { isTTY?: boolean };
  stdout: Writable & { isTTY?: boolean; columns?: number };
  stderr: Writable & { isTTY?: boolean; columns?: number };
  env: Record<string, string | undefined>;
  cwd: string;
  /** Aborted by Ctrl-C or a termination signal: long work stops and cleans up. */
  signal: AbortSignal;
}

export interface Option {
  type: 'string' | 'boolean';
  /** May be given several times, or once with commas. */
  multiple?: boolean;
  short?: string;
  /** Name of the value in help, such as FILE. */
  value?: string;
  /** Permitted values. */
  choices?: readonly string[];
  help: string;
}

export type Options = Record<string, Option>;

/** Parsed options: what was not given is absent. `--no-color` appears as `'no-color': true`. */
export type Values = Record<string, string | boolean | string[] | undefined>;

export interface Arguments {
  values: Values;
  positionals: string[];
}

export interface Command {
  /** Its word on the command line and its file's name. */
  name: string;
  /** One line for the overview. */
  summary: string;
  /** The synopsis after `unleak`, such as `scan [path..]`. */
  usage: string;
  /** A paragraph or two for `--help`. */
  description?: string;
  options: Options;
  /** Command lines with what they do. */
  examples: [command: string, meaning: string][];
  /**
   * @param begun what the command's entry began while the command was loaded
   * @returns the exit code: 0 clean, 1 findings, 2 wrong usage, 3 incomplete
   */
  run(args: Arguments, io: Io, begun?: StagedQueries): Promise<number>;
}
