import type { Confidence } from '../model/finding.ts';
import type { Rule } from '../rules/rule.ts';
import { decodeLayers } from './decoders/decode-layers.ts';
import type { Layer } from './layer.ts';
import type { Match, Trace } from './match.ts';
import { Matcher } from './matcher.ts';
import { QuietWindows } from './quiet-windows.ts';
import { align, PADDING, ScanMemory } from './scan-memory.ts';

/** Decodings of decodings go no deeper. */
const MAX_DEPTH = 5;

export interface ScanOptions {
  path: string;
  trace?: (trace: Trace) => void;
  /** Told of each keyword that stands in the blob itself: its id and offset. */
  onKeyword?: (keyword: number, at: number) => void;
  /** Gives a match once for each window that shows it, not once alone. */
  eachWindow?: boolean;
  /** In the blob itself, tries only keywords of which a rule's window touches one of these spans: offsets from and to, sorted. */
  changes?: readonly number[];
  /** The same spans where the whole blob is there: looks at its first bytes too. */
  near?: readonly number[];
  /** Drops what a rule is only this sure of, before anything is made of it; halves of pairs are kept. */
  isWanted?: (rule: Rule, confidence: Confidence) => boolean;
  /** Spares windows in which nothing was found before: for blobs of unknown path. */
  quiet?: QuietWindows;
}

/**
 * Finds what rules match in blobs that stand in its memory. What it finds in a blob is a function of the bytes alone,
 * and each match of the bytes near it: never of time, of other blobs or of what was scanned before.
 */
export class Scanner {
  readonly memory: ScanMemory;
  readonly #rulesByKeyword: Rule[][];
  readonly #startRules: Rule[];
  readonly #matcher: Matcher;
  /** All keywords; an id is an index. */
  readonly keywords: readonly string[];

  #options: ScanOptions = { path: '' };

  constructor(rules: Rule[], memory?: ScanMemory) {
    const keywords = keywordsOf(rules);
    this.keywords = keywords;
    this.memory = memory ?? new ScanMemory(keywords);
    this.#rulesByKeyword = groupByKeyword(rules, keywords);
    this.#startRules = rules.filter((rule) => rule.start);
    this.#matcher = new Matcher(this.memory, keywords);
  }

  /** A memory of quiet windows for `ScanOptions.quiet`; the scanner's memory must have QUIET_ROOM. */
  createQuietWindows(): QuietWindows {
    return new QuietWindows(this.memory, this.keywords, this.#rulesByKeyword);
  }

  /** Scans `length` bytes at `address`; PADDING bytes after them must be readable. */
  scan(address: number, length: number, options: ScanOptions): Match[] {
    const blob: Layer = { address, length, depth: 0, decodedFrom: 0, decodedTo: length };
    this.#matcher.begin(options);
    if (!options.changes) for (const rule of this.#startRules) this.#matcher.tryStart(rule, blob);
    this.#options = options;
    this.#scanLayer(blob, align(address + length + PADDING));
    return this.#matcher.end();
  }

  /** Copies bytes into memory and scans them. */
  scanBytes(bytes: Uint8Array, options: ScanOptions): Match[] {
    const address = this.memory.texts;
    this.memory.reserve(address + bytes.length);
    this.memory.core.bytes.set(bytes, address);
    return this.scan(address, bytes.length, options);
  }

  #scanLayer(layer: Layer, scratch: number): void {
    const runs = layer.depth === 0 && this.#options.quiet ? this.#searchChunks(layer) : undefined;
    if (!runs) this.#findKeywords(layer);
    if (layer.depth >= MAX_DEPTH) return;
    decodeLayers(this.memory, layer, scratch, (decoded, free) => this.#scanLayer(decoded, free), runs);
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

  /** Finds keywords where the same lines were not searched before. @returns the runs that are to be decoded */
  #searchChunks(layer: Layer): number[] {
    const { exports, tables, results, hitCapacity, runResults, runCapacity } = this.memory;
    const start = layer.address;
    const end = start + layer.length;
    const near = this.#nearestChanges(layer);
    const runs: number[] = [];
    for (let from = start; from < end; from = exports.chunksTo.value >>> 0) {
      const count = exports.searchChunks(
        start,
        from,
        end,
        tables,
        results,
        hitCapacity,
        runResults,
        runCapacity,
      );
      const runCount = exports.chunkRuns.value >>> 0;
      if (runCount > 0) runs.push(...this.memory.words(runResults, runCount * 3));
      if (count > 0) this.#tryHits(layer, count, near);
    }
    return runs;
  }

  #nearestChanges({ depth }: Layer): NearestChanges | undefined {
    const { changes, near = changes } = this.#options;
    return depth === 0 && near ? new NearestChanges(near) : undefined;
  }

  #tryHits(layer: Layer, count: number, near: NearestChanges | undefined): void {
    const hits = this.memory.words(this.memory.results, count * 2);
    for (let i = 0; i < hits.length; i += 2) {
      const at = hits[i] - layer.address;
      if (layer.depth === 0) this.#tryKeyword(hits[i + 1], layer, at, near);
      else this.#tryRules(this.#rulesByKeyword[hits[i + 1]], hits[i + 1], layer, at);
    }
  }

  /** Tries the rules of a keyword of the blob itself, where that is needed. */
  #tryKeyword(keyword: number, layer: Layer, at: number, near: NearestChanges | undefined): void {
    const { onKeyword, quiet } = this.#options;
    onKeyword?.(keyword, at);
    const rules = this.#rulesByKeyword[keyword];
    if (near && !near.touchOne(rules, at, at + this.keywords[keyword].length)) return;
    if (!quiet?.remembers(keyword)) {
      this.#tryRules(rules, keyword, layer, at);
      return;
    }
    if (quiet.has(keyword, layer.address, at, layer.length)) return;
    const before = this.#matcher.count;
    this.#tryRules(rules, keyword, layer, at);
    if (this.#matcher.count === before) quiet.add();
  }

  #tryRules(rules: Rule[], keyword: number, layer: Layer, at: number): void {
    for (let r = 0; r < rules.length; r++) this.#matcher.tryRule(rules[r], keyword, layer, at);
  }
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

  /** Whether the window of one of the rules around a keyword at [at, end) touches a change. */
  touchOne(rules: Rule[], at: number, end: number): boolean {
    this.#moveTo(at);
    for (let r = 0; r < rules.length; r++) {
      const { span } = rules[r];
      if (at - span.before <= this.#before || end + span.after >= this.#after) return true;
    }
    return false;
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

/** All keywords of the rules, each once, in a fixed order. */
export function keywordsOf(rules: Rule[]): string[] {
  return [...new Set(rules.flatMap((rule) => rule.keywords))].sort();
}

/** The rules of each keyword, in the order of the rules. */
function groupByKeyword(rules: Rule[], keywords: string[]): Rule[][] {
  const groups = new Map(keywords.map((keyword) => [keyword, [] as Rule[]]));
  for (const rule of rules) for (const keyword of rule.keywords) groups.get(keyword)!.push(rule);
  return [...groups.values()];
}
