import type { Detection } from '../../engine/detection.ts';
import { confidenceOf, type Match } from '../../engine/match.ts';
import { ANY_PATH } from '../../engine/matcher.ts';
import { pairMatches } from '../../engine/pairing/pair-matches.ts';
import type { QuietWindows } from '../../engine/quiet-windows.ts';
import type { Scanner } from '../../engine/scanner.ts';
import type { Confidence } from '../../model/finding.ts';
import type { Rule } from '../../rules/rule.ts';

/**
 * Rules that look no further than this from their keyword are tried on changed regions alone; the keywords of others are
 * remembered blob by blob, and a change in their reach scans the blob whole. A tenth of the rules reaches further.
 */
const SHORT_REACH = 432;
/** Bytes kept on either side of a change: no window of a short rule that touches the change reaches out of them. */
const MARGIN = 2 * SHORT_REACH + 64;
/** How far from its text a decoded match may depend on what stands there. */
const DECODED_MARGIN = 4096;
/** What stands this far beside an encoded run is read with it, as its label. */
const LABEL = 256;
/** A line of wrapped base64 is at least this long. */
const LEAST_LINE = 40;
/** Between two regions, so that no pattern bridges them; zeros would make UTF-16 of it. */
const GAP = Buffer.from('\n\x01\n');

/** What a blob was found to hold: enough to tell what a delta of it holds. */
export interface BlobState {
  secrets: HeldSecret[];
  /** Keywords of far-reaching rules. */
  far: FarKeyword[];
}

/** A secret in a blob, as far as it can be told without the blob's path. */
export interface HeldSecret {
  /** Rule and secret, for a pair also its id. */
  key: string;
  /** Bytes on which it depends, offsets in the blob. */
  from: number;
  to: number;
  decoded: boolean;
}

interface FarKeyword {
  at: number;
  before: number;
  after: number;
}

/** Whether secrets of a rule count when it is this sure of them. */
export type IsWanted = (rule: Rule, confidence: Confidence) => boolean;

export const NOTHING: BlobState = { secrets: [], far: [] };

/** Runs of bytes that a delta copies: offset in the base, length, offset in the target, as i32 triples. */
export type Copies = Int32Array;

/** Finds the secrets of blobs, of a delta by its changed regions alone. What it finds is what a scan of the whole blob finds. */
export class DeltaScanner {
  readonly #scanner: Scanner;
  readonly #isWanted: IsWanted;
  /** How far rules look that are tried at the first byte alone. */
  readonly #startReach: number;
  readonly #scansWhole: boolean;
  /** None where every blob is read whole, for comparison. */
  readonly #quiet: QuietWindows | undefined;
  /** By keyword id: the reach of its far-reaching rules, or 0. */
  readonly #before: Uint32Array;
  readonly #after: Uint32Array;

  /** @param isWanted which secrets count; @param scansWhole read every blob whole, for comparison */
  constructor(scanner: Scanner, rules: Rule[], isWanted: IsWanted, scansWhole = false) {
    this.#scanner = scanner;
    this.#isWanted = isWanted;
    this.#scansWhole = scansWhole;
    this.#startReach = Math.max(0, ...rules.filter(({ start }) => start).map(({ span }) => span.after));
    if (!scansWhole) this.#quiet = scanner.createQuietWindows();
    const { keywords } = scanner;
    const ids = new Map(keywords.map((keyword, id) => [keyword, id]));
    this.#before = new Uint32Array(keywords.length);
    this.#after = new Uint32Array(keywords.length);
    for (const { keywords: own, span } of rules) {
      if (!isFar({ span })) continue;
      for (const keyword of own) {
        const id = ids.get(keyword)!;
        this.#before[id] = Math.max(this.#before[id], span.before);
        this.#after[id] = Math.max(this.#after[id], span.after + keyword.length);
      }
    }
  }

  /** @param bytes of the blob, in any memory */
  scanWhole(bytes: Uint8Array): BlobState {
    const { memory } = this.#scanner;
    memory.reserve(memory.texts + bytes.length);
    memory.core.bytes.set(bytes, memory.texts);
    return this.#scanHere(bytes.length);
  }

