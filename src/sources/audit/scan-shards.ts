import { BlobScanner } from '../../engine/blob-scanner.ts';
import { searchRoom } from '../../engine/content-search.ts';
import { ANY_PATH } from '../../engine/matcher.ts';
import { type EngineExports, PADDING, ScanMemory } from '../../engine/scan-memory.ts';
import { Scanner } from '../../engine/scanner.ts';
import { collectTrees, takeShards } from '../../git/attribution/collect.ts';
import { CommitCollector, type CommitRest, type CommitTable } from '../../git/attribution/commits.ts';
import type { TreeEdges, TreeTable } from '../../git/attribution/trees.ts';
import { EntryReader, type Piece } from '../../git/objects/reader.ts';
import type { ObjectStore } from '../../git/objects/store.ts';
import { BLOB, COMMIT, idOf, NONE, type ObjectType, TAG } from '../../git/objects/table.ts';
import { parseCommit } from '../../git/parse-commit.ts';
import type { ShardPlan } from '../../git/walk/shards.ts';
import { type Visitor, walkShard } from '../../git/walk/walk.ts';
import { CONFIDENCES, type Confidence } from '../../model/finding.ts';
import type { Skipped } from '../../model/report.ts';
import type { Rule } from '../../rules/rule.ts';
import { keywordsOf } from '../../rules/rule-index.ts';
import { Core } from '../../wasm/core.ts';
import { Memory } from '../../wasm/memory.ts';
import type { ObjectExports } from '../../wasm/objects.ts';
import { detectArchive, HEAD_BYTES } from '../archives/kind.ts';
import { scanBlob } from '../scan-blob.ts';
import {
  type BlobState,
  type Delta,
  DeltaScanner,
  heldKeys,
  type IsWanted,
  NOTHING,
} from './delta-scanner.ts';
import { overLimit } from './large-objects.ts';
import { createNameTest, type RulesByNeed, splitByNeed } from './named-files.ts';

/** Plain data over shared memory: what all threads of an audit work on. */
export interface AuditTask {
  store: ObjectStore;
  rules: Rule[];
  leastConfidence: Confidence;
  includePublic: boolean;
  /** Bytes. */
  maxFileSize: number;
  /** Read every blob whole. */
  whole: boolean;
  contentPlan: ShardPlan;
  treePlan: ShardPlan;
  commits: CommitTable;
  trees: TreeTable;
  /** Next shard of contents, next shard of trees, blobs read, mebibytes read. */
  counters: Int32Array;
}

export const CONTENT_SHARD = 0;
const TREE_SHARD = 1;
export const BLOBS = 2;
export const MEBIBYTES = 3;

/** What one thread found in its shards. */
export interface ContentResult {
  /** Objects that hold a secret, with the numbers of their secrets in `keys`. */
  rows: { row: number; keys: number[] }[];
  keys: string[];
  /** Rows of objects too large for the reader. */
  large: number[];
  skipped: Skipped[];
  rest: CommitRest;
  blobs: number;
  commits: number;
  bytes: number;
}

/** Lets all trees be collected once more. */
export function forgetTrees({ trees, counters }: AuditTask): void {
  trees.count.fill(0);
  Atomics.store(counters, TREE_SHARD, 0);
}

const TYPES = [BLOB, COMMIT, TAG] as const;

/** One thread's part of an audit: contents first, then the trees that lead to what was found, then contents for whose names rules waited. */
export class ShardScanner {
  readonly #task: AuditTask;
  /** For trees and single objects. */
  readonly #reader: EntryReader;
  readonly #rules: RulesByNeed;

  constructor(task: AuditTask) {
    this.#task = task;
    this.#rules = splitByNeed(task.rules);
    this.#reader = new EntryReader(task.store, new Core<ObjectExports>());
  }

