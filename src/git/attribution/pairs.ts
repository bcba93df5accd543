import { type Contents, EMPTY } from './sets.ts';

/** A marked blob at a path. */
export interface Pair {
  /** A latin1 character a byte. */
  path: string;
  /** The blob's row. */
  blob: number;
  /** Numbers of the commits that brought it: it is in none of their parents. */
  brought: number[];
  /** Number of the commit that held it last. */
  last?: number;
  inHead: boolean;
}

/** Numbers paths and pairs as they turn up. */
export class Pairs {
  readonly all: Pair[] = [];
  readonly #contents: Contents;
  /** Paths by number; the root is 0. */
  readonly #paths: string[] = [''];
  readonly #pathNumbers = new Map<number, number>();
  readonly #pairNumbers: Map<number, Pair>[] = [];

  constructor(contents: Contents) {
    this.#contents = contents;
  }

  /** Notes what a commit holds that none of its parents does. */
  bring(commit: number, content: number, parents: readonly number[]): void {
    this.#bring(commit, 0, content, parents);
  }

  /**
   * Visits all pairs of the given root contents once, each with the least rank of the contents that hold it.
   * @param ranks the rank of each root content
   */
  spread(ranks: Map<number, number>, visit: (pair: Pair, rank: number) => void): void {
    // Level by level, so that a subtree shared by many roots is expanded once for each path it has.
    let level = new Map<number, { path: number; content: number; rank: number }>();
    for (const [content, rank] of ranks) level.set(content, { path: 0, content, rank });
    const best = new Map<Pair, number>();
    while (level.size > 0) {
      const next: typeof level = new Map();
      for (const { path, content, rank } of level.values()) {
        const { names, targets } = this.#contents.all[content];
        for (let i = 0; i < names.length; i++) {
          const below = this.#pathOf(path, names[i]);
          if (targets[i] < 0) {
            const pair = this.pairOf(below, -1 - targets[i]);
            if (rank < (best.get(pair) ?? Number.POSITIVE_INFINITY)) best.set(pair, rank);
            continue;
          }
          const key = below * 2 ** 26 + targets[i];
          const known = next.get(key);
          if (!known) next.set(key, { path: below, content: targets[i], rank });
          else if (rank < known.rank) known.rank = rank;
        }
      }
      level = next;
    }
    for (const [pair, rank] of best) visit(pair, rank);
  }

  pairOf(path: number, blob: number): Pair {
    const known = (this.#pairNumbers[path] ??= new Map());
    let pair = known.get(blob);
    if (!pair) {
      pair = { path: this.#paths[path], blob, brought: [], inHead: false };
      known.set(blob, pair);
      this.all.push(pair);
    }
    return pair;
  }

  #bring(commit: number, path: number, content: number, before: readonly number[]): void {
    const contents = this.#contents;
    const { names, targets } = contents.all[content];
    for (let i = 0; i < names.length; i++) {
      const target = targets[i];
      const earlier: number[] = [];
      let held = false;
      for (const parent of before) {
        const old = parent === EMPTY ? EMPTY : contents.target(parent, names[i]);
        if (old === target) held = true;
        else if (old > EMPTY) earlier.push(old);
      }
      if (held) continue;
      const below = this.#pathOf(path, names[i]);
      if (target < 0) this.pairOf(below, -1 - target).brought.push(commit);
      else this.#bring(commit, below, target, earlier);
    }
  }

  #pathOf(parent: number, name: number): number {
    const key = parent * 2 ** 22 + name;
    let number = this.#pathNumbers.get(key);
    if (number === undefined) {
      number = this.#paths.length;
      const text = this.#contents.names[name];
      this.#paths.push(parent === 0 ? text : `${this.#paths[parent]}/${text}`);
      this.#pathNumbers.set(key, number);
    }
    return number;
  }
}
