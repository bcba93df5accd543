import type { Skipped } from '../../model/report.ts';
import type { EntryReader } from '../objects/reader.ts';
import { BLOB, COMMIT, findRow, idOf, NONE, TAG, TREE } from '../objects/table.ts';
import type { Tips } from '../refs.ts';
import type { CommitRest, CommitTable } from './commits.ts';
import { type CommitFacts, describeCommit } from './describe.ts';
import { compareAge, type History, markAncestors, orderHistory } from './history.ts';
import { type Pair, Pairs } from './pairs.ts';
import { Contents, EMPTY } from './sets.ts';
import type { TreeEdges, TreeTable } from './trees.ts';

/** Where a marked object stands in history: one for each path a blob had, one for a message. */
export interface Attribution {
  row: number;
  /** Absent for messages, and for blobs that no tree names. */
  path?: string;
  /** Base64 of the path's bytes, when they are not UTF-8. */
  pathBytes?: string;
  /** The commit that first brought the blob there; the commit or tag itself for a message. Absent when only a dangling tree holds it. */
  commit?: CommitFacts;
  /** Whether HEAD's tree has the blob at this path; for a message, whether HEAD's history has it. */
  inHead: boolean;
  /** Whether any ref leads there. */
  reachable: boolean;
  /** A reflog entry (such as `stash@{1}`) that leads there where no ref does. */
  reflog?: string;
  /** Refs whose history holds it, at most `MOST_REFS`. */
  refs: string[];
  /** Id of the last commit that held the blob at this path. */
  lastCommit?: string;
}

export const MOST_REFS = 10;

export interface AttributionInput {
  reader: EntryReader;
  tips: Tips;
  commits: CommitTable;
  rests: readonly CommitRest[];
  trees: TreeTable;
  found: readonly TreeEdges[];
  /** Rows of blobs, commits and tags to attribute. */
  marked: readonly number[];
  /** Ids (hex) of commits whose parents were left out by a shallow clone. */
  shallow?: ReadonlySet<string>;
}

/** @returns the places of all marked objects in the order of `marked` and then of paths, and what makes them incomplete */
export function attribute(input: AttributionInput): Attributed {
  return new Attributor(input).run();
}

export interface Attributed {
  attributions: Attribution[];
  skipped: Skipped[];
  /** Orders commits by their ids (hex): ancestors first, then by committer's time, then by id. Tags and unknown ids come first. */
  compareCommits(a: string, b: string): number;
}

class Attributor {
  readonly #input: AttributionInput;
  readonly #history: History;
  readonly #contents: Contents;
  readonly #pairs: Pairs;
  /** By commit number. */
  readonly #reachable: Uint8Array;
  readonly #inReflog: Uint8Array;
  readonly #headHistory: Uint8Array;
  readonly #facts = new Map<number, CommitFacts | undefined>();
  readonly #skipped: Skipped[] = [];

  constructor(input: AttributionInput) {
    this.#input = input;
    const { store } = input.reader;
    this.#history = orderHistory(store, input.commits, input.rests);
    this.#contents = new Contents(store.table, input.trees, input.found, input.marked);
    this.#pairs = new Pairs(this.#contents);
    const numbers = (tips: readonly { id: string }[]) =>
      tips.map(({ id }) => this.#commitNumber(this.#rowOf(id))).filter((number) => number !== NONE);
    this.#reachable = markAncestors(this.#history, numbers(input.tips.refs));
    this.#inReflog = markAncestors(this.#history, numbers(input.tips.reflogs));
    this.#headHistory = markAncestors(
      this.#history,
      numbers(input.tips.head ? [{ id: input.tips.head }] : []),
    );
  }

