import { randomBytes } from 'node:crypto';
import { open, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Writable } from 'node:stream';
import { UserError } from '../model/errors.ts';
import type { Report } from '../model/report.ts';
import { type RenderOptions, renderReport } from './formats.ts';
import type { Output } from './outputs.ts';

/**
 * Renders a report once for each output.
 * @throws {UserError} naming the file that could not be written; nothing half-written is left behind
 */
export async function writeReport(
  report: Report,
  outputs: readonly Output[],
  options: RenderOptions,
  stdout: Writable,
): Promise<void> {
  for (const { format, file } of outputs) {
    if (file === undefined) {
      await writeStream(stdout, await renderReport(format, report, options));
    } else {
      // A terminal's colours and links have no business in a file.
      const { terminal: _, ...rest } = options;
      await writeFileWhole(file, await renderReport(format, report, rest));
    }
  }
}

/**
 * Writes a file whole or not at all, readable by its owner alone: into a temporary file beside it, then renamed over it.
 * Pipes and devices such as `/dev/stdout` cannot be replaced and are written to.
 * @throws {UserError} with exit code 3, naming the file
 */
export async function writeFileWhole(file: string, chunks: Iterable<string>): Promise<void> {
  const found = await stat(file).catch(() => undefined);
  try {
    if (found && !found.isFile() && !found.isDirectory()) return await writeChunks(file, 'w', chunks);
    const temporary = join(
      dirname(file),
      `.${basename(file).slice(0, 100)}.${randomBytes(6).toString('hex')}.tmp`,
    );
    try {
      await writeChunks(temporary, 'wx', chunks);
      await rename(temporary, file);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  } catch (error) {
    throw isSystemError(error)
      ? new UserError(`cannot write ${file}: ${REASONS[error.code] ?? error.code}`, 3)
      : error;
  }
}

/**
 * Waits while the reader is slow, so that a report of any size takes little memory; stops when the reader has closed the pipe,
 * as `head` does when it has seen enough.
 */
export async function writeStream(stream: Writable, chunks: Iterable<string>): Promise<void> {
  try {
    for (const block of gather(chunks)) {
      await new Promise<void>((done, fail) => {
        stream.write(block, (error) => (error ? fail(error) : done()));
      });
    }
  } catch (error) {
    if (!isSystemError(error) || error.code !== 'EPIPE') throw error;
  }
}

/** Characters put together before a write: one system call for some hundred findings. */
const BLOCK = 1 << 18;

const REASONS: Record<string, string> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EACCES: 'no permission to write there',
  EPERM: 'no permission to write there',
  EROFS: 'the file system is read-only',
  ENOENT: 'its folder does not exist',
  ENOTDIR: 'its folder is not a folder',
  EISDIR: 'it is a folder; name a file in it',
  ENAMETOOLONG: 'its name is too long',
  EFBIG: 'it is larger than the file system or a limit allows',
};

async function writeChunks(file: string, flags: 'w' | 'wx', chunks: Iterable<string>): Promise<void> {
  const handle = await open(file, flags, 0o600);
  try {
    for (const block of gather(chunks)) await handle.writeFile(block);
    if (flags === 'wx') await handle.sync();
  } finally {
    await handle.close();
  }
}

function* gather(chunks: Iterable<string>): Generator<string> {
  let block = '';
  for (const chunk of chunks) {
    block += chunk;
    if (block.length < BLOCK) continue;
    yield block;
    block = '';
  }
  if (block !== '') yield block;
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException & { code: string } {
  return error instanceof Error && 'syscall' in error && 'code' in error;
}