  scanContents(): ContentResult {
    const { contentPlan, counters } = this.#task;
    const scanner = new ContentScanner(this.#task, this.#rules.anywhere);
    const { memory } = scanner;
    const reader = new EntryReader(this.#task.store, memory.core as Core<ObjectExports>, memory);
    const visitor = visitContents(scanner, reader);
    for (const shard of takeShards(contentPlan, counters.subarray(CONTENT_SHARD, CONTENT_SHARD + 1))) {
      walkShard(reader, contentPlan, shard, TYPES, visitor);
      scanner.tell(counters);
    }
    reader.close();
    return scanner.result;
  }

  /** @param marked rows of objects that were found to hold a secret, by any thread */
  collectTrees(worker: number, marked: number[]): TreeEdges {
    const { treePlan, counters, trees } = this.#task;
    const shards = takeShards(treePlan, counters.subarray(TREE_SHARD, TREE_SHARD + 1));
    const isAsked = createNameTest(this.#rules.named);
    return collectTrees(this.#reader, treePlan, shards, trees, worker, marked, isAsked);
  }

  /** @param rows of blobs with names that rules waited for */
  scanNamed(rows: number[]): ContentResult {
    const scanner = new ContentScanner(this.#task, this.#rules.named);
    const { core, memory } = this.#reader;
    for (const row of rows) {
      const piece = tryWhole(this.#reader, row);
      // What is broken was named when it was met first.
      if (!piece) continue;
      scanner.scanNamed(row, core.bytes.subarray(piece.pointer, piece.pointer + piece.length));
      memory.release(piece.pointer);
    }
    return scanner.result;
  }

  close(): void {
    this.#reader.close();
  }
}

function tryWhole(reader: EntryReader, row: number): Piece | undefined {
  try {
    return reader.whole(row);
  } catch {
    return undefined;
  }
}

function visitContents(scanner: ContentScanner, reader: EntryReader): Visitor<BlobState> {
  // Memory moves when it grows, so it is asked for at each object.
  const bytesAt = (pointer: number, length: number) => reader.core.bytes.subarray(pointer, pointer + length);
  return {
    visitWhole: (row, type, pointer, length) => scanner.scanWhole(row, type, bytesAt(pointer, length)),
    visitDelta: (row, type, pointer, length, base, _basePointer, baseLength, copies, copyCount) =>
      scanner.scanDelta(row, type, bytesAt(pointer, length), base, { baseLength, copies, copyCount }),
    forget: (state) => scanner.forget(state),
    visitLarge: (row) => scanner.result.large.push(row),
    visitBroken: (row, reason) =>
      scanner.result.skipped.push({ path: `object ${idOf(reader.store.table, row)}`, reason }),
  };
}

function isArchive(bytes: Uint8Array): boolean {
  return detectArchive(bytes.subarray(0, HEAD_BYTES), ANY_PATH) !== undefined;
}

/** Scans blobs and messages, those in its memory where they stand, and notes which hold what. */
export class ContentScanner {
  readonly #scanner: DeltaScanner;
  readonly memory: Memory;
  /** Members of archives have names, so all rules are tried on them. Few repositories hold archives. */
  #members: BlobScanner | undefined;
  readonly #task: AuditTask;
  readonly #collector: CommitCollector;
  readonly #numbers = new Map<string, number>();
  #told = { blobs: 0, bytes: 0 };
  readonly result: ContentResult;

  /** @param all those to try on contents without a name */
  constructor(task: AuditTask, all: Rule[]) {
    const wanted = (rule: Rule, confidence: Confidence) => isWanted(rule, confidence, task);
    const halves = new Set(
      all.flatMap(({ pair }) => [pair?.secret, pair?.token].flatMap((half) => half?.rules ?? [])),
    );
    const rules = all.filter((rule) => halves.has(rule.id) || mayBeWanted(rule, wanted));
    const core = new Core<EngineExports>();
    const keywords = keywordsOf(rules);
    const memory = new ScanMemory(keywords, { core, room: searchRoom(core.exports, keywords) });
    this.memory = new Memory(core, memory.texts);
    this.#task = task;
    this.#scanner = new DeltaScanner(new Scanner(rules, memory), this.memory, rules, wanted, task.whole);
    this.#collector = new CommitCollector(task.store, task.commits);
    const { rest } = this.#collector;
    this.result = { rows: [], keys: [], large: [], skipped: [], rest, blobs: 0, commits: 0, bytes: 0 };
  }

  scanWhole(row: number, type: ObjectType, bytes: Uint8Array): BlobState {
    if (type === BLOB && bytes.length > this.#task.maxFileSize) return this.#leaveOut(row, bytes.length);
    this.#count(type, bytes.length);
    if (type === COMMIT) this.#collector.collect(row, bytes, 0, bytes.length);
    if (type === BLOB && isArchive(bytes)) return this.#expand(row, bytes);
    return this.#hold(row, this.#scanWhole(type === BLOB ? bytes : messageOf(bytes), this.#hasDeltas(row)));
  }

  scanDelta(row: number, type: ObjectType, bytes: Uint8Array, base: BlobState, delta: Delta): BlobState {
    // Messages are short, and begin behind a header whose length differs.
    const isDelta = type === BLOB && base !== NOTHING && bytes.length <= this.#task.maxFileSize;
    if (!isDelta || isArchive(bytes)) return this.scanWhole(row, type, bytes);
    this.#count(type, bytes.length);
    const { byteOffset, length } = bytes;
    return this.#hold(row, this.#scanner.scanDelta(byteOffset, length, base, delta, this.#hasDeltas(row)));
  }

  /** A blob that was counted and scanned for all else before. */
  scanNamed(row: number, bytes: Uint8Array): void {
    if (bytes.length <= this.#task.maxFileSize && !isArchive(bytes))
      this.#hold(row, this.#scanWhole(bytes, false));
  }

  forget(state: BlobState): void {
    this.#scanner.forget(state);
  }

  /** Scans bytes, which are copied when they do not stand in the memory. */
  #scanWhole(bytes: Uint8Array, keeps: boolean): BlobState {
    const { core } = this.memory;
    const { length } = bytes;
    if (bytes.buffer === core.bytes.buffer) return this.#scanner.scanWhole(bytes.byteOffset, length, keeps);
    const address = this.memory.allocate(length + PADDING);
    core.bytes.set(bytes, address);
    const state = this.#scanner.scanWhole(address, length, keeps);
    this.memory.release(address);
    return state;
  }

  #hasDeltas(row: number): boolean {
    return this.#task.store.table.firstChild[row] !== NONE;
  }

  /** Lets other threads see how far this one is. */
  tell(counters: Int32Array): void {
    const { blobs, bytes } = this.result;
    Atomics.add(counters, BLOBS, blobs - this.#told.blobs);
    Atomics.add(counters, MEBIBYTES, Math.round((bytes - this.#told.bytes) / 2 ** 20));
    this.#told = { blobs, bytes };
  }

  #count(type: ObjectType, length: number): void {
    if (type === BLOB) this.result.blobs++;
    if (type === COMMIT) this.result.commits++;
    this.result.bytes += length;
  }

  #leaveOut(row: number, size: number): BlobState {
    const { store, maxFileSize } = this.#task;
    this.result.skipped.push(overLimit(idOf(store.table, row), size, maxFileSize));
    return NOTHING;
  }

  /** Scans the members of an archive. */
  #expand(row: number, bytes: Uint8Array): BlobState {
    const path = `blob ${idOf(this.#task.store.table, row)}`;
    this.#members ??= new BlobScanner(new Scanner(this.#task.rules), { now: 0 });
    const found = scanBlob(this.#members, path, Buffer.from(bytes), { skipped: this.result.skipped });
    const detections = found.flatMap((one) => one.detections);
    this.#note(row, detections.flatMap(heldKeys));
    return NOTHING;
  }

  #hold(row: number, state: BlobState): BlobState {
    this.#note(
      row,
      state.secrets.map(({ key }) => key),
    );
    return state;
  }

  #note(row: number, held: string[]): void {
    if (held.length === 0) return;
    const keys = new Set<number>();
    for (const key of held) {
      let number = this.#numbers.get(key);
      if (number === undefined) {
        number = this.result.keys.push(key) - 1;
        this.#numbers.set(key, number);
      }
      keys.add(number);
    }
    this.result.rows.push({ row, keys: [...keys] });
  }
}

/** A rule is worth its time when it can tell something that is wanted, or is half of a pair. */
function mayBeWanted(rule: Rule, wanted: IsWanted): boolean {
  if (rule.pair || rule.part || (rule.checks.value && !rule.public)) return true;
  return wanted(rule, rule.confidence);
}

/** Whether a rule's secrets can end in the report when it is this sure of them: what cannot needs no attribution. */
function isWanted(
  rule: Rule,
  confidence: Confidence,
  { leastConfidence, includePublic }: AuditTask,
): boolean {
  if (rule.public && !includePublic) return false;
  return CONFIDENCES.indexOf(confidence) >= CONFIDENCES.indexOf(leastConfidence);
}

/** The message of a commit or tag: what follows the first empty line, and then the messages of signed tags that a merge keeps in its header. */
export function messageOf(bytes: Uint8Array): Uint8Array {
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) {
    if (bytes[at + 1] !== 10) continue;
    const content = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    const message = content.subarray(at + 2);
    if (!content.subarray(0, at).includes('\nmergetag ')) return message;
    return Buffer.concat([message, ...parseCommit(content).mergedTags]);
  }
  return bytes.subarray(bytes.length);
}
