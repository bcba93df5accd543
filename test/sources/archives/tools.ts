import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterAll } from 'vitest';
import type { Skipped } from '../../../src/model/report.ts';
import { expandArchive } from '../../../src/sources/archives/expand.ts';
import { ARCHIVE_LIMITS, type ArchiveLimits } from '../../../src/sources/archives/limits.ts';

export interface Expanded {
  /** Content by path, as latin1 so that binary members compare too. */
  members: Record<string, string>;
  skipped: Skipped[];
}

export function expand(path: string, bytes: Uint8Array, limits: Partial<ArchiveLimits> = {}): Expanded {
  const skipped: Skipped[] = [];
  const members: Record<string, string> = {};
  for (const member of expandArchive({ path, bytes }, skipped, { ...ARCHIVE_LIMITS, ...limits })) {
    const content = Buffer.concat([...member.pieces]).toString('latin1');
    if (!member.isBomb()) members[member.path] = content;
  }
  return { members, skipped };
}

export function expandFile(file: string, limits: Partial<ArchiveLimits> = {}): Expanded {
  return expand(basename(file), readFileSync(file), limits);
}

/** A folder that goes with the tests of the file. */
export function workshop(files: Record<string, string | Uint8Array> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'unleak-archives-'));
  folders.push(folder);
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(join(folder, dirname(name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

export function run(folder: string, command: string, ...args: string[]): Buffer {
  return execFileSync(command, args, {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'ignore'],
    maxBuffer: 2 ** 28,
  });
}

/** For tools that a machine may lack: `it.skipIf(missing('7z'))` says so in the test's report. */
export function missing(command: string): boolean {
  try {
    execFileSync('sh', ['-c', `command -v ${command}`], { stdio: 'ignore' });
    return false;
  } catch {
    return true;
  }
}

/** Repeatable bytes that compress somewhat: words from a seeded generator with random runs between. */
export function sampleBytes(size: number, seed = 1): Buffer {
  const bytes = Buffer.alloc(size);
  let state = seed;
  const next = () => (state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0) >>> 8;
  for (let at = 0; at < size; ) {
    if (next() % 3 === 0) for (let n = next() % 60; n-- > 0 && at < size; ) bytes[at++] = next();
    else if (at > 200 && next() % 2 === 0) {
      const from = next() % at;
      for (let n = next() % 300, i = 0; i < n && at < size; i++) bytes[at++] = bytes[from + i];
    } else at += bytes.write(`word${next() % 500} = "${next() % 99}"\n`, at, 'latin1');
  }
  return bytes;
}
