import type { CoreExports } from './core.ts';

/** Room that must follow any input or output of the functions below: they move 16 bytes at a time. */
export const SLACK = 64;

/** What `assembly/inflate.ts` and `assembly/delta.ts` export; see there for results and error codes. */
export interface ObjectExports extends CoreExports {
  inflate(source: number, sourceLength: number, target: number, capacity: number): number;
  inflateConsumed(): number;
  deltaTargetLength(delta: number, deltaLength: number): number;
  applyDelta(
    base: number,
    baseLength: number,
    delta: number,
    deltaLength: number,
    target: number,
    targetLength: number,
    copies: number,
  ): number;
}

const INFLATE_ERRORS = [
  '',
  'its compressed data ends early',
  'it is not compressed with zlib',
  'its compressed data has impossible codes',
  'its compressed data is damaged',
  'it is longer than it says',
  'its checksum differs',
];

/** @param code negative result of `inflate` */
export function inflateError(code: number): string {
  return INFLATE_ERRORS[-code] ?? 'its compressed data is damaged';
}
