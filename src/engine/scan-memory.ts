import type { KeywordTable } from '../rules/rule-index.ts';
import { Core } from '../wasm/core.ts';
import type { SearchExports } from '../wasm/search.ts';
import { keywordTableSize, writeKeywordTable } from './keyword-table.ts';

/** What the engine calls in the WebAssembly module; all arguments and results are addresses or byte counts. */
export interface EngineExports extends SearchExports {
  findKeywords(
    start: number,
    from: number,
    end: number,
    tables: number,
    out: number,
    capacity: number,
  ): number;
  stopped: WebAssembly.Global;
  findRuns(start: number, end: number, out: number, capacity: number): number;
  runsStopped: WebAssembly.Global;
  unescape(
    start: number,
    from: number,
    end: number,
    dst: number,
    dstEnd: number,
    map: number,
    mapCapacity: number,
  ): number;
  unescapedTo: WebAssembly.Global;
  mapCount: WebAssembly.Global;
  narrowUtf16(
    start: number,
    from: number,
    end: number,
    dst: number,
    dstEnd: number,
    map: number,
    mapCapacity: number,
  ): number;
  utf16MapCount: WebAssembly.Global;
  utf16To: WebAssembly.Global;
  countByte(from: number, end: number, byte: number): number;
  countCharacters(from: number, end: number): number;
}

/** Keyword hits and runs that one call may return; more come with the next call. */
const HITS = 65536;
const HIT_SIZE = 8;
const RUN_SIZE = 12;

/** Bytes after a text that the module may read. */
export const PADDING = 32;

export interface ScanMemoryOptions {
  core?: Core<EngineExports>;
  room?: number;
  table?: KeywordTable;
}

/** The module's memory, laid out: keyword tables, results, room for what a caller keeps, then texts from `texts` on. */
export class ScanMemory {
  readonly core: Core<EngineExports>;
  readonly tables: number;
  readonly results: number;
  readonly hitCapacity = HITS;
  readonly runCapacity = Math.floor((HITS * HIT_SIZE) / RUN_SIZE);
  /** For runs, where keywords are found at the same time. */
  readonly runResults: number;
  /** Where the caller's room begins. */
  readonly room: number;
  /** Where texts may begin. */
  readonly texts: number;
  #buffer: Buffer;

  /**
   * @param room bytes for the caller's own use
   * @param table made by the build for these keywords: copied where its address fits, which saves 5 ms of a start
   */
  constructor(
    keywords: readonly string[],
    { core = new Core<EngineExports>(), room = 0, table }: ScanMemoryOptions = {},
  ) {
    this.core = core;
    this.tables = core.base;
    this.results = align(this.tables + keywordTableSize(keywords));
    this.runResults = align(this.results + HITS * HIT_SIZE);
    this.room = align(this.runResults + HITS * HIT_SIZE);
    this.texts = align(this.room + room);
    core.reserve(this.texts);
    if (table?.address === this.tables) core.bytes.set(table.bytes, this.tables);
    else writeKeywordTable(core.bytes, this.tables, keywords);
    this.#buffer = Buffer.from(core.bytes.buffer);
  }

  get exports(): EngineExports {
    return this.core.exports;
  }

  /** The whole memory. Growing replaces it, so it is asked for anew after each `reserve`. */
  get buffer(): Buffer {
    if (this.#buffer.buffer !== this.core.bytes.buffer) this.#buffer = Buffer.from(this.core.bytes.buffer);
    return this.#buffer;
  }

  reserve(end: number): void {
    this.core.reserve(end + PADDING);
  }

  /** 32-bit words from `address` on, which must be a multiple of 4. */
  words(address: number, count: number): Uint32Array {
    return new Uint32Array(this.core.bytes.buffer, address, count);
  }
}

export function align(address: number): number {
  return (address + 63) & ~63;
}
