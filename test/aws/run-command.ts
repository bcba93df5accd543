import { PassThrough, Readable } from 'node:stream';
import type { Command } from '../../src/cli/command.ts';
import { parseCommandLine } from '../../src/cli/parse.ts';
import { UserError } from '../../src/model/errors.ts';
import type { Key } from './server/world.ts';

export interface Run {
  code: number;
  stdout: string;
  stderr: string;
}

export interface RunOptions {
  env?: Record<string, string>;
  stdin?: string;
  cwd?: string;
  signal?: AbortSignal;
}

/** Runs a command as `main` does: a mistake of the user's is its message on standard error and its exit code. */
export async function runCommand(
  command: Command,
  argv: string[],
  { env = {}, stdin = '', cwd = '/', signal = new AbortController().signal }: RunOptions = {},
): Promise<Run> {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const io = {
    stdin: Readable.from([stdin]),
    stdout,
    stderr,
    env,
    cwd,
    signal,
  };
  let code: number;
  try {
    code = await command.run(parseCommandLine(argv, command), io);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    stderr.write(`${error.message}\n`);
    code = error.exitCode;
  }
  return { code, stdout: String(stdout.read() ?? ''), stderr: String(stderr.read() ?? '') };
}

/** The environment of somebody who is signed in with this key, and whose home is a folder of the test's own. */
export function signedInAs({ id, secret, token }: Key, home: string): Record<string, string> {
  return {
    HOME: home,
    XDG_STATE_HOME: `${home}/state`,
    AWS_ACCESS_KEY_ID: id,
    AWS_SECRET_ACCESS_KEY: secret,
    ...(token && { AWS_SESSION_TOKEN: token }),
    AWS_EC2_METADATA_DISABLED: 'true',
    PATH: '/usr/bin:/bin',
  };
}
