import type { Rule } from '../rules/rule.ts';
import type { Memory } from '../wasm/memory.ts';
import { beginQuiet, LONGEST_WINDOW } from '../wasm/quiet.ts';
import { TOO_MUCH } from '../wasm/search.ts';
import { reachOf } from './reach.ts';
import { align, type ScanMemory } from './scan-memory.ts';

/** Windows and chunks remembered: 16 MB. */
const SLOTS = 1 << 21;
/** How far after its keyword the look for an assignment goes. */
const ASSIGNMENT = 192;
/** Bytes a keyword in the table of reaches, and kinds there: see `src/wasm/assembly/search.ts`. */
const REACH = 16;
const FAR = 1;
const ASSIGNED = 2;
const HIT = 8;
const RUN = 16;

/**
 * Rules that look no further than this from their keyword are tried near changes alone; a change in the reach of others asks for
 * the whole text. A tenth of the rules reaches further.
 */
const SHORT_REACH = 560;
/** Bytes looked at on either side of a change: no window of a short rule that touches the change reaches out of them. */
const MARGIN = 2 * SHORT_REACH + 64;

/** Keywords and runs of a text, kept for the texts that are made from it. */
export interface Kept {
  address: number;
  hits: number;
  runs: number;
}

/**
 * Tells what of a text must be looked at, in texts of unknown path that share most of what they say: versions of files. It
 * remembers windows in which no rule found anything. History repeats itself: nine of ten windows of a version stood in another
 * one, and what a rule finds is a function of its window alone.
 */
export class ContentSearch {
  readonly #memory: ScanMemory;

  /** @param memory with `searchRoom` bytes of room that nobody has used */
  constructor(memory: ScanMemory, keywords: readonly string[], rulesByKeyword: readonly Rule[][]) {
    this.#memory = memory;
    const { exports, core, room } = memory;
    beginQuiet(core, room, SLOTS, true);
    const reaches = room + SLOTS * 8;
    const words = memory.words(reaches, keywords.length * (REACH / 4));
    rulesByKeyword.forEach((rules, keyword) => {
      const { before, after: inSpan } = reachOf(rules);
      const after = Math.max(inSpan, rules.some(({ assigned }) => assigned) ? ASSIGNMENT : 1);
      const { length } = keywords[keyword];
      const isFar = before > SHORT_REACH || after > SHORT_REACH || before + length + after > LONGEST_WINDOW;
      const kind = (isFar ? FAR : 0) | (rules.every(({ assigned }) => assigned) ? ASSIGNED : 0);
      words.set([before, after, length, kind], keyword * (REACH / 4));
    });
    const { tables, results, hitCapacity, runResults, runCapacity } = memory;
    const longest = Math.max(...keywords.map(({ length }) => length));
    const lists = align(reaches + keywords.length * REACH);
    exports.useSearch(tables, results, hitCapacity, runResults, runCapacity, reaches, longest, MARGIN, lists);
  }

  /** @returns whether it can be told what the text holds */
  searchWhole(address: number, length: number): boolean {
    return this.#memory.exports.searchWhole(address, length) !== TOO_MUCH;
  }

  /** @param copies address of `copyCount` triples @returns PART, ALL or TOO_MUCH */
  searchDelta(
    address: number,
    length: number,
    base: Kept,
    baseLength: number,
    copies: number,
    copyCount: number,
  ): number {
    const { exports } = this.#memory;
    return exports.searchDelta(
      address,
      length,
      base.address,
      base.hits,
      base.runs,
      baseLength,
      copies,
      copyCount,
    );
  }

  /** Where the first change begins that `searchDelta` met. */
  get firstChange(): number {
    return this.#memory.exports.firstChange.value >>> 0;
  }

  /** Whether the last search left anything to look at. */
  get isIdle(): boolean {
    const { tryCount, spanCount, nearRunCount } = this.#memory.exports;
    return tryCount.value === 0 && spanCount.value === 0 && nearRunCount.value === 0;
  }

  /** Keeps what the last search found in `memory`, until `release`. */
  keep(memory: Memory): Kept {
    const { exports } = this.#memory;
    const hits = exports.hitCount.value;
    const runs = exports.runCount.value;
    if (hits + runs === 0) return { address: 0, hits, runs };
    const address = memory.allocate(hits * HIT + runs * RUN);
    exports.keepSearch(address);
    return { address, hits, runs };
  }

  /** Calls back for each keyword that must be tried. @param tryHit returns whether a rule found anything */
  tryEach(all: boolean, tryHit: (keyword: number, at: number) => boolean): void {
    const { exports } = this.#memory;
    if (!all) this.#tryListed(tryHit);
    else
      for (let from = 0; from < exports.hitCount.value; ) {
        from = exports.chooseAll(from);
        this.#tryListed(tryHit);
      }
  }

  #tryListed(tryHit: (keyword: number, at: number) => boolean): void {
    const { exports } = this.#memory;
    const words = this.#memory.words(exports.tries.value, exports.tryCount.value * 4);
    for (let i = 0; i < words.length; i += 4) if (!tryHit(words[i + 1], words[i])) exports.noteTry(i / 4);
  }

  /** Runs to be decoded: address from, address to, kind. */
  runs(all: boolean): ArrayLike<number> {
    const { exports } = this.#memory;
    if (all) exports.chooseAllRuns();
    const count = exports.nearRunCount.value;
    return count === 0 ? [] : this.#memory.words(exports.nearRuns.value, count * 3).slice();
  }

  /** Spans around changes in which there are escapes or UTF-16: offset from, offset to. */
  spans(): ArrayLike<number> {
    const { exports } = this.#memory;
    const count = exports.spanCount.value;
    return count === 0 ? [] : this.#memory.words(exports.spans.value, count * 2).slice();
  }
}

/** Bytes of room that the memory must have. */
export function searchRoom(memory: { searchRoom(): number }, keywords: readonly string[]): number {
  return align(SLOTS * 8 + keywords.length * REACH) + 64 + memory.searchRoom();
}
