import { setTimeout } from 'node:timers/promises';
import { UserError } from '../model/errors.ts';

/**
 * Waits, and stops waiting when the run is interrupted.
 * @param ms milliseconds
 * @throws {UserError} when it was (exit 3)
 */
export async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  await setTimeout(ms, undefined, { signal }).catch(() => {
    throw new UserError('interrupted: run the same command again to go on', 3);
  });
}
