import type { Confidence } from '../model/finding.ts';
import type { Rule } from '../rules/rule.ts';
import { indexRules, type RuleIndex } from '../rules/rule-index.ts';
import { ContentSearch } from './content-search.ts';
import { decodeLayers } from './decoders/decode-layers.ts';
import type { Layer } from './layer.ts';
import type { Match, Trace } from './match.ts';
import { matchPaths } from './match-paths.ts';
import { ANY_PATH, Matcher } from './matcher.ts';
import { hasEscapeIn } from './position-map.ts';
import { type Reach, reachOf } from './reach.ts';
import { align, PADDING, ScanMemory } from './scan-memory.ts';

/** Decodings of decodings go no deeper. */
const MAX_DEPTH = 5;

export interface ScanOptions {
  path: string;
  trace?: (trace: Trace) => void;
  /** Gives a match once for each window that shows it, not once alone. */
  eachWindow?: boolean;
  /** In the blob itself, tries only keywords of which a rule's window touches one of these spans: offsets from and to, sorted. */
  near?: readonly number[];
  /** Drops what a rule is only this sure of, before anything is made of it; halves of pairs are kept. */
  isWanted?: (rule: Rule, confidence: Confidence) => boolean;
}

/** A blob of which a search has told where to look. */
export interface Searched {
  search: ContentSearch;
  /** Whether all of it is to be looked at, or what is near changes. */
  all: boolean;
  /** Memory from here on is free. */
  scratch: number;
}

/**
 * Finds what rules match in blobs that stand in its memory. What it finds in a blob is a function of the bytes alone,
 * and each match of the bytes near it: never of time, of other blobs or of what was scanned before.
 */
export class Scanner {
  readonly memory: ScanMemory;
  readonly #index: RuleIndex;
  /** Filled as keywords are met. */
  readonly #rulesByKeyword: (Rule[] | undefined)[] = [];
  readonly #reaches: (Reach | undefined)[] = [];
  readonly #startRules: Rule[];
  #startPaths: ((path: string) => boolean) | undefined;
  readonly #matcher: Matcher;
  /** All keywords; an id is an index. */
  readonly keywords: readonly string[];

  #options: ScanOptions = { path: '' };

  constructor(rules: Rule[] | RuleIndex, memory?: ScanMemory) {
    this.#index = Array.isArray(rules) ? indexRules(rules) : rules;
    const { keywords, startRules, table } = this.#index;
    this.keywords = keywords;
    this.memory = memory ?? new ScanMemory(keywords, { table });
    this.#startRules = startRules;
    this.#matcher = new Matcher(this.memory, keywords);
  }

