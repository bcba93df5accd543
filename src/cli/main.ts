import { UserError } from '../model/errors.ts';
import { nearest } from '../model/nearest.ts';
import type { Io } from './command.ts';
import { COMMANDS } from './commands.ts';
import { parseCommandLine } from './parse.ts';

/** Runs one command line. @returns the exit code; what a user can mend is written to standard error */
export async function main(argv: string[], io: Io): Promise<number> {
  try {
    return await run(argv, io);
  } catch (error) {
    if (io.signal.aborted) return signalCode(io.signal);
    const told = error instanceof UserError ? error : explainSystemError(error);
    io.stderr.write(`unleak: ${told.message}\n`);
    return told.exitCode;
  }
}

/** Of files that the machine would not let us read, write or open. @throws what is of another kind */
function explainSystemError(error: unknown): UserError {
  const { code = '', path, syscall } = error as NodeJS.ErrnoException;
  // Standard output is for whoever owns the process.
  if (!(code in REASONS) || syscall === 'write') throw error;
  return new UserError(path === undefined ? REASONS[code] : `${path}: ${REASONS[code]}`, 3);
}

const REASONS: Record<string, string> = {
  EACCES: 'permission denied: run it as a user who may',
  EPERM: 'permission denied: run it as a user who may',
  EMFILE: 'too many open files: raise the limit (ulimit -n)',
  ENFILE: 'too many open files on this machine',
  ENOSPC: 'the disk is full',
  EIO: 'the disk cannot be read',
};

async function run(argv: string[], io: Io): Promise<number> {
  const [name, ...rest] = argv;
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    const { overview, helpOf } = await import('./help.ts');
    const topic = name === 'help' ? rest[0] : undefined;
    io.stdout.write(topic ? helpOf(await findCommand(topic).load()) : overview());
    return name === undefined ? 2 : 0;
  }
  const entry = findCommand(name);
  const end = rest.indexOf('--');
  if (rest.slice(0, end < 0 ? rest.length : end).some((word) => word === '--help' || word === '-h')) {
    const { helpOf } = await import('./help.ts');
    io.stdout.write(helpOf(await entry.load()));
    return 0;
  }
  const begun = entry.begin?.(rest, io);
  try {
    const command = await entry.load();
    return await command.run(parseCommandLine(rest, command), io, begun);
  } finally {
    begun?.end();
  }
}

function findCommand(name: string) {
  const found = COMMANDS.find((command) => command.name === name);
  if (found) return found;
  const hint = nearest(
    name,
    COMMANDS.map((command) => command.name),
  );
  throw new UserError(
    `unknown command ${name}: ${hint ? `did you mean unleak ${hint}?` : 'unleak --help lists them'}`,
  );
}

/** 128 plus the number of the signal that ended the run. */
export function signalCode(signal: AbortSignal): number {
  return 128 + ((signal.reason as { number?: number } | undefined)?.number ?? 2);
}
