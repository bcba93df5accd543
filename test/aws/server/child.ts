import { keys } from '../../../src/cli/keys.ts';
import { parseCommandLine } from '../../../src/cli/parse.ts';
import { respond } from '../../../src/cli/respond.ts';
import { UserError } from '../../../src/model/errors.ts';

/** The AWS commands as a process of their own, for tests that kill it and for the rehearsal. */
const [name, ...argv] = process.argv.slice(2);
const command = [respond, keys].find((one) => one.name === name);
if (!command) throw new Error(`no command ${name}`);
const { stdin, stdout, stderr, env } = process;
const io = { stdin, stdout, stderr, env, cwd: process.cwd(), signal: new AbortController().signal };
try {
  process.exitCode = await command.run(parseCommandLine(argv, command), io);
} catch (error) {
  if (!(error instanceof UserError)) throw error;
  stderr.write(`${error.message}\n`);
  process.exitCode = error.exitCode;
}
