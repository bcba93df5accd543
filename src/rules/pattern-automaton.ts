import { type AST, RegExpParser } from '@eslint-community/regexpp';

/**
 * The position automaton (Glushkov's construction) of a pattern, with the number of ways that lead from one position to the next: two
 * ways mean that a backtracking matcher may try both. https://en.wikipedia.org/wiki/Glushkov%27s_construction_algorithm
 */
export interface PatternAutomaton {
  /** For each position the characters it takes: the 256 of Latin-1, and 256 for all others. */
  sets: Uint8Array[];
  /** For each position its followers and in how many ways (1, or 2 for more) each is reached. */
  follow: Map<number, number>[];
  /** Outermost repetitions that were widened to unbounded ones, in order of position. */
  loops: Loop[];
}

export interface Loop {
  /** Positions `first` to `last` are repeated. */
  first: number;
  last: number;
  /** How many characters it can take. */
  size: number;
  raw: string;
}

/** Repetitions up to this are written out; longer ones, whose ways multiply beyond any budget, count as unbounded. */
const WRITTEN_OUT = 4;
/** For patterns that are unbounded: no secret that one is tried on is longer, in characters. */
const UNBOUNDED_SIZE = 1000;
const MAX_POSITIONS = 1500;
/** Characters that stand for all of their kind: all of Latin-1, and one beyond. */
const ALPHABET = Array.from({ length: 257 }, (_, code) => String.fromCharCode(code));

/** @returns the automata of the pattern and of each of its look-arounds, which are matched on their own
 *  @throws {Error} when it does not parse, has a back-reference, or is too large */
export function buildAutomata(source: string, flags: string): PatternAutomaton[] {
  const parser = new RegExpParser({ ecmaVersion: 2024 });
  const pattern = parser.parsePattern(source, 0, source.length, /[uv]/.test(flags));
  const queue: AST.Alternative[][] = [pattern.alternatives];
  const automata: PatternAutomaton[] = [];
  for (let part = queue.shift(); part; part = queue.shift()) {
    automata.push(new Builder(flags, (inner) => queue.push(inner)).build(part));
  }
  return automata;
}

interface Piece {
  first: Map<number, number>;
  last: Map<number, number>;
  /** In how many ways it matches nothing. */
  empty: number;
}

class Builder {
  readonly #sets: Uint8Array[] = [];
  readonly #follow: Map<number, number>[] = [];
  readonly #loops: Loop[] = [];
  readonly #cache = new Map<string, Uint8Array>();
  readonly #flags: string;
  readonly #lookAround: (alternatives: AST.Alternative[]) => void;
  #depth = 0;

  constructor(flags: string, lookAround: (alternatives: AST.Alternative[]) => void) {
    this.#flags = flags.replace(/[gy]/g, '');
    this.#lookAround = lookAround;
  }

  build(alternatives: AST.Alternative[]): PatternAutomaton {
    this.#choice(alternatives);
    return { sets: this.#sets, follow: this.#follow, loops: this.#loops };
  }

  #choice(alternatives: AST.Alternative[]): Piece {
    const whole: Piece = { first: new Map(), last: new Map(), empty: 0 };
    for (const { elements } of alternatives) {
      const piece = elements.reduce((left, e) => this.#then(left, this.#element(e)), nothing());
      addAll(whole.first, piece.first);
      addAll(whole.last, piece.last);
      whole.empty = Math.min(2, whole.empty + piece.empty);
    }
    return whole;
  }

  #then(left: Piece, right: Piece): Piece {
    this.#connect(left.last, right.first);
    const first = new Map(left.first);
    addAll(first, right.first, left.empty);
    const last = new Map(right.last);
    addAll(last, left.last, right.empty);
    return { first, last, empty: Math.min(2, left.empty * right.empty) };
  }

  #connect(from: Map<number, number>, to: Map<number, number>): void {
    for (const [position, ways] of from) addAll(this.#follow[position], to, ways);
  }

  #element(element: AST.Element): Piece {
    switch (element.type) {
      case 'Group':
      case 'CapturingGroup':
        return this.#choice(element.alternatives);
      case 'Quantifier':
        return this.#repeat(element);
      case 'Assertion':
        if (element.kind === 'lookahead' || element.kind === 'lookbehind')
          this.#lookAround(element.alternatives);
        return nothing();
      case 'Backreference': {
        const groups = [element.resolved].flat();
        if (groups.some((group) => longestOf(group) > 1)) {
          throw new Error(`it refers back to a group (${element.raw}), whose cost cannot be told`);
        }
        // To one character: what it takes is not known, so any.
        return this.#position('[\\s\\S]');
      }
      default:
        return this.#position(element.raw);
    }
  }

  #repeat(quantifier: AST.Quantifier): Piece {
    const { min, max, element } = quantifier;
    if (max <= WRITTEN_OUT) {
      let piece = nothing();
      for (let i = 0; i < max; i++) {
        const one = this.#element(element);
        piece = this.#then(piece, i < min ? one : { ...one, empty: Math.min(2, one.empty + 1) });
      }
      return piece;
    }
    const first = this.#sets.length;
    this.#depth++;
    const body = this.#element(element);
    this.#depth--;
    // A repetition of an exact length takes one way alone, so only its body counts.
    if (min !== max || this.#depth > 0) this.#connect(body.last, body.first);
    if (this.#depth === 0 && min !== max) {
      const size = Math.min(max, UNBOUNDED_SIZE) * Math.min(longestOf(element), UNBOUNDED_SIZE);
      this.#loops.push({ first, last: this.#sets.length - 1, size, raw: quantifier.raw });
    }
    return { ...body, empty: min === 0 ? 1 : body.empty };
  }

  #position(raw: string): Piece {
    const position = this.#sets.length;
    if (position >= MAX_POSITIONS) throw new Error(`it is too large: more than ${MAX_POSITIONS} positions`);
    let set = this.#cache.get(raw);
    if (!set) {
      const one = new RegExp(`^(?:${raw})$`, this.#flags);
      set = Uint8Array.from(ALPHABET, (character) => (one.test(character) ? 1 : 0));
      this.#cache.set(raw, set);
    }
    this.#sets.push(set);
    this.#follow.push(new Map());
    return { first: new Map([[position, 1]]), last: new Map([[position, 1]]), empty: 0 };
  }
}

function nothing(): Piece {
  return { first: new Map(), last: new Map(), empty: 1 };
}

function addAll(into: Map<number, number>, from: Map<number, number>, ways = 1): void {
  if (ways === 0) return;
  for (const [position, count] of from) {
    into.set(position, Math.min(2, (into.get(position) ?? 0) + count * ways));
  }
}

function longestOf(element: AST.Element): number {
  switch (element.type) {
    case 'Group':
    case 'CapturingGroup':
      return Math.max(
        0,
        ...element.alternatives.map((a) => a.elements.reduce((sum, e) => sum + longestOf(e), 0)),
      );
    case 'Quantifier':
      return Math.min(element.max, UNBOUNDED_SIZE) * longestOf(element.element);
    case 'Assertion':
      return 0;
    default:
      return 1;
  }
}
