import { spawn } from 'node:child_process';
import { accessSync, closeSync, constants, existsSync, openSync, readFileSync, rmSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import type { Sample } from './measure.ts';

export interface Command {
  argv: string[];
  cwd: string;
  /** File that takes standard output; without one it is thrown away. */
  output?: string;
  /** Exit codes that mean success, those for findings among them. */
  codes?: readonly number[];
}

export interface CommandLimits {
  /** Folder for what a run leaves: removed by the caller. */
  scratch: string;
  /** A run that takes longer is killed, in seconds. */
  timeout: number;
}

/**
 * Runs a command once.
 * @throws {Error} that names the exit code and the last line of standard error, or the time limit
 */
export async function runCommand(
  { argv, cwd, output, codes = [0] }: Command,
  limits: CommandLimits,
): Promise<Sample> {
  const usage = join(limits.scratch, 'usage');
  const errors = join(limits.scratch, 'errors');
  rmSync(usage, { force: true });
  const stdout = output ? openSync(output, 'w') : ('ignore' as const);
  const stderr = openSync(errors, 'w');
  const full = [...usageMeter(usage), ...argv];
  try {
    const start = performance.now();
    // A process group of its own, so that a run over its time ends with all that it started.
    const child = spawn(full[0], full.slice(1), { cwd, detached: true, stdio: ['ignore', stdout, stderr] });
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      process.kill(-child.pid!, 'SIGKILL');
    }, limits.timeout * 1000);
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', resolve);
    });
    const seconds = (performance.now() - start) / 1000;
    clearTimeout(timer);
    if (late) throw new Error(`over ${limits.timeout} s`);
    if (code === null || !codes.includes(code)) throw new Error(`exit ${code}: ${lastLine(errors)}`);
    return { seconds, ...readUsage(usage) };
  } finally {
    closeSync(stderr);
    if (stdout !== 'ignore') closeSync(stdout);
  }
}

/** The file of a command on PATH; a path is taken as it is. */
export function findCommand(name: string): string | undefined {
  if (isAbsolute(name)) return name;
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const file = join(folder, name);
    try {
      accessSync(file, constants.X_OK);
      return file;
    } catch {
      // Not in this folder.
    }
  }
  return undefined;
}

const TIME = '/usr/bin/time';

/**
 * `time` asks the system (wait4) for the CPU time of all that it started, and for the peak memory of the hungriest process among
 * them: a sum over processes that live at once is not told. Node tells neither of its children.
 */
function usageMeter(file: string): string[] {
  if (!existsSync(TIME)) return [];
  if (process.platform === 'darwin') return [TIME, '-l', '-o', file];
  return [TIME, '-q', '-f', '%M KiB %U user %S sys', '-o', file];
}

function readUsage(file: string): Pick<Sample, 'cpuSeconds' | 'peakBytes'> {
  if (!existsSync(file)) return {};
  const text = readFileSync(file, 'utf8');
  const figure = (pattern: RegExp) => Number(pattern.exec(text)?.[1]);
  return {
    cpuSeconds: figure(/([\d.]+) user/) + figure(/([\d.]+) sys/),
    peakBytes: figure(/(\d+) KiB/) * 1024 || figure(/(\d+)\s+maximum resident set size/),
  };
}

function lastLine(file: string): string {
  return readFileSync(file, 'utf8').trim().split('\n').at(-1)?.slice(0, 160) ?? '';
}
