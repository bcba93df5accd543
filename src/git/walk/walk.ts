import type { Built, EntryReader, Piece } from '../objects/reader.ts';
import { DUPLICATE, idOf, NONE, type ObjectType, UNREADABLE } from '../objects/table.ts';
import type { ShardPlan } from './shards.ts';

/**
 * Gets every object of a walk once, standing in the core's memory at `pointer`; `row` is its row in the object table. It may
 * allocate memory, and must leave the object's own bytes as they are: deltas are built from them.
 * `S` is what the visitor remembers of an object for those made from it.
 */
export interface Visitor<S> {
  visitWhole(row: number, type: ObjectType, pointer: number, length: number): S;
  /**
   * The object was built from `base`, which still stands at `basePointer`.
   * @param copies address of `copyCount` triples of i32: offset in base, length, offset in this object; runs that continue
   *   each other are one triple, and all bytes between are new
   */
  visitDelta(
    row: number,
    type: ObjectType,
    pointer: number,
    length: number,
    base: S,
    basePointer: number,
    baseLength: number,
    copies: number,
    copyCount: number,
  ): S;
  /** The object's bytes are about to be given back: nothing more will be built from it. */
  forget?(state: S): void;
  /** The object is larger than the walk's limit (or made from such a one): to be streamed through git. */
  visitLarge(row: number, type: ObjectType): void;
  /** The object cannot be read. */
  visitBroken(row: number, reason: string): void;
}

/** Objects above this many bytes are not built in memory. */
export const LARGE = 64 << 20;

interface Frame<S> extends Piece {
  row: number;
  state: S;
  /** Rows still to be built from this one; the heaviest is taken last. */
  children: number[];
}

/**
 * Visits all objects of one shard, each delta tree depth first. The heaviest child of an object is built last and the object
 * released before going on below it, so at most log2(objects of the tree) + 1 objects stand in memory at a time.
 */
export function walkShard<S>(
  reader: EntryReader,
  plan: ShardPlan,
  shard: number,
  types: readonly ObjectType[],
  visitor: Visitor<S>,
  large = LARGE,
): void {
  const walk = new Walk(reader, types, visitor, large);
  for (let i = plan.starts[shard]; i < plan.ends[shard]; i++) walk.tree(plan.roots[i]);
}

class Walk<S> {
  readonly #reader: EntryReader;
  readonly #types: readonly ObjectType[];
  readonly #visitor: Visitor<S>;
  readonly #large: number;
  readonly #stack: Frame<S>[] = [];
  /** Further copies by id, looked up when an object turns out broken. */
  #copies: Map<string, number[]> | undefined;

  constructor(reader: EntryReader, types: readonly ObjectType[], visitor: Visitor<S>, large: number) {
    this.#reader = reader;
    this.#types = types;
    this.#visitor = visitor;
    this.#large = large;
  }

  tree(root: number): void {
    const stack = this.#stack;
    this.#root(root);
    while (stack.length > 0) {
      const frame = stack[stack.length - 1];
      const child = frame.children.pop();
      if (child === undefined) {
        stack.pop();
        this.#release(frame.pointer, frame.state);
        continue;
      }
      const last = frame.children.length === 0;
      if (last) stack.pop();
      this.#delta(child, frame);
      if (last) this.#release(frame.pointer, frame.state);
    }
  }

