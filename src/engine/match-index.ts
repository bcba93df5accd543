import type { Match } from './match.ts';

/** The matches of a blob by place: a file of thousands of keys must not compare each with each. */
export class MatchIndex {
  readonly #sorted: Match[];
  readonly #longest: number;

  constructor(matches: Iterable<Match>) {
    this.#sorted = [...matches].sort((a, b) => a.start - b.start);
    this.#longest = this.#sorted.reduce((longest, { start, end }) => Math.max(longest, end - start), 0);
  }

  /** Those that have a byte in [from, to), in their order. */
  overlapping(from: number, to: number): Match[] {
    const found: Match[] = [];
    for (let i = this.#firstAfter(from - this.#longest); i < this.#sorted.length; i++) {
      const match = this.#sorted[i];
      if (match.start >= to) break;
      if (match.end > from) found.push(match);
    }
    return found;
  }

  /** How many begin in (from, to). */
  countBetween(from: number, to: number): number {
    return Math.max(0, this.#firstAfter(to - 1) - this.#firstAfter(from));
  }

  /** Index of the first match that begins after `offset`. */
  #firstAfter(offset: number): number {
    let low = 0;
    let high = this.#sorted.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#sorted[middle].start <= offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
