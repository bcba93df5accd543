import { CONFIDENCES, type Facts, SEVERITIES } from '../model/finding.ts';
import { Secret } from '../model/secret.ts';
import type { Detection } from './detection.ts';
import { decodeFacts } from './facts/decode-facts.ts';
import { Locator, type TextWindow } from './locate.ts';
import { confidenceOf, type Match } from './match.ts';
import { MatchIndex } from './match-index.ts';
import { type PairedMatch, pairMatches, type ReadText } from './pairing/pair-matches.ts';
import { cutSnippet, ENCODED_MASK, type Masked, prepareMasks } from './snippet.ts';

/** Text on either side of a secret in which its facts look for hints, in bytes. */
const HINTS = 600;

/**
 * Makes detections of a blob's matches: pairs what belongs together, lets the specific rule win over the generic one,
 * decodes facts, and tells line, column and snippet.
 * @param now the scan's time in milliseconds since 1970, against which expiry is told
 */
export function analyse(matches: Match[], window: TextWindow, now: number): Detection[] {
  if (matches.length === 0) return [];
  const { bytes } = window;
  const read: ReadText = (from, to) =>
    bytes.toString('latin1', Math.max(0, from), Math.min(bytes.length, to));
  const groups = selectGroups(matches, pairMatches(matches, read));
  const masks = prepareMasks(matches.filter((match) => !isId(match)).map((match) => maskOf(match, bytes)));
  const locator = new Locator(window);
  return groups
    .sort((a, b) => anchorOf(a).start - anchorOf(b).start || compareText(a.id.rule.id, b.id.rule.id))
    .map((group) => describe(group, bytes, read, locator, masks, now));
}

/** A pair, or a match alone (as `id`). */
type Group = PairedMatch;

function anchorOf(group: Group): Match {
  return group.secret ?? group.id;
}

function isId(match: Match): boolean {
  return match.rule.pair !== undefined && !match.part;
}

/** Pairs and the matches that are in none, without those over whose bytes a better one stands. */
function selectGroups(matches: Match[], pairs: PairedMatch[]): Group[] {
  const used = new MatchIndex(
    pairs.flatMap(({ secret, token }) => [secret, token]).filter((match) => !!match),
  );
  const isUsed = ({ start, end, secret }: Match) =>
    used.overlapping(start, end).some((other) => other.secret === secret);
  const groups: Group[] = pairs.filter((pair) => pair.secret || pair.id.rule.pair?.alone);
  for (const match of matches) {
    if (!isId(match) && !match.part && !match.rule.part && !isUsed(match)) groups.push({ id: match });
  }
  const ranked = groups.sort(
    (a, b) =>
      rankOf(b) - rankOf(a) ||
      anchorOf(a).start - anchorOf(b).start ||
      compareText(a.id.rule.id, b.id.rule.id),
  );
  const kept: Group[] = [];
  const taken = new IntervalSet();
  for (const group of ranked) {
    const parts = [group.id, group.secret].filter((part) => part !== undefined);
    const anchor = anchorOf(group);
    if (taken.overlaps(anchor.start, anchor.end)) continue;
    kept.push(group);
    for (const part of parts) taken.add(part.start, part.end);
  }
  return kept;
}

/** Pairs first, then specific rules by confidence and severity, then generic ones: those named after a service first, then those for certain files; the longer match wins among equals. */
function rankOf(group: Group): number {
  const { rule, from, to } = group.id;
  const confidence = confidenceOf(group.id);
  const kind = group.secret ? 2 : rule.generic ? (rule.names ? 0.75 : rule.paths ? 0.5 : 0) : 1;
  const standing = (kind * 10 + CONFIDENCES.indexOf(confidence)) * 10 + SEVERITIES.indexOf(rule.severity);
  return standing * 1e6 + Math.min(to - from, 1e5);
}

