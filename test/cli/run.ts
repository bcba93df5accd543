import { PassThrough, Readable } from 'node:stream';
import type { Command, Io } from '../../src/cli/command.ts';
import { parseCommandLine } from '../../src/cli/parse.ts';

export interface Ran {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs a command in a folder as the shell would, without a terminal. */
export async function run(command: Command, argv: string[], cwd: string, stdin = ''): Promise<Ran> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const io: Io = {
    stdin: Readable.from(stdin ? [stdin] : []),
    stdout,
    stderr,
    env: {},
    cwd,
    signal: new AbortController().signal,
  };
  const code = await command.run(parseCommandLine(argv, command), io);
  return { code, stdout: String(stdout.read() ?? ''), stderr: String(stderr.read() ?? '') };
}
