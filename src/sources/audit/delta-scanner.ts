import type { ContentSearch, Kept } from '../../engine/content-search.ts';
import type { Detection } from '../../engine/detection.ts';
import { confidenceOf, type Match } from '../../engine/match.ts';
import { ANY_PATH } from '../../engine/matcher.ts';
import { pairMatches } from '../../engine/pairing/pair-matches.ts';
import { align, PADDING } from '../../engine/scan-memory.ts';
import type { Scanner, ScanOptions } from '../../engine/scanner.ts';
import type { Confidence } from '../../model/finding.ts';
import type { Rule } from '../../rules/rule.ts';
import type { Memory } from '../../wasm/memory.ts';
import { PART, TOO_MUCH } from '../../wasm/search.ts';

/** How far from its text a decoded match may depend on what stands there. */
const DECODED_MARGIN = 4096;

/** What a blob was found to hold: enough to tell what a delta of it holds. */
export interface BlobState {
  secrets: HeldSecret[];
  /** Lists of secrets, and as far as they may go on: a change in one may lengthen it. */
  lists: Range[];
  /** Its keywords and runs; none where they are too many, or where nothing is made from the blob. */
  kept?: Kept;
}

/** Offsets in a blob. */
interface Range {
  from: number;
  to: number;
}

/** A secret in a blob, as far as it can be told without the blob's path; the range is all that it depends on. */
export interface HeldSecret extends Range {
  /** Rule and secret, for a pair also its id. */
  key: string;
  decoded: boolean;
}

/** Whether secrets of a rule count when it is this sure of them. */
export type IsWanted = (rule: Rule, confidence: Confidence) => boolean;

/** What is remembered of an archive, and of a blob over the limit: nothing that a delta of it could be told by. */
export const NOTHING: BlobState = { secrets: [], lists: [] };

/** How a blob was made from its base. */
export interface Delta {
  baseLength: number;
  /** Address of triples of i32: offset in the base, length, offset in the target. */
  copies: number;
  copyCount: number;
}

/**
 * Finds the secrets of blobs that stand in the scanner's memory, of a delta by what changed alone. What it finds is what a scan of
 * the whole blob finds.
 */
export class DeltaScanner {
  readonly #scanner: Scanner;
  readonly #memory: Memory;
  readonly #isWanted: IsWanted;
  /** How far rules look that are tried at the first byte alone. */
  readonly #startReach: number;
  /** None where every blob is read whole, for comparison. */
  readonly #search: ContentSearch | undefined;

  /**
   * @param memory of the scanner, in which blobs stand
   * @param isWanted which secrets count; @param scansWhole read every blob whole, for comparison
   */
  constructor(scanner: Scanner, memory: Memory, rules: Rule[], isWanted: IsWanted, scansWhole = false) {
    this.#scanner = scanner;
    this.#memory = memory;
    this.#isWanted = isWanted;
    this.#startReach = Math.max(0, ...rules.filter(({ start }) => start).map(({ span }) => span.after));
    if (!scansWhole) this.#search = scanner.createSearch();
  }

  /** @param keeps whether deltas of the blob will be asked for */
  scanWhole(address: number, length: number, keeps: boolean): BlobState {
    if (!this.#search?.searchWhole(address, length)) return this.#scanPlain(address, length);
    return this.#scanSearched(this.#search, address, length, keeps);
  }

  /** Scans a blob of which the base's state is known, by what is new in it. */
  scanDelta(address: number, length: number, base: BlobState, delta: Delta, keeps: boolean): BlobState {
    const search = this.#search;
    if (!search || !base.kept) return this.scanWhole(address, length, keeps);
    const { baseLength, copies, copyCount } = delta;
    const asked = search.searchDelta(address, length, base.kept, baseLength, copies, copyCount);
    if (asked === TOO_MUCH) return this.#scanPlain(address, length);
    const carried = asked === PART && !this.#changesStart(search) && this.#carry(base, length, delta);
    if (!carried) return this.#scanSearched(search, address, length, keeps);
    if (!search.isIdle) {
      const matches = this.#match(address, length, (scratch, options) =>
        this.#scanner.scanSearched(address, length, { search, all: false, scratch }, options),
      );
      // Decoding may depend on more than is near, an id looks for its secret far around, and a list goes on.
      const asksAll = ({ layers, rule, part }: Match) => layers.length > 0 || rule.pair || part || rule.next;
      if (matches.some(asksAll)) return this.#scanSearched(search, address, length, keeps);
      if (matches.length > 0) this.#addFresh(carried.secrets, matches, length, delta);
    }
    if (keeps) carried.kept = search.keep(this.#memory);
    return carried;
  }

  #changesStart({ firstChange }: ContentSearch): boolean {
    return this.#startReach > 0 && firstChange <= this.#startReach;
  }