  /** Scans bytes that stand in the scanner's own memory. */
  #scanHere(length: number): BlobState {
    const { memory } = this.#scanner;
    const far: FarKeyword[] = [];
    const matches = this.#scanner.scan(memory.texts, length, {
      path: ANY_PATH,
      eachWindow: true,
      isWanted: this.#isWanted,
      quiet: this.#quiet,
      onKeyword: (keyword, at) => this.#noteFar(keyword, at, far),
    });
    if (matches.length === 0) return far.length === 0 ? NOTHING : { secrets: [], far };
    // A change anywhere in a list may lengthen it.
    for (const { rule, from, to } of matches)
      if (rule.next) far.push({ at: from, before: 0, after: to - from + rule.span.after });
    return { secrets: this.#holdAll(matches, length), far };
  }

  /** Scans a blob of which the base's state is known, by what is new in it. */
  scanDelta(bytes: Uint8Array, base: BlobState, baseLength: number, copies: Copies): BlobState {
    const { length } = bytes;
    if (this.#scansWhole) return this.scanWhole(bytes);
    const regions = changedRegions(copies, length, baseLength);
    const carried = carry(base, copies, length, baseLength);
    if (!carried) return this.scanWhole(bytes);
    if (regions.length === 0) return carried;
    if (this.#startReach > 0 && regions[0].from <= this.#startReach) return this.scanWhole(bytes);
    const far = carried.far;
    const touchesFar = ({ at, before, after }: FarKeyword) => touches(regions, at - before, at + after);
    if (far.some(touchesFar)) return this.scanWhole(bytes);
    const fresh = this.#scanRegions(bytes, regions);
    if (!fresh) return this.scanWhole(bytes);
    if (fresh.secrets.length === 0 && fresh.far.length === 0) return carried;
    // A new far-reaching keyword looks beyond the region it stands in.
    if (fresh.far.length > 0) return this.scanWhole(bytes);
    return { secrets: [...carried.secrets, ...fresh.secrets], far };
  }

  /** @returns undefined when only a scan of the whole blob can tell */
  #scanRegions(bytes: Uint8Array, regions: Region[]): BlobState | undefined {
    const { length } = bytes;
    const { memory } = this.#scanner;
    const pieces = widen(regions, length);
    if (pieces.some((piece) => cutsEncodedRun(bytes, piece))) return undefined;
    const most = pieces.reduce((sum, { from, to }) => sum + to - from + GAP.length, 0);
    memory.reserve(memory.texts + most);
    const into = memory.core.bytes;
    const starts: number[] = [];
    let at = memory.texts;
    for (const { from, to } of pieces) {
      starts.push(at - memory.texts);
      into.set(bytes.subarray(from, to), at);
      into.set(GAP, at + to - from);
      at += to - from + GAP.length;
    }
    // The last piece ends as it does in the blob: where that ends, the text ends.
    const size = most - GAP.length;
    const far: FarKeyword[] = [];
    const matches = this.#scanner.scan(memory.texts, size, {
      path: ANY_PATH,
      eachWindow: true,
      isWanted: this.#isWanted,
      quiet: this.#quiet,
      changes: locate(regions, pieces, starts),
      onKeyword: (keyword, offset) => this.#noteFar(keyword, offset, far),
    });
    const toBlob = (offset: number) => {
      const piece = lastAtOrBefore(starts, offset);
      return pieces[piece].from + offset - starts[piece];
    };
    const fresh: BlobState = { secrets: [], far: [] };
    for (const match of matches) {
      // Decoding may depend on more than the region shows, an id looks for its secret far around, and a list goes on.
      if (match.layers.length > 0 || match.rule.pair || match.part || match.rule.next) return undefined;
      // Far-reaching rules are judged by their keywords alone.
      if (!this.#counts(match) || isFar(match.rule)) continue;
      const from = toBlob(match.windowFrom);
      const to = from + match.windowTo - match.windowFrom;
      // Another rule of the same keyword may look so far as to touch a change; what this one saw is carried.
      if (touches(regions, from, to)) fresh.secrets.push({ key: keyOf(match), from, to, decoded: false });
    }
    for (const { at: offset, before, after } of far) {
      const here = toBlob(offset);
      if (touches(regions, here, here + 64)) fresh.far.push({ at: here, before, after });
    }
    return fresh;
  }

  #noteFar(keyword: number, at: number, far: FarKeyword[]): void {
    const after = this.#after[keyword];
    if (after > 0) far.push({ at, before: this.#before[keyword], after });
  }

  #counts(match: Match): boolean {
    const { rule, part } = match;
    return !part && !rule.part && this.#isWanted(rule, rule.pair?.confidence ?? confidenceOf(match));
  }

  #holdAll(matches: Match[], length: number): HeldSecret[] {
    const held: HeldSecret[] = [];
    const hold = (match: Match, key: string) => {
      const margin = match.layers.length > 0 ? DECODED_MARGIN : 0;
      held.push({
        key,
        from: Math.max(0, match.windowFrom - margin),
        to: Math.min(length, match.windowTo + margin),
        decoded: match.layers.length > 0,
      });
    };
    for (const match of matches) if (this.#counts(match)) hold(match, keyOf(match));
    const { memory } = this.#scanner;
    const read = (from: number, to: number) =>
      memory.buffer.toString('latin1', memory.texts + Math.max(0, from), memory.texts + Math.min(length, to));
    for (const { id, secret } of pairMatches(matches, read)) {
      if (secret && this.#isWanted(id.rule, id.rule.pair!.confidence))
        hold(id, `${keyOf(id)}\0${secret.secret}`);
    }
    return held;
  }
}

function isFar({ span }: Pick<Rule, 'span'>): boolean {
  return span.before > SHORT_REACH || span.after > SHORT_REACH;
}

function keyOf({ rule, secret }: Match): string {
  return `${rule.id}\0${secret}`;
}