  run(): Attributed {
    const roots = this.#bringPairs();
    this.#findLast(roots);
    this.#findHead();
    const firsts = this.#findFirsts();
    const { marked } = this.#input;
    const { type } = this.#input.reader.store.table;
    const messages = marked.filter((row) => type[row] !== BLOB);
    const refs = this.#findRefs([
      ...this.#pairs.all.map((_, i) => firsts[i]),
      ...messages.map((row) => [this.#commitNumber(row)].filter((number) => number !== NONE)),
    ]);
    const byRow = new Map<number, Attribution[]>(marked.map((row) => [row, []]));
    this.#pairs.all.forEach((pair, i) => {
      byRow.get(pair.blob)?.push(this.#describePair(pair, firsts[i], refs[i]));
    });
    messages.forEach((row, i) => {
      byRow.get(row)!.push(this.#describeMessage(row, refs[this.#pairs.all.length + i]));
    });
    this.#addDangling(byRow);
    this.#noteMissing();
    const attributions: Attribution[] = [];
    for (const row of marked) {
      const places = byRow.get(row)!;
      places.sort((a, b) => ((a.path ?? '') < (b.path ?? '') ? -1 : 1));
      attributions.push(...(places.length > 0 ? places : [this.#describePathless(row)]));
    }
    return {
      attributions,
      skipped: this.#skipped,
      compareCommits: (a, b) => this.#compareCommits(a, b),
    };
  }

  readonly #numbers = new Map<string, number>();

  #compareCommits(a: string, b: string): number {
    const numberOf = (id: string) => {
      let number = this.#numbers.get(id);
      if (number === undefined) {
        const row = this.#rowOf(id);
        this.#numbers.set(id, (number = row === NONE ? NONE : this.#history.numberOf[row]));
      }
      return number;
    };
    const [first, second] = [numberOf(a), numberOf(b)];
    const known = first !== NONE && second !== NONE;
    const order = known ? compareAge(this.#history, first, second) : Math.sign(first) - Math.sign(second);
    return order || (a < b ? -1 : a > b ? 1 : 0);
  }

  /** Goes through history once. @returns the content of each commit's tree */
  #bringPairs(): Int32Array {
    const { count, rows, starts, parents } = this.#history;
    const { tree } = this.#input.commits;
    const roots = new Int32Array(count);
    for (let i = 0; i < count; i++) {
      const content = this.#contents.of(tree[rows[i]]);
      roots[i] = content;
      if (content === EMPTY) continue;
      const before: number[] = [];
      let changed = true;
      for (let k = starts[i]; k < starts[i + 1] && changed; k++) {
        before.push(roots[parents[k]]);
        changed = roots[parents[k]] !== content;
      }
      if (changed) this.#pairs.bring(i, content, before);
    }
    return roots;
  }

  /** The last commit to hold a pair: reachable ones first, then by age, then the smallest id. */
  #findLast(roots: Int32Array): void {
    const { rows } = this.#history;
    const best = new Map<number, number>();
    for (let i = 0; i < roots.length; i++) {
      if (roots[i] === EMPTY) continue;
      const other = best.get(roots[i]);
      if (other === undefined || this.#isLater(i, other)) best.set(roots[i], i);
    }
    const order = [...new Set(best.values())].sort((a, b) => (this.#isLater(a, b) ? -1 : 1));
    const rankOf = new Map(order.map((commit, rank) => [commit, rank]));
    const ranks = new Map([...best].map(([content, commit]) => [content, rankOf.get(commit)!]));
    this.#pairs.spread(ranks, (pair, rank) => {
      pair.last = rows[order[rank]];
    });
  }

  #isLater(a: number, b: number): boolean {
    const { rows } = this.#history;
    if (this.#reachable[a] !== this.#reachable[b]) return this.#reachable[a] === 1;
    return (compareAge(this.#history, b, a) || this.#compareIds(rows[a], rows[b])) < 0;
  }

  #findHead(): void {
    const head = this.#input.tips.head;
    const row = head === undefined ? NONE : this.#rowOf(head);
    const content = row === NONE ? EMPTY : this.#contents.of(this.#input.commits.tree[row]);
    if (content === EMPTY) return;
    this.#pairs.spread(new Map([[content, 0]]), (pair) => {
      pair.inHead = true;
    });
  }

  /**
   * Of the commits that brought a pair, those no ancestor of which held it: the file may have gone and come back, or come by
   * several branches. A pair is a bit, 32 a pass; each pass takes all commits in order, parents first.
   */
  #findFirsts(): number[][] {
    const pairs = this.#pairs.all;
    const firsts = pairs.map(({ brought }) => brought);
    const several = pairs.flatMap(({ brought }, i) => (brought.length > 1 ? [i] : []));
    const { count, starts, parents } = this.#history;
    const before = new Int32Array(count);
    const here = new Int32Array(count);
    for (let from = 0; from < several.length; from += 32) {
      const batch = several.slice(from, from + 32);
      here.fill(0);
      batch.forEach((index, bit) => {
        for (const commit of pairs[index].brought) here[commit] |= 1 << bit;
      });
      for (let i = 0; i < count; i++) {
        let mask = 0;
        for (let k = starts[i]; k < starts[i + 1]; k++) mask |= before[parents[k]] | here[parents[k]];
        before[i] = mask;
      }
      batch.forEach((index, bit) => {
        firsts[index] = pairs[index].brought.filter((commit) => !(before[commit] & (1 << bit)));
      });
    }
    return firsts;
  }