  /** Gives back what was kept. */
  forget({ kept }: BlobState): void {
    if (kept?.address) this.#memory.release(kept.address);
  }

  #scanPlain(address: number, length: number): BlobState {
    const matches = this.#match(address, length, (scratch, options) =>
      this.#scanner.scan(address, length, options, scratch),
    );
    return { secrets: this.#holdAll(matches, address, length), lists: [] };
  }

  /** Scans a blob that was searched. */
  #scanSearched(search: ContentSearch, address: number, length: number, keeps: boolean): BlobState {
    const matches = this.#match(address, length, (scratch, options) =>
      this.#scanner.scanSearched(address, length, { search, all: true, scratch }, options),
    );
    const lists: Range[] = [];
    for (const { rule, from, to } of matches) if (rule.next) lists.push({ from, to: to + rule.span.after });
    const secrets = matches.length === 0 ? [] : this.#holdAll(matches, address, length);
    return { secrets, lists, ...(keeps && { kept: search.keep(this.#memory) }) };
  }

  #match(address: number, length: number, scan: (scratch: number, options: ScanOptions) => Match[]): Match[] {
    // What is decoded stands behind all that was allocated.
    const scratch = align(Math.max(this.#memory.extent, address + length) + PADDING);
    return scan(scratch, { path: ANY_PATH, eachWindow: true, isWanted: this.#isWanted });
  }

  /** Adds what was found near changes. */
  #addFresh(secrets: HeldSecret[], matches: Match[], length: number, delta: Delta): void {
    const regions = changedRegions(this.#copiesOf(delta), length, delta.baseLength);
    for (const match of matches) {
      const { windowFrom: from, windowTo: to } = match;
      // Another rule of the same keyword may look so far as to touch a change; what this one saw is carried.
      if (this.#counts(match) && touches(regions, from, to))
        secrets.push({ key: keyOf(match), from, to, decoded: false });
    }
  }

  #copiesOf({ copies, copyCount }: Delta): Int32Array {
    return new Int32Array(this.#memory.core.bytes.buffer, copies, copyCount * 3);
  }

  /** What of the base stands unchanged in the target; undefined when a decoded secret or a list of the base was touched. */
  #carry(base: BlobState, length: number, delta: Delta): BlobState | undefined {
    if (base.secrets.length + base.lists.length === 0) return { secrets: [], lists: [] };
    const copies = this.#copiesOf(delta);
    const secrets: HeldSecret[] = [];
    const lists: Range[] = [];
    for (let i = 0; i < copies.length; i += 3) {
      const source = copies[i];
      const end = source + copies[i + 1];
      const shift = copies[i + 2] - source;
      // An edge of the copy is an edge of the blob in both, or what is carried must stand clear of it.
      const first = source === 0 && shift === 0 ? 0 : source + 1;
      const last = end === delta.baseLength && end + shift === length ? end : end - 1;
      for (const { key, from, to, decoded } of base.secrets) {
        if (from >= first && to <= last) secrets.push({ key, from: from + shift, to: to + shift, decoded });
        else if (decoded && from < end && to > source) return undefined;
      }
      for (const { from, to } of base.lists) {
        if (from >= first && (to <= last || last === delta.baseLength))
          lists.push({ from: from + shift, to: to + shift });
        else if (from < end && to > source) return undefined;
      }
    }
    return { secrets, lists };
  }

  #counts(match: Match): boolean {
    const { rule, part } = match;
    return !part && !rule.part && this.#isWanted(rule, rule.pair?.confidence ?? confidenceOf(match));
  }

  #holdAll(matches: Match[], address: number, length: number): HeldSecret[] {
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
      memory.buffer.toString('latin1', address + Math.max(0, from), address + Math.min(length, to));
    for (const { id, secret } of pairMatches(matches, read)) {
      if (secret && this.#isWanted(id.rule, id.rule.pair!.confidence))
        hold(id, `${keyOf(id)}\0${secret.secret}`);
    }
    return held;
  }
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

/** What the copies leave open in the target; empty where two copies meet that did not stand together in the base. */
function changedRegions(copies: Int32Array, length: number, baseLength: number): Range[] {
  const regions: Range[] = [];
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

/** Whether a region, its seams included, touches [from, to]. */
function touches(regions: Range[], from: number, to: number): boolean {
  return regions.some((region) => region.from <= to && region.to >= from);
}
