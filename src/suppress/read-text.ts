import { readFile, stat } from 'node:fs/promises';
import { UserError } from '../model/errors.ts';
import { whyUnreadable } from './why-unreadable.ts';

/** What a shell gives for `<(command)` and for a file that says nothing. */
const PASSED_IN = /^\/(?:dev\/(?:null|stdin|fd\/\d+)|proc\/self\/fd\/\d+)$/;

/**
 * Reads a text that may come with what is scanned. There it may be a link to a FIFO or a device, which would be waited
 * for or read for ever.
 * @param name as messages show it
 * @param most bytes
 * @returns undefined when there is none
 * @throws {UserError} when it cannot be read
 */
export async function readText(path: string, name: string, most: number): Promise<string | undefined> {
  try {
    const found = await stat(path);
    if (!found.isFile() && !found.isDirectory() && !PASSED_IN.test(path))
      throw new UserError(`${name}: it is a FIFO, socket or device, not a file`);
    if (found.size > most)
      throw new UserError(`${name}: larger than ${most / 2 ** 20} MiB: give it a smaller one`);
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof UserError) throw error;
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new UserError(`${name}: ${whyUnreadable(error)}`);
  }
}
