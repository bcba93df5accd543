import type { PairPart } from '../../rules/rule.ts';
import type { Match } from '../match.ts';
import { countBetween, MatchIndex } from './match-index.ts';
import { sharedNameWords, structuralDistance } from './structure.ts';

export interface PairedMatch {
  id: Match;
  secret?: Match;
  token?: Match;
}

/** Reads [from, to) of the blob as latin1. */
export type ReadText = (from: number, to: number) => string;

/** Another id between the two halves. */
const OTHER_ID = 12;
/** A name that both share, such as the profile. */
const SHARED_WORD = 8;
const MOST_SHARED_WORDS = 2;
/** A value that no label calls a secret. */
const UNLABELLED = 4;
/** Dearer pairs are coincidence: a value that no label calls a secret, some thirty lines from the id. */
const DEAREST_UNLABELLED = 30;
/** A value that is called a secret may stand farther off, but in no other profile or record. */
const DEAREST = 60;
/** Ids in one blob for which every candidate is weighed; a list of thousands of keys pairs by the row. */
const CANDIDATES_PER_ID = 24;

/**
 * Joins ids with their secrets and session tokens: by structure first, then by distance, cheapest pair first, each
 * secret with one id.
 * @param matches of one blob, in any order
 * @returns an entry for each id; secrets that found none are not in it
 */
export function pairMatches(matches: Match[], read: ReadText): PairedMatch[] {
  const ids = matches.filter((match) => match.rule.pair && !match.part).sort((a, b) => a.start - b.start);
  if (ids.length === 0) return [];
  const index = new MatchIndex(matches);
  const pairs = new Map(ids.map((id) => [id, { id } as PairedMatch]));
  const starts = ids.map((id) => id.start);
  const offers: { cost: number; id: Match; secret: Match }[] = [];
  for (const id of ids) {
    for (const secret of near(index, id, id, id.rule.pair!.secret).slice(0, CANDIDATES_PER_ID)) {
      const dearest = secret.part ? DEAREST_UNLABELLED : DEAREST;
      if (leastCostOf(id, secret, starts) >= dearest) continue;
      const cost = costOf(id, secret, starts, read);
      if (cost < dearest) offers.push({ cost, id, secret });
    }
  }
  offers.sort((a, b) => a.cost - b.cost || a.id.start - b.id.start || a.secret.start - b.secret.start);
  // A secret is its text at its place: a labelled and an unlabelled match of it are one.
  const taken = new Map<string, Match[]>();
  for (const { id, secret } of offers) {
    const pair = pairs.get(id)!;
    const same = taken.get(secret.secret) ?? [];
    if (pair.secret || same.some((other) => other.start < secret.end && secret.start < other.end)) continue;
    pair.secret = secret;
    taken.set(secret.secret, [...same, secret]);
  }
  for (const pair of pairs.values()) {
    const part = pair.id.rule.pair?.token;
    if (part) pair.token = near(index, pair.secret ?? pair.id, pair.id, part)[0];
  }
  return [...pairs.values()];
}

/** What may be the other half of `id` within its distance from `from`, nearest first. */
function near(index: MatchIndex, from: Match, id: Match, { rules = [], pattern, within }: PairPart): Match[] {
  const [first, last] = [from.start - within - 1, from.end + within + 1];
  return [
    ...(pattern ? index.touching(id.rule.id, first, last, true) : []),
    ...rules.flatMap((rule) => index.touching(rule, first, last)),
  ]
    .filter((match) => distance(match, from) <= within && !(match.start < from.end && from.start < match.end))
    .sort((a, b) => distance(a, from) - distance(b, from) || a.start - b.start);
}

function distance(a: Match, b: Match): number {
  return a.start < b.start ? b.start - a.end : a.start - b.end;
}

/** A bound that needs no look at the text between. */
function leastCostOf(id: Match, secret: Match, idStarts: number[]): number {
  const [first, second] = id.start < secret.start ? [id, secret] : [secret, id];
  const others = countBetween(idStarts, first.end + 1, second.start);
  return OTHER_ID * others - SHARED_WORD * MOST_SHARED_WORDS;
}

function costOf(id: Match, secret: Match, idStarts: number[], read: ReadText): number {
  const [first, second] = id.start < secret.start ? [id, secret] : [secret, id];
  let cost = structuralDistance(read(first.end, second.start));
  cost += OTHER_ID * countBetween(idStarts, first.end + 1, second.start);
  if (secret.part) cost += UNLABELLED;
  const before = (match: Match) =>
    read(Math.max(0, match.start - 80), match.start)
      .split('\n')
      .pop() ?? '';
  cost -= SHARED_WORD * Math.min(MOST_SHARED_WORDS, sharedNameWords(before(id), before(secret)));
  // Ids stand before their secrets nearly everywhere; it decides between two equal neighbours.
  return secret.start < id.start ? cost + 0.5 : cost;
}
