import type { QuietExports } from './quiet.ts';

/** Room that must follow any input or output of the functions below: they move 16 bytes at a time. */
export const SLACK = 64;

/** What `inflate.ts`, `delta.ts` and `tree.ts` in `assembly/` export; see there for results and error codes. */
export interface ObjectExports extends QuietExports {
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
  useIds(at: number, count: number): void;
  addIds(ids: number, count: number, idLength: number, first: number): void;
  markId(id: number): number;
  tellNames(): void;
  treeEdges(
    tree: number,
    length: number,
    idLength: number,
    copies: number,
    copyCount: number,
    baseEdges: number,
    baseCount: number,
    out: number,
    fresh: number,
  ): number;
  treeFreshCount(): number;
  treeSameEdges(): number;
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
