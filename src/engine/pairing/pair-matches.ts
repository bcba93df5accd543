import type { Match } from '../match.ts';
import { MatchIndex } from '../match-index.ts';
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
  const pairs = new Map(ids.map((id) => [id, { id } as PairedMatch]));
  const index = new MatchIndex(matches);
  const idIndex = new MatchIndex(ids);
  const offers: { cost: number; id: Match; secret: Match }[] = [];
  for (const id of ids) {
    const part = id.rule.pair!.secret;
    const candidates = near(
      index,
      id,
      part.within,
      (match) => (match.part && match.rule === id.rule) || part.rules?.includes(match.rule.id) === true,
    );
    for (const secret of candidates.slice(0, CANDIDATES_PER_ID)) {
      const cost = costOf(id, secret, idIndex, read);
      if (cost < (secret.part ? DEAREST_UNLABELLED : DEAREST)) offers.push({ cost, id, secret });
    }
  }
  offers.sort((a, b) => a.cost - b.cost || a.id.start - b.id.start || a.secret.start - b.secret.start);
  const taken = new Set<Match>();
  for (const { id, secret } of offers) {
    const pair = pairs.get(id)!;
    if (pair.secret || taken.has(secret)) continue;
    pair.secret = secret;
    for (const same of index.overlapping(secret.start, secret.end))
      if (same.secret === secret.secret) taken.add(same);
  }
  for (const pair of pairs.values()) pair.token = findToken(pair, index);
  return [...pairs.values()];
}

/** The matches that may be its other half within a distance, nearest first. */
function near(index: MatchIndex, id: Match, within: number, isHalf: (match: Match) => boolean): Match[] {
  return index
    .overlapping(id.start - within - 1, id.end + within + 1)
    .filter(
      (match) =>
        isHalf(match) && distance(match, id) <= within && !(match.start < id.end && id.start < match.end),
    )
    .sort((a, b) => distance(a, id) - distance(b, id) || a.start - b.start);
}

function distance(a: Match, b: Match): number {
  return a.start < b.start ? b.start - a.end : a.start - b.end;
}

function costOf(id: Match, secret: Match, ids: MatchIndex, read: ReadText): number {
  const [first, second] = id.start < secret.start ? [id, secret] : [secret, id];
  let cost = structuralDistance(read(first.end, second.start));
  cost += OTHER_ID * ids.countBetween(first.end, second.start);
  if (secret.part) cost += UNLABELLED;
  const before = (match: Match) =>
    read(Math.max(0, match.start - 80), match.start)
      .split('\n')
      .pop() ?? '';
  cost -= SHARED_WORD * Math.min(2, sharedNameWords(before(id), before(secret)));
  // Ids stand before their secrets nearly everywhere; it decides between two equal neighbours.
  return secret.start < id.start ? cost + 0.5 : cost;
}

function findToken({ id, secret }: PairedMatch, index: MatchIndex): Match | undefined {
  const part = id.rule.pair?.token;
  if (!part) return undefined;
  return near(index, secret ?? id, part.within, (match) => part.rules?.includes(match.rule.id) === true)[0];
}