  #root(row: number): void {
    const { table } = this.#reader.store;
    if (table.flags[row] & UNREADABLE) {
      // Why has been said when the pack was opened; another copy may still be sound.
      this.#rescue(row, undefined);
      return;
    }
    const isLoose = this.#reader.isLoose(row);
    // A loose one may be of a type that another walk is after: its own header comes first.
    if (!isLoose && table.size[row] > this.#large) {
      this.#handOut(row);
      return;
    }
    try {
      if (isLoose) this.#loose(row);
      else this.#whole(row, this.#reader.inflate(row));
    } catch (error) {
      this.#rescue(row, error as Error);
    }
  }

  /** Its type shows only now; what another walk is after is left after its header. */
  #loose(row: number): void {
    const { table } = this.#reader.store;
    const { type, length } = this.#reader.looseHeader(row);
    table.type[row] = type;
    if (!this.#types.includes(type)) return;
    table.size[row] = length;
    if (length > this.#large) this.#handOut(row);
    else this.#whole(row, this.#reader.loose(row));
  }

  #delta(row: number, base: Frame<S>): void {
    const { memory, store } = this.#reader;
    const { table } = store;
    if (table.size[row] > this.#large) {
      this.#handOut(row);
      return;
    }
    let built: Built | undefined;
    try {
      const delta = this.#reader.inflate(row);
      if (this.#reader.builtLength(delta) <= this.#large) built = this.#reader.applyDelta(delta, base);
      else memory.release(delta.pointer);
    } catch (error) {
      this.#rescue(row, error as Error);
      return;
    }
    if (!built) {
      this.#handOut(row);
      return;
    }
    const { pointer, length, copies, copyCount } = built;
    const type = table.type[row] as ObjectType;
    const state = this.#visitor.visitDelta(
      row,
      type,
      pointer,
      length,
      base.state,
      base.pointer,
      base.length,
      copies,
      copyCount,
    );
    memory.release(copies);
    this.#descend(row, pointer, length, state);
  }

  #whole(row: number, piece: Piece): void {
    const type = this.#reader.store.table.type[row] as ObjectType;
    if (!this.#types.includes(type)) {
      this.#reader.memory.release(piece.pointer);
      return;
    }
    const state = this.#visitor.visitWhole(row, type, piece.pointer, piece.length);
    this.#descend(row, piece.pointer, piece.length, state);
  }

  #descend(row: number, pointer: number, length: number, state: S): void {
    if (this.#reader.store.table.firstChild[row] === NONE) this.#release(pointer, state);
    else this.#stack.push({ row, pointer, length, state, children: this.#childrenOf(row) });
  }

  #release(pointer: number, state: S): void {
    this.#visitor.forget?.(state);
    this.#reader.memory.release(pointer);
  }

  /** The heaviest stands first, because children are taken from the end. */
  #childrenOf(row: number): number[] {
    const { firstChild, nextSibling, weight } = this.#reader.store.table;
    const children: number[] = [];
    for (let child = firstChild[row]; child !== NONE; child = nextSibling[child]) {
      children.push(child);
      if (children.length > 1 && weight[child] > weight[children[0]]) {
        children[children.length - 1] = children[0];
        children[0] = child;
      }
    }
    return children;
  }

  /** Everything made from a large object is handed out with it: to build it here would need the large one in memory. */
  #handOut(row: number): void {
    for (const each of this.#below(row)) {
      this.#visitor.visitLarge(each, this.#reader.store.table.type[each] as ObjectType);
    }
  }

  /** Reads another copy of an object whose first copy is broken; without one, it and all that is made from it is lost. */
  #rescue(row: number, error: Error | undefined): void {
    const { table } = this.#reader.store;
    for (const copy of this.#copiesOf(row)) {
      try {
        const { type, ...piece } = this.#reader.whole(copy);
        table.type[row] = type;
        this.#whole(row, piece);
        return;
      } catch {
        // The first copy's error is the one to report.
      }
    }
    if (error) this.#visitor.visitBroken(row, error.message);
    const lost = this.#below(row);
    lost.next();
    for (const each of lost)
      this.#visitor.visitBroken(each, `its delta base ${idOf(table, row)} cannot be read`);
  }

  #copiesOf(row: number): readonly number[] {
    const { table } = this.#reader.store;
    if (!this.#copies) {
      this.#copies = new Map();
      for (let other = 0; other < table.count; other++) {
        if (!(table.flags[other] & DUPLICATE) || table.flags[other] & UNREADABLE) continue;
        const id = idOf(table, other);
        this.#copies.set(id, [...(this.#copies.get(id) ?? []), other]);
      }
    }
    return this.#copies.get(idOf(table, row)) ?? [];
  }

  *#below(row: number): Generator<number> {
    const { firstChild, nextSibling } = this.#reader.store.table;
    const pending = [row];
    for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
      yield at;
      for (let child = firstChild[at]; child !== NONE; child = nextSibling[child]) pending.push(child);
    }
  }
}
