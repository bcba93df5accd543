import type { Rule } from '../rules/rule.ts';
import { indexRules, type RuleIndex } from '../rules/rule-index.ts';
import { decodeLayers } from './decoders/decode-layers.ts';
import type { Layer } from './layer.ts';
import type { Match, Trace } from './match.ts';
import { Matcher } from './matcher.ts';
import { align, PADDING, ScanMemory } from './scan-memory.ts';

/** Decodings of decodings go no deeper. */
const MAX_DEPTH = 5;

export interface ScanOptions {
  path: string;
  trace?: (trace: Trace) => void;
  /** Told of each keyword that stands in the blob itself: its id and offset. */
  onKeyword?: (keyword: number, at: number) => void;
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
  readonly #startRules: Rule[];
  readonly #matcher: Matcher;
  /** All keywords; an id is an index. */
  readonly keywords: readonly string[];

  #onKeyword: ScanOptions['onKeyword'];

  constructor(rules: Rule[] | RuleIndex, memory?: ScanMemory) {
    this.#index = Array.isArray(rules) ? indexRules(rules) : rules;
    const { keywords, startRules, table } = this.#index;
    this.keywords = keywords;
    this.memory = memory ?? new ScanMemory(keywords, undefined, table);
    this.#startRules = startRules;
    this.#matcher = new Matcher(this.memory, keywords);
  }

  /** Scans `length` bytes at `address`; PADDING bytes after them must be readable. */
  scan(address: number, length: number, options: ScanOptions): Match[] {
    const blob: Layer = { address, length, depth: 0, decodedFrom: 0, decodedTo: length };
    this.#matcher.begin(options);
    for (const rule of this.#startRules) this.#matcher.tryStart(rule, blob);
    this.#onKeyword = options.onKeyword;
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
    this.#findKeywords(layer);
    if (layer.depth >= MAX_DEPTH) return;
    decodeLayers(this.memory, layer, scratch, (decoded, free) => this.#scanLayer(decoded, free));
  }

  #findKeywords(layer: Layer): void {
    const { exports, tables, results, hitCapacity } = this.memory;
    const start = layer.address;
    const end = start + layer.length;
    for (let at = start; at < end; at = exports.stopped.value >>> 0) {
      const count = exports.findKeywords(start, at, end, tables, results, hitCapacity);
      if (count === 0) continue;
      const hits = this.memory.words(results, count * 2);
      for (let i = 0; i < hits.length; i += 2) {
        const keyword = hits[i + 1];
        if (layer.depth === 0) this.#onKeyword?.(keyword, hits[i] - start);
        const rules = (this.#rulesByKeyword[keyword] ??= this.#index.rulesOf(keyword));
        for (let r = 0; r < rules.length; r++)
          this.#matcher.tryRule(rules[r], keyword, layer, hits[i] - start);
      }
    }
  }
}
