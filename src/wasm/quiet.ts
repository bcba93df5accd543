import { randomBytes } from 'node:crypto';
import type { Core, CoreExports } from './core.ts';

/** `LONGEST_WINDOW` of `assembly/quiet.ts`, in bytes: what it hashes at most. */
export const LONGEST_WINDOW = 1536;

export interface QuietExports extends CoreExports {
  quietKeys(): number;
  useQuiet(at: number, count: number, isFresh: boolean): void;
  isQuiet(from: number, to: number, keyword: number, offset: number): number;
  noteQuiet(): void;
}

/**
 * Begins a memory of `slots` hashes (a power of two, 8 bytes each) at an address, with keys drawn for this run.
 * @param isFresh nothing was ever written there
 */
export function beginQuiet(
  { bytes, exports }: Core<QuietExports>,
  address: number,
  slots: number,
  isFresh = false,
): void {
  bytes.set(randomBytes(LONGEST_WINDOW + 64), exports.quietKeys());
  exports.useQuiet(address, slots, isFresh);
}