  /** For each set of commits, refs that have one of them in their history, and the first reflog entry when no ref has. */
  #findRefs(sets: readonly (readonly number[])[]): { refs: string[]; reflog?: string }[] {
    const { count, starts, parents } = this.#history;
    const tips = this.#distinctTips(this.#input.tips.refs);
    const reflogs = this.#distinctTips(this.#input.tips.reflogs);
    const results = sets.map((): { refs: string[]; reflog?: string } => ({ refs: [] }));
    const holds = new Int32Array(count);
    for (let from = 0; from < sets.length; from += 32) {
      const batch = sets.slice(from, from + 32);
      holds.fill(0);
      let open = 0;
      batch.forEach((commits, bit) => {
        for (const commit of commits) holds[commit] |= 1 << bit;
        if (commits.length > 0) open |= 1 << bit;
      });
      for (let i = 0; i < count; i++) {
        let mask = holds[i];
        for (let k = starts[i]; k < starts[i + 1]; k++) mask |= holds[parents[k]];
        holds[i] = mask;
      }
      for (const { name, commit } of tips) {
        for (let mask = holds[commit] & open; mask !== 0; mask &= mask - 1) {
          const bit = 31 - Math.clz32(mask & -mask);
          const { refs } = results[from + bit];
          refs.push(name);
          if (refs.length === MOST_REFS) open &= ~(1 << bit);
        }
        if (open === 0) break;
      }
      for (const { name, commit } of reflogs) {
        for (let mask = holds[commit] & open; mask !== 0; mask &= mask - 1) {
          const bit = 31 - Math.clz32(mask & -mask);
          if (results[from + bit].refs.length === 0) results[from + bit].reflog = name;
          open &= ~(1 << bit);
        }
      }
    }
    return results;
  }

  #distinctTips(tips: readonly { name: string; id: string }[]): { name: string; commit: number }[] {
    return tips
      .map(({ name, id }) => ({ name, commit: this.#commitNumber(this.#rowOf(id)) }))
      .filter(({ commit }) => commit !== NONE);
  }

  #describePair(
    pair: Pair,
    firsts: readonly number[],
    held: { refs: string[]; reflog?: string },
  ): Attribution {
    const { rows } = this.#history;
    const [first] = [...firsts].sort(
      (a, b) =>
        this.#reachable[b] - this.#reachable[a] ||
        this.#inReflog[b] - this.#inReflog[a] ||
        compareAge(this.#history, a, b) ||
        this.#compareIds(rows[a], rows[b]),
    );
    return {
      row: pair.blob,
      ...describePath(pair.path),
      commit: this.#factsOf(rows[first]),
      inHead: pair.inHead,
      reachable: this.#reachable[first] === 1,
      ...held,
      ...(pair.last !== undefined && { lastCommit: idOf(this.#input.reader.store.table, pair.last) }),
    };
  }

  #describeMessage(row: number, held: { refs: string[]; reflog?: string }): Attribution {
    const { table } = this.#input.reader.store;
    const facts = this.#factsOf(row);
    const base = { row, ...(facts && { commit: facts }) };
    if (table.type[row] === COMMIT) {
      const number = this.#commitNumber(row);
      return {
        ...base,
        inHead: this.#headHistory[number] === 1,
        reachable: this.#reachable[number] === 1,
        ...held,
      };
    }
    const refs = this.#refsThrough(row);
    return { ...base, inHead: false, reachable: refs.length > 0, refs: refs.slice(0, MOST_REFS) };
  }

  #describePathless(row: number): Attribution {
    const refs = this.#refsThrough(row);
    return { row, inHead: false, reachable: refs.length > 0, refs: refs.slice(0, MOST_REFS) };
  }

  /** Refs that lead to an object by tags alone. */
  #refsThrough(row: number): string[] {
    return this.#input.tips.refs
      .filter(({ id }) => this.#chainOf(this.#rowOf(id)).includes(row))
      .map(({ name }) => name);
  }

  /** Blobs that no commit holds may stand in a tree that nothing leads to, or that a ref names without a commit. */
  #addDangling(byRow: Map<number, Attribution[]>): void {
    const { table } = this.#input.reader.store;
    const without = new Set(
      [...byRow]
        .filter(([row, places]) => places.length === 0 && table.type[row] === BLOB)
        .map(([row]) => row),
    );
    if (without.size === 0) return;
    const inside = new Uint8Array(table.count);
    const holding: number[] = [];
    for (let row = 0; row < table.count; row++) {
      if (table.type[row] !== TREE || this.#contents.of(row) === EMPTY) continue;
      holding.push(row);
      this.#contents.eachChildTree(row, (child) => {
        inside[child] = 1;
      });
    }
    const contents = new Map(holding.filter((row) => !inside[row]).map((row) => [this.#contents.of(row), 0]));
    const named = this.#input.tips.refs.filter(
      ({ id }) => table.type[this.#chainOf(this.#rowOf(id)).at(-1) ?? NONE] === TREE,
    );
    this.#pairs.spread(contents, (pair) => {
      if (!without.has(pair.blob)) return;
      const refs = named
        .filter(({ id }) => this.#holds(this.#contents.of(this.#chainOf(this.#rowOf(id)).at(-1)!), pair))
        .map(({ name }) => name);
      byRow.get(pair.blob)!.push({
        row: pair.blob,
        ...describePath(pair.path),
        inHead: false,
        reachable: refs.length > 0,
        refs: refs.slice(0, MOST_REFS),
      });
    });
  }

  #holds(content: number, wanted: Pair): boolean {
    let held = false;
    this.#pairs.spread(new Map([[content, 0]]), (pair) => {
      held ||= pair === wanted;
    });
    return held;
  }

  #noteMissing(): void {
    const { table } = this.#input.reader.store;
    const seen = new Set<string>();
    const note = (id: string, reason: string) => {
      if (seen.has(id)) return;
      seen.add(id);
      this.#skipped.push({ path: `object ${id}`, reason });
    };
    for (const { missing, malformed } of this.#input.rests) {
      for (const { row, id, what } of missing) {
        const from = idOf(table, row);
        if (what === 'parent' && this.#input.shallow?.has(from)) continue;
        note(id, `missing: commit ${from} names it as its ${what}`);
      }
      for (const row of malformed) note(idOf(table, row), 'malformed commit');
    }
    for (const { missing, broken } of this.#input.found) {
      for (const { id, tree } of missing) note(id, `missing: tree ${tree} names it`);
      for (const { row, reason } of broken) note(idOf(table, row), reason);
    }
  }

  #factsOf(row: number): CommitFacts | undefined {
    if (this.#facts.has(row)) return this.#facts.get(row);
    const { reader } = this.#input;
    let facts: CommitFacts | undefined;
    try {
      const { pointer, length } = reader.whole(row);
      facts = describeCommit(
        idOf(reader.store.table, row),
        reader.core.bytes.subarray(pointer, pointer + length),
      );
      reader.memory.release(pointer);
    } catch (error) {
      this.#skipped.push({
        path: `object ${idOf(reader.store.table, row)}`,
        reason: (error as Error).message,
      });
    }
    this.#facts.set(row, facts);
    return facts;
  }

  readonly #chains = new Map<number, number[]>();

  /** A row and, while it is a tag, what it points to. */
  #chainOf(row: number): number[] {
    const known = this.#chains.get(row);
    if (known) return known;
    const { reader } = this.#input;
    const { table } = reader.store;
    const chain: number[] = [];
    for (let at = row; at !== NONE && !chain.includes(at); ) {
      chain.push(at);
      if (table.type[at] !== TAG) break;
      try {
        const { pointer, length } = reader.whole(at);
        const text = Buffer.from(
          reader.core.bytes.subarray(pointer, pointer + Math.min(length, 80)),
        ).toString('latin1');
        reader.memory.release(pointer);
        at = this.#rowOf(/^object ([0-9a-f]+)\n/.exec(text)?.[1] ?? '');
      } catch {
        break;
      }
    }
    this.#chains.set(row, chain);
    return chain;
  }

  #rowOf(id: string): number {
    const { table, map } = this.#input.reader.store;
    return id.length === table.idLength * 2 ? findRow(table, map, Buffer.from(id, 'hex')) : NONE;
  }

  /** The number of the commit that a row is or, as a tag, leads to. */
  #commitNumber(row: number): number {
    if (row === NONE) return NONE;
    const direct = this.#history.numberOf[row];
    if (direct !== NONE) return direct;
    const end = this.#chainOf(row).at(-1);
    return end === undefined ? NONE : this.#history.numberOf[end];
  }

  #compareIds(a: number, b: number): number {
    const { ids, idLength } = this.#input.reader.store.table;
    return Buffer.compare(
      ids.subarray(a * idLength, (a + 1) * idLength),
      ids.subarray(b * idLength, (b + 1) * idLength),
    );
  }
}

/** @param latin1 the path's bytes, a character each */
export function describePath(latin1: string): { path: string; pathBytes?: string } {
  const bytes = Buffer.from(latin1, 'latin1');
  try {
    return { path: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch {
    return { path: encodeInvalid(bytes), pathBytes: bytes.toString('base64') };
  }
}

/** Percent-encodes the bytes that are no part of a UTF-8 character. */
function encodeInvalid(bytes: Buffer): string {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let text = '';
  for (let at = 0; at < bytes.length; ) {
    const lead = bytes[at];
    const length = lead < 0x80 ? 1 : lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    try {
      text += decoder.decode(bytes.subarray(at, at + length));
      at += length;
    } catch {
      text += `%${lead.toString(16).toUpperCase().padStart(2, '0')}`;
      at++;
    }
  }
  return text;
}
