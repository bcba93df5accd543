import { createInterface } from 'node:readline/promises';
import { UserError } from '../model/errors.ts';
import type { Io } from './command.ts';

/**
 * Lets the operator type the id of the key that is about to be changed, or takes it from `--yes`.
 * @throws {UserError} when it is another, or when there is nobody to ask
 */
export async function confirmKey(id: string, yes: string | undefined, io: Io): Promise<void> {
  if (yes === id) return;
  if (yes !== undefined)
    throw new UserError(`--yes ${yes} is not the key that would be changed (${id}): nothing was done`);
  if (!io.stdin.isTTY)
    throw new UserError(`this changes AWS: give --yes ${id} when there is no terminal to type the id at`);
  const terminal = createInterface({ input: io.stdin, output: io.stderr });
  try {
    const typed = await terminal.question(`Type the key id to go on (${id}): `, { signal: io.signal });
    if (typed.trim() !== id) throw new UserError('that is not the id: nothing was done');
  } finally {
    terminal.close();
  }
}