/** Spans of bytes, kept sorted. */
class IntervalSet {
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];

  overlaps(start: number, end: number): boolean {
    const i = this.#after(start);
    return i < this.#starts.length && this.#starts[i] < end;
  }

  add(start: number, end: number): void {
    const i = this.#after(start);
    if (i < this.#starts.length && this.#starts[i] < end) {
      this.#starts[i] = Math.min(this.#starts[i], start);
      this.#ends[i] = Math.max(this.#ends[i], end);
      return;
    }
    this.#starts.splice(i, 0, start);
    this.#ends.splice(i, 0, end);
  }

  /** The first interval that ends after `offset`. */
  #after(offset: number): number {
    let low = 0;
    let high = this.#ends.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#ends[middle] <= offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function maskOf(match: Match, bytes: Buffer): Masked {
  if (match.layers.length === 0) {
    return { start: match.start, end: match.end, mask: Secret.of(match.secret, match.rule.prefix).mask };
  }
  let { start, end } = match;
  // Part of a base64 run would give a part of what it encodes.
  while (start > 0 && isRun(bytes[start - 1])) start--;
  while (end < bytes.length && isRun(bytes[end])) end++;
  return { start, end, mask: ENCODED_MASK };
}

function isRun(byte: number): boolean {
  return (byte >= 48 && byte < 58) || ((byte | 32) >= 97 && (byte | 32) < 123) || byte === 43 || byte === 47;
}

function describe(
  group: Group,
  bytes: Buffer,
  read: ReadText,
  locator: Locator,
  masks: Masked[],
  now: number,
): Detection {
  const { id, secret, token } = group;
  const anchor = anchorOf(group);
  const { rule } = id;
  const wide = anchor.layers[0] === 'utf-16';
  const idLine = secret ? locator.lineOf(id.start) : 0;
  const location = locator.locate(anchor.start, anchor.end, wide);
  const { snippet, rawSnippet } = cutSnippet(bytes, locator, anchor.start, anchor.end, masks, wide);
  const parts = [id, secret, token].filter((part) => part !== undefined);
  return {
    rule: rule.id,
    severity: secret ? rule.pair!.severity : rule.severity,
    confidence: secret ? rule.pair!.confidence : confidenceOf(id),
    ...(rule.public && { public: true }),
    secret: anchor.secret,
    prefix: secret ? '' : rule.prefix,
    ...(secret && {
      pair: { id: id.secret, idLine, secret: secret.secret, ...(token && { token: token.secret }) },
    }),
    facts: { ...factsOf(group, read, now), ...(id.doubtful && { checksum: 'wrong' }) },
    ...location,
    decoded: anchor.layers,
    spans: parts.map((part) => [part.start, part.end]),
    snippet,
    rawSnippet,
    ...linesAround(bytes, locator, anchor.start),
  };
}

function factsOf({ id, token }: Group, read: ReadText, now: number): Facts {
  const around = read(id.start - HINTS, id.end + HINTS);
  const own = decodeFacts(id.rule.facts, {
    secret: id.secret,
    groups: id.groups,
    around,
    beside: (reach) => [read(id.start - reach, id.start), read(id.end, id.end + reach)],
    now,
  });
  if (!token) return own;
  const { region, accountId } = decodeFacts(token.rule.facts, {
    secret: token.secret,
    groups: {},
    around,
    beside: () => ['', ''],
    now,
  });
  return { ...own, ...(region && { region }), ...(!own.accountId && accountId && { accountId }) };
}

/** Longest part of a line in which a comment is looked for, in bytes. */
const LINE = 500;

function linesAround(bytes: Buffer, locator: Locator, start: number) {
  const from = locator.lineStart(start, LINE);
  const to = locator.lineEnd(start, 2 * LINE);
  const previousEnd = from > 0 && bytes[from - 1] === 10 ? from - 1 : from;
  const previousFrom = previousEnd < from ? locator.lineStart(previousEnd, LINE) : from;
  return {
    lineText: bytes.toString('utf8', from, to),
    previousLine: bytes.toString('utf8', previousFrom, previousEnd),
  };
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
