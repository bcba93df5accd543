import type { Match } from '../match.ts';

/**
 * Matches of one blob by rule and place, so that what stands near another is found without looking at all: a list of
 * thousands of keys has thousands of ids, and each looks around itself.
 */
export class MatchIndex {
  readonly #lists = new Map<string, { matches: Match[]; longest: number }>();

  constructor(matches: Match[]) {
    for (const match of [...matches].sort((a, b) => a.start - b.start)) {
      const key = keyOf(match.rule.id, match.part);
      const list = this.#lists.get(key) ?? { matches: [], longest: 0 };
      this.#lists.set(key, list);
      list.matches.push(match);
      list.longest = Math.max(list.longest, match.end - match.start);
    }
  }

  /** Matches of a rule (or its unlabelled parts) that touch [from, to), by place. */
  touching(rule: string, from: number, to: number, part = false): Match[] {
    const list = this.#lists.get(keyOf(rule, part));
    if (!list) return [];
    const { matches, longest } = list;
    const found: Match[] = [];
    for (let i = firstFrom(matches, from - longest); i < matches.length && matches[i].start < to; i++)
      if (matches[i].end > from) found.push(matches[i]);
    return found;
  }
}

/** How many of the sorted numbers lie in [from, to). */
export function countBetween(sorted: number[], from: number, to: number): number {
  return Math.max(
    0,
    lowerBound(sorted.length, (i) => sorted[i] < to) - lowerBound(sorted.length, (i) => sorted[i] < from),
  );
}

function firstFrom(matches: Match[], offset: number): number {
  return lowerBound(matches.length, (i) => matches[i].start < offset);
}

/** The first of `length` indexes that is not before. */
function lowerBound(length: number, isBefore: (index: number) => boolean): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isBefore(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}

function keyOf(rule: string, part: boolean | undefined): string {
  return part ? `part ${rule}` : rule;
}