  /** A search for its keywords; the scanner's memory must have `searchRoom`. */
  createSearch(): ContentSearch {
    return new ContentSearch(
      this.memory,
      this.keywords,
      this.keywords.map((_, keyword) => this.#rulesOf(keyword)),
    );
  }

  /**
   * Scans `length` bytes at `address`; PADDING bytes after them must be readable.
   * @param scratch memory from here on is free
   */
  scan(
    address: number,
    length: number,
    options: ScanOptions,
    scratch = align(address + length + PADDING),
  ): Match[] {
    const blob: Layer = { address, length, depth: 0, decodedFrom: 0, decodedTo: length };
    this.#matcher.begin(options);
    if (this.#mayStart(options.path)) for (const rule of this.#startRules) this.#matcher.tryStart(rule, blob);
    this.#options = options;
    this.#scanLayer(blob, scratch);
    return this.#matcher.end();
  }

  /** Scans a blob where the last call of its search says. */
  scanSearched(
    address: number,
    length: number,
    { search, all, scratch }: Searched,
    options: ScanOptions,
  ): Match[] {
    const blob: Layer = { address, length, depth: 0, decodedFrom: 0, decodedTo: length };
    this.#matcher.begin(options);
    if (all) for (const rule of this.#startRules) this.#matcher.tryStart(rule, blob);
    this.#options = options;
    search.tryEach(all, (keyword, at) => {
      const before = this.#matcher.count;
      this.#tryRules(this.#rulesOf(keyword), keyword, blob, at);
      return this.#matcher.count > before;
    });
    const known = { runs: search.runs(all), ...(!all && { spans: search.spans() }) };
    const sink = (layer: Layer, free: number) => this.#scanLayer(layer, free);
    decodeLayers(this.memory, blob, scratch, sink, known);
    return this.#matcher.end();
  }

  /** Copies bytes into memory and scans them. */
  scanBytes(bytes: Uint8Array, options: ScanOptions): Match[] {
    const address = this.memory.texts;
    this.memory.reserve(address + bytes.length);
    this.memory.core.bytes.set(bytes, address);
    return this.scan(address, bytes.length, options);
  }

  /** Whether a file of that path may be what a rule reads from its first byte on: one question for all of them. */
  #mayStart(path: string): boolean {
    if (path === ANY_PATH) return true;
    this.#startPaths ??= this.#startRules.every(({ paths }) => paths)
      ? matchPaths(this.#startRules.flatMap(({ paths }) => paths!))
      : () => true;
    return this.#startPaths(path);
  }

  #scanLayer(layer: Layer, scratch: number): void {
    this.#findKeywords(layer);
    if (layer.depth >= MAX_DEPTH) return;
    decodeLayers(this.memory, layer, scratch, (decoded, free) => this.#scanLayer(decoded, free));
  }

  #findKeywords(layer: Layer): void {
    const { exports, tables, results, hitCapacity } = this.memory;
    const start = layer.address;
    const end = start + layer.length;
    const near = this.#nearestChanges(layer);
    for (let from = start; from < end; from = exports.stopped.value >>> 0) {
      const count = exports.findKeywords(start, from, end, tables, results, hitCapacity);
      if (count > 0) this.#tryHits(layer, count, near);
    }
  }

  #nearestChanges({ depth }: Layer): NearestChanges | undefined {
    const { near } = this.#options;
    return depth === 0 && near ? new NearestChanges(near) : undefined;
  }

  #tryHits(layer: Layer, count: number, near: NearestChanges | undefined): void {
    const hits = this.memory.words(this.memory.results, count * 2);
    for (let i = 0; i < hits.length; i += 2) {
      const at = hits[i] - layer.address;
      const keyword = hits[i + 1];
      const rules = this.#rulesOf(keyword);
      const end = at + this.keywords[keyword].length;
      if (near && !near.touch(this.#reachOf(keyword), at, end)) continue;
      if (layer.depth > 0 && !goesBeyond(rules) && !mayShowMore(layer, this.#reachOf(keyword), at, end))
        continue;
      this.#tryRules(rules, keyword, layer, at);
    }
  }

  #rulesOf(keyword: number): Rule[] {
    return (this.#rulesByKeyword[keyword] ??= this.#index.rulesOf(keyword));
  }

  #reachOf(keyword: number): Reach {
    return (this.#reaches[keyword] ??= reachOf(this.#rulesOf(keyword)));
  }

  #tryRules(rules: Rule[], keyword: number, layer: Layer, at: number): void {
    for (let r = 0; r < rules.length; r++) this.#matcher.tryRule(rules[r], keyword, layer, at);
  }
}

/** Whether the other half of a pair, or the entries of a list, are looked for far beyond the window. */
function goesBeyond(rules: readonly Rule[]): boolean {
  return rules.some(({ pair, next }) => pair || next);
}

/** Whether a rule of the keyword at [at, end) may find in a decoded layer what its parent does not show. */
function mayShowMore({ map, names }: Layer, reach: Reach, at: number, end: number): boolean {
  return !map || !!names || hasEscapeIn(map, at - reach.before - 1, end + reach.after + 1);
}

/** The changes on either side of a keyword. Keywords come nearly in order, so the next change is a step away. */
class NearestChanges {
  readonly #changes: readonly number[];
  /** Index of the first change that begins after the keyword. */
  #next = 0;
  #before = Number.NEGATIVE_INFINITY;
  #after = Number.POSITIVE_INFINITY;

  constructor(changes: readonly number[]) {
    this.#changes = changes;
  }

  /** Whether the window of a rule around a keyword at [at, end) touches a change. */
  touch({ before, after }: Reach, at: number, end: number): boolean {
    this.#moveTo(at);
    return at - before <= this.#before || end + after >= this.#after;
  }

  #moveTo(at: number): void {
    const changes = this.#changes;
    let next = this.#next;
    while (next < changes.length && changes[next] <= at) next += 2;
    while (next > 0 && changes[next - 2] > at) next -= 2;
    this.#next = next;
    this.#before = next > 0 ? changes[next - 1] : Number.NEGATIVE_INFINITY;
    this.#after = next < changes.length ? changes[next] : Number.POSITIVE_INFINITY;
  }
}