/** The keys under which a detection is held, its own first; a pair's id is held alone as well. */
export function heldKeys({ rule, pair, secret }: Detection): string[] {
  return pair ? [`${rule}\0${pair.id}\0${secret}`, `${rule}\0${pair.id}`] : [`${rule}\0${secret}`];
}

/** The secrets of keys, and the ids of those that are pairs. */
export function secretsOf(keys: readonly string[]): string[] {
  return keys.flatMap((key) => key.split('\0').slice(1));
}

/** Half-open; empty where two copies meet that did not stand together in the base. */
interface Region {
  from: number;
  to: number;
}

/** What the copies leave open in the target, and the seams between them. */
export function changedRegions(copies: Copies, length: number, baseLength: number): Region[] {
  const regions: Region[] = [];
  let at = 0;
  let sourceEnd = 0;
  for (let i = 0; i < copies.length; i += 3) {
    const source = copies[i];
    const size = copies[i + 1];
    const target = copies[i + 2];
    // The first copy is unchanged at the front only where it begins both.
    if (target > at || source !== sourceEnd) regions.push({ from: at, to: target });
    at = target + size;
    sourceEnd = source + size;
  }
  if (at < length || sourceEnd !== baseLength) regions.push({ from: at, to: length });
  return regions;
}

/** The regions with MARGIN around them, joined where they meet. */
function widen(regions: Region[], length: number): Region[] {
  const wide: Region[] = [];
  for (const { from, to } of regions) {
    const start = Math.max(0, from - MARGIN);
    const end = Math.min(length, to + MARGIN);
    const last = wide[wide.length - 1];
    if (last && start <= last.to + GAP.length) last.to = Math.max(last.to, end);
    else wide.push({ from: start, to: end });
  }
  return wide;
}

/**
 * Whether an encoded run reaches from a change out of its piece: how a run is decoded may hang on its first character, and
 * what it says on its last.
 */
function cutsEncodedRun(bytes: Uint8Array, { from, to }: Region): boolean {
  return (
    (from > 0 && reachesChange(bytes, from, 1)) || (to < bytes.length && reachesChange(bytes, to - 1, -1))
  );
}

/** Whether the run in which a piece is cut goes on to where the change in the piece begins, or its label. */
function reachesChange(bytes: Uint8Array, cut: number, step: 1 | -1): boolean {
  // The first line is cut as well: how long it is cannot be told.
  let line = LEAST_LINE;
  for (let i = 0; i < MARGIN - LABEL; i++) {
    const byte = bytes[cut + i * step];
    // Every other byte of UTF-16.
    if (byte === 0) continue;
    const kind = ENCODED[byte];
    if (kind === 0 || (kind === WHITE && line > 0 && line < LEAST_LINE)) return false;
    line = kind === WHITE ? 0 : line + 1;
  }
  return true;
}

const WHITE = 2;
/** By byte: whether it may stand in encoded text (base64, hex, percent and other escapes), or wraps it. */
const ENCODED = Uint8Array.from({ length: 256 }, (_, byte) => {
  const c = String.fromCharCode(byte);
  return /[A-Za-z0-9+/=_\-%\\&#;]/.test(c) ? 1 : /[ \t\r\n]/.test(c) ? WHITE : 0;
});

/** Whether a region, its seams included, touches [from, to]. */
function touches(regions: Region[], from: number, to: number): boolean {
  return regions.some((region) => region.from <= to && region.to >= from);
}

/** What of the base stands unchanged in the target; undefined when a decoded secret of the base was touched. */
function carry(base: BlobState, copies: Copies, length: number, baseLength: number): BlobState | undefined {
  if (base === NOTHING) return NOTHING;
  const secrets: HeldSecret[] = [];
  const far: FarKeyword[] = [];
  for (let i = 0; i < copies.length; i += 3) {
    const source = copies[i];
    const end = source + copies[i + 1];
    const shift = copies[i + 2] - source;
    // An edge of the copy is an edge of the blob in both, or the secret must stand clear of it.
    const first = source === 0 && copies[i + 2] === 0 ? 0 : source + 1;
    const last = end === baseLength && end + shift === length ? end : end - 1;
    for (const { key, from, to, decoded } of base.secrets) {
      if (from >= first && to <= last) secrets.push({ key, from: from + shift, to: to + shift, decoded });
      else if (decoded && from < end && to > source) return undefined;
    }
    for (const { at, before, after } of base.far)
      if (at >= source && at < end) far.push({ at: at + shift, before, after });
  }
  return secrets.length === 0 && far.length === 0 ? NOTHING : { secrets, far };
}

/** Where the regions stand in a text of pieces: offsets from and to. */
function locate(regions: Region[], pieces: Region[], starts: number[]): number[] {
  const located: number[] = [];
  let piece = 0;
  for (const { from, to } of regions) {
    while (pieces[piece].to < to) piece++;
    const shift = starts[piece] - pieces[piece].from;
    located.push(from + shift, to + shift);
  }
  return located;
}

function lastAtOrBefore(starts: number[], offset: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (starts[middle] <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}
