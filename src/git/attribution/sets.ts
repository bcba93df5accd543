import { BLOB, type ObjectTable } from '../objects/table.ts';
import { type TreeEdges, type TreeTable, WORKER_SHIFT } from './trees.ts';

/**
 * What of the marked blobs a tree holds, and under which names. Equal contents are one object with one number, so that a history
 * of a hundred thousand trees has few of them, and "nothing changed" is a comparison of two numbers.
 */
export interface Content {
  names: number[];
  /** What each name leads to: a content's number, or -1 less the row of a blob. */
  targets: number[];
  /** Index by name, made when first asked for. */
  index?: Map<number, number>;
}

/** A tree without marked blobs. */
export const EMPTY = 0;
const UNKNOWN = -1;
const BUSY = -2;

export class Contents {
  readonly all: Content[] = [{ names: [], targets: [] }];
  /** Names by number. */
  readonly names: string[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #table: ObjectTable;
  readonly #trees: TreeTable;
  readonly #found: readonly TreeEdges[];
  /** For each worker, the number here of each of its names. */
  readonly #renamed: Int32Array[];
  readonly #known: Int32Array;
  readonly #isMarked: Uint8Array;

  /** @param marked rows of the blobs that count: the edges may lead to others too */
  constructor(table: ObjectTable, trees: TreeTable, found: readonly TreeEdges[], marked: Iterable<number>) {
    this.#isMarked = new Uint8Array(table.count);
    for (const row of marked) this.#isMarked[row] = 1;
    this.#table = table;
    this.#trees = trees;
    this.#found = found;
    const names = new Map<string, number>();
    this.#renamed = found.map((each) =>
      Int32Array.from(each.names, (name) => {
        let number = names.get(name);
        if (number === undefined) {
          names.set(name, (number = names.size));
          this.names.push(name);
        }
        return number;
      }),
    );
    this.#known = new Int32Array(table.count).fill(UNKNOWN);
  }

  /** @returns the number of the content of the tree in a row */
  of(row: number): number {
    if (row < 0) return EMPTY;
    const known = this.#known;
    if (known[row] >= 0) return known[row];
    const stack = [row];
    while (stack.length > 0) {
      const tree = stack[stack.length - 1];
      if (known[tree] >= 0) {
        stack.pop();
        continue;
      }
      // A tree within itself is impossible, but a forged index can say so; it then holds nothing.
      const first = known[tree] === UNKNOWN;
      known[tree] = BUSY;
      if (first && this.#pushUnknown(tree, stack)) continue;
      known[tree] = this.#intern(tree);
      stack.pop();
    }
    return known[row];
  }

  eachChildTree(tree: number, visit: (child: number) => void): void {
    const packed = this.#trees.count[tree];
    if (packed === 0) return;
    const worker = (packed >>> WORKER_SHIFT) - 1;
    const { edges } = this.#found[worker];
    const start = this.#trees.start[tree] * 3;
    const end = start + (packed & ((1 << WORKER_SHIFT) - 1)) * 3;
    for (let i = start; i < end; i += 3) if (this.#table.type[edges[i + 1]] !== BLOB) visit(edges[i + 1]);
  }

  /** @returns what a name leads to in a content, or EMPTY */
  target(content: number, name: number): number {
    const { names, targets, index } = this.all[content];
    if (names.length <= 8) {
      const at = names.indexOf(name);
      return at < 0 ? EMPTY : targets[at];
    }
    const map = index ?? (this.all[content].index = new Map(names.map((each, i) => [each, i])));
    const at = map.get(name);
    return at === undefined ? EMPTY : targets[at];
  }

  /** @returns whether a child's content is still to be found */
  #pushUnknown(tree: number, stack: number[]): boolean {
    const packed = this.#trees.count[tree];
    if (packed === 0) return false;
    const { edges } = this.#found[(packed >>> WORKER_SHIFT) - 1];
    const start = this.#trees.start[tree] * 3;
    const end = start + (packed & ((1 << WORKER_SHIFT) - 1)) * 3;
    const before = stack.length;
    for (let i = start + 1; i < end; i += 3) {
      if (this.#known[edges[i]] === UNKNOWN && this.#table.type[edges[i]] !== BLOB) stack.push(edges[i]);
    }
    return stack.length > before;
  }

  #intern(tree: number): number {
    const packed = this.#trees.count[tree];
    if (packed === 0) return EMPTY;
    const worker = (packed >>> WORKER_SHIFT) - 1;
    const { edges } = this.#found[worker];
    const renamed = this.#renamed[worker];
    const start = this.#trees.start[tree] * 3;
    const end = start + (packed & ((1 << WORKER_SHIFT) - 1)) * 3;
    let key = '';
    for (let i = start; i < end; i += 3) {
      const target = this.#targetOf(edges[i + 1]);
      if (target !== EMPTY) key += `${renamed[edges[i + 2]]}:${target},`;
    }
    if (key === '') return EMPTY;
    let number = this.#numbers.get(key);
    if (number !== undefined) return number;
    const content: Content = { names: [], targets: [] };
    for (let i = start; i < end; i += 3) {
      const target = this.#targetOf(edges[i + 1]);
      if (target === EMPTY) continue;
      content.names.push(renamed[edges[i + 2]]);
      content.targets.push(target);
    }
    number = this.all.length;
    this.all.push(content);
    this.#numbers.set(key, number);
    return number;
  }

  #targetOf(row: number): number {
    if (this.#table.type[row] === BLOB) return this.#isMarked[row] ? -1 - row : EMPTY;
    return Math.max(this.#known[row], EMPTY);
  }
}
