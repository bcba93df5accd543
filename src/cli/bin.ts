#!/usr/bin/env node
import { constants } from 'node:os';
import { VERSION } from './version.ts';

/** The command itself: the only file that touches the process. */
const stopping = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(name, () => {
    // A second one ends it at once, for those who cannot wait.
    if (stopping.signal.aborted) process.exit(128 + constants.signals[name]);
    stopping.abort({ number: constants.signals[name] });
  });
}
process.stdout.on('error', fail);
// Nobody is left to be told.
process.stderr.on('error', () => undefined);

// Asked by every hook manager and editor: nothing is loaded for it.
if (/^(?:--version|-V)$/.test(process.argv[2] ?? '')) process.stdout.write(`${VERSION}\n`);
else void run().catch(fail);

async function run(): Promise<void> {
  const { main } = await import('./main.ts');
  const io = {
    // Made when first asked for: opening it takes 2 ms, and few commands read it.
    get stdin() {
      return process.stdin;
    },
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    cwd: currentFolder(),
    signal: stopping.signal,
  };
  process.exitCode = await main(process.argv.slice(2), io).catch(fail);
}

function currentFolder(): string {
  try {
    return process.cwd();
  } catch {
    process.stderr.write('unleak: the current folder is gone: change to one that is there\n');
    process.exit(2);
  }
}

/** What was not foreseen proves nothing, so it ends with 3, as all that is incomplete does: 1 would say that secrets were found. */
function fail(error: NodeJS.ErrnoException): undefined {
  // `| head` closes the pipe when it has seen enough: that is no failure, and the exit code is still owed.
  if (error.code === 'EPIPE') return;
  const reason = error.code === 'ENOSPC' ? 'the disk is full' : error.code;
  const told =
    error.syscall === 'write' ? `unleak: cannot write to standard output: ${reason}` : (error.stack ?? error);
  process.stderr.write(`${told}\n`);
  process.exit(3);
}
