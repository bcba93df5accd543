import type { Rule } from '../rules/rule.ts';
import { decodeLayers } from './decoders/decode-layers.ts';
import type { Layer } from './layer.ts';
import type { Match, Trace } from './match.ts';
import { Matcher } from './matcher.ts';
import { align, PADDING, ScanMemory } from './scan-memory.ts';

/** Decodings of decodings go no deeper. */
const MAX_DEPTH = 5;

export interface ScanOptions {
  path: string;
  /** Search only here, in bytes of the blob, for keywords whose window touches it. */
  range?: { from: number; to: number };
  trace?: (trace: Trace) => void;
  /** Address from which memory is free for decoding; by default after the blob. */
  scratch?: number;
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

  constructor(rules: Rule[], memory?: ScanMemory) {
    const keywords = keywordsOf(rules);
    this.memory = memory ?? new ScanMemory(keywords);
    this.#rulesByKeyword = keywords.map((keyword) => rules.filter((rule) => rule.keywords.includes(keyword)));
    this.#startRules = rules.filter((rule) => rule.start);
    this.#matcher = new Matcher(this.memory, keywords);
  }

  /** Scans `length` bytes at `address`; PADDING bytes after them must be readable. */
  scan(address: number, length: number, options: ScanOptions): Match[] {
    const blob: Layer = { address, length, depth: 0, decodedFrom: 0, decodedTo: length };
    const { from, to } = options.range ?? { from: 0, to: length };
    this.#matcher.begin(options);
    if (from === 0 && to > 0) for (const rule of this.#startRules) this.#matcher.tryStart(rule, blob);
    this.#scanLayer(blob, from, to, options.scratch ?? align(address + length + PADDING));
    return this.#matcher.end();
  }

  /** Copies bytes into memory and scans them. */
  scanBytes(bytes: Uint8Array, options: ScanOptions): Match[] {
    const address = this.memory.texts;
    this.memory.reserve(address + bytes.length);
    this.memory.core.bytes.set(bytes, address);
    return this.scan(address, bytes.length, options);
  }

  #scanLayer(layer: Layer, from: number, to: number, scratch: number): void {
    this.#findKeywords(layer, from, to);
    if (layer.depth >= MAX_DEPTH) return;
    decodeLayers(this.memory, layer, from, to, scratch, (decoded, free) => {
      this.#scanLayer(decoded, 0, decoded.length, free);
    });
  }

  #findKeywords(layer: Layer, from: number, to: number): void {
    const { exports, tables, results, hitCapacity } = this.memory;
    const start = layer.address;
    const end = start + to;
    for (let at = start + from; at < end; at = exports.stopped.value >>> 0) {
      const count = exports.findKeywords(start, at, end, tables, results, hitCapacity);
      if (count === 0) continue;
      const hits = this.memory.words(results, count * 2);
      for (let i = 0; i < hits.length; i += 2) {
        const keyword = hits[i + 1];
        const rules = this.#rulesByKeyword[keyword];
        for (let r = 0; r < rules.length; r++)
          this.#matcher.tryRule(rules[r], keyword, layer, hits[i] - start);
      }
    }
  }
}

/** All keywords of the rules, each once, in a fixed order. */
export function keywordsOf(rules: Rule[]): string[] {
  return [...new Set(rules.flatMap((rule) => rule.keywords))].sort();
}
