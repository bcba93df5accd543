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
for (const stream of [process.stdout, process.stderr]) {
  // `| head` closes the pipe when it has seen enough: that is no failure.
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(process.exitCode ?? 0);
    throw error;
  });
}

// Asked by every hook manager and editor: nothing is loaded for it.
if (/^(?:--version|-V)$/.test(process.argv[2] ?? '')) process.stdout.write(`${VERSION}\n`);
else void run();

async function run(): Promise<void> {
  const { main } = await import('./main.ts');
  process.exitCode = await main(process.argv.slice(2), {
    // Made when first asked for: opening it takes 2 ms, and few commands read it.
    get stdin() {
      return process.stdin;
    },
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    cwd: process.cwd(),
    signal: stopping.signal,
  });
}
