import type { Rule } from '../rules/rule.ts';
import { beginQuiet, LONGEST_WINDOW } from '../wasm/quiet.ts';
import type { ScanMemory } from './scan-memory.ts';

/** Windows and chunks remembered: 16 MB. */
const SLOTS = 1 << 21;
export const QUIET_ROOM = SLOTS * 8;
/** How far after its keyword the look for an assignment goes. */
const ASSIGNMENT = 192;

/**
 * Remembers where keywords stood and no rule found anything. History repeats itself: nine of ten windows of a version stood in
 * another one. What a rule finds is a function of its window alone, so the same window need not be judged again; which holds for
 * blobs of unknown path only.
 */
export class QuietWindows {
  readonly #memory: ScanMemory;
  readonly #keywords: readonly string[];
  /** By keyword: how far its rules look, in bytes; `after` is 0 for those that look too far to be remembered. */
  readonly #before: Uint16Array;
  readonly #after: Uint16Array;

  /** @param memory with QUIET_ROOM at its `room` */
  constructor(memory: ScanMemory, keywords: readonly string[], rulesByKeyword: readonly Rule[][]) {
    this.#memory = memory;
    this.#keywords = keywords;
    this.#before = new Uint16Array(keywords.length);
    this.#after = new Uint16Array(keywords.length);
    rulesByKeyword.forEach((rules, keyword) => {
      const before = Math.max(...rules.map(({ span }) => span.before));
      const after = Math.max(
        ...rules.map((rule) => Math.max(rule.span.after, rule.assigned ? ASSIGNMENT : 1)),
      );
      if (before + keywords[keyword].length + after > LONGEST_WINDOW) return;
      this.#before[keyword] = before;
      this.#after[keyword] = after;
    });
    beginQuiet(memory.core, memory.room, SLOTS);
  }

  /** Whether rules of the keyword can be spared here. @param start address of the text; @param at the keyword's offset in it */
  has(keyword: number, start: number, at: number, length: number): boolean {
    const from = Math.max(0, at - this.#before[keyword]);
    const to = Math.min(length, at + this.#keywords[keyword].length + this.#after[keyword]);
    return this.#memory.exports.isQuiet(start + from, start + to, keyword, at - from) !== 0;
  }

  remembers(keyword: number): boolean {
    return this.#after[keyword] > 0;
  }

  /** Remembers the window that `has` was last asked about: no rule found anything. */
  add(): void {
    this.#memory.exports.noteQuiet();
  }
}
