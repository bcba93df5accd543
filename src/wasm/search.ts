import type { QuietExports } from './quiet.ts';

/** What `assembly/search.ts` exports; see there. */
export interface SearchExports extends QuietExports {
  mayAssign(at: number, end: number): number;
  searchRoom(): number;
  useSearch(
    tables: number,
    results: number,
    capacity: number,
    runResults: number,
    runCapacity: number,
    reaches: number,
    longest: number,
    near: number,
    room: number,
  ): void;
  searchWhole(text: number, length: number): number;
  searchDelta(
    text: number,
    length: number,
    base: number,
    baseHits: number,
    baseRuns: number,
    baseLength: number,
    copies: number,
    copyCount: number,
  ): number;
  chooseAll(from: number): number;
  chooseAllRuns(): void;
  noteTry(number: number): void;
  keepSearch(to: number): void;
  tries: WebAssembly.Global;
  tryCount: WebAssembly.Global;
  spans: WebAssembly.Global;
  spanCount: WebAssembly.Global;
  nearRuns: WebAssembly.Global;
  nearRunCount: WebAssembly.Global;
  hitCount: WebAssembly.Global;
  runCount: WebAssembly.Global;
  firstChange: WebAssembly.Global;
}

/** Results of `searchDelta`. */
export const PART = 0;
export const ALL = 1;
export const TOO_MUCH = 2;
