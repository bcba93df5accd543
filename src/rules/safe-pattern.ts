import { buildAutomata, type Loop, type PatternAutomaton } from './pattern-automaton.ts';

/** Longer sources are no patterns that anyone wrote by hand. */
const MAX_SOURCE = 8192;
/** Steps that one attempt may cost at worst. A backtracking step takes about 5 ns, so this is some 10 ms. */
const MAX_STEPS = 2_000_000;
/** Pairs of positions looked at before a pattern counts as too large: bounds the check itself, which is deterministic, to about a second. */
const MAX_PAIRS = 1_000_000;

/**
 * Why a pattern (JavaScript source) from somebody else must not be run, or undefined when it may: it does not compile, or a
 * backtracking matcher could need exponentially many steps, or polynomially too many. Errs on the side of refusing.
 *
 * Checkers on the market were tried first: redos-detector took minutes and 4 GB for bounded repetitions such as `(x{1,50}y?){1,50}`,
 * scslre let `(?:\w|\d)+=` pass, and recheck is 29 MB with its native part.
 */
export function checkPattern(source: string, flags = ''): string | undefined {
  if (source.length > MAX_SOURCE) return `it is longer than ${MAX_SOURCE} characters`;
  try {
    new RegExp(source, flags);
    for (const automaton of buildAutomata(source, flags)) {
      const reason = exponential(automaton) ?? polynomial(automaton);
      if (reason) return reason;
    }
  } catch (error) {
    return (error as Error).message;
  }
  return undefined;
}

/**
 * A pattern is exponentially ambiguous when some text leads from a position back to it in two ways. That is so when, in the graph of
 * pairs of positions that take the same text, a pair of twins lies on a circle with a pair that differs.
 * Weber and Seidl, On the degree of ambiguity of finite automata, 1991.
 */
function exponential({ sets, follow }: PatternAutomaton): string | undefined {
  const overlap = overlaps(sets);
  const components = componentsOf(
    follow.length,
    (position) => [...follow[position].keys()],
    (position) => position,
  );
  const inLoop = (a: number, b: number) => components.get(a) === components.get(b);
  for (const [position, next] of follow.entries()) {
    for (const [follower, ways] of next) if (ways > 1 && inLoop(position, follower)) return SLOW_EXPONENTIAL;
  }
  // Only pairs within one strongly connected component can lie on such a circle.
  const count = follow.length;
  const successors = (pair: number): number[] => {
    const a = Math.floor(pair / count);
    const b = pair % count;
    const found: number[] = [];
    for (const x of follow[a].keys()) {
      if (!inLoop(a, x)) continue;
      for (const y of follow[b].keys())
        if (inLoop(b, y) && inLoop(x, y) && overlap(x, y)) found.push(x * count + y);
    }
    return found;
  };
  const seen = componentsOf(
    count,
    (twin) => successors(twin),
    (position) => position * count + position,
  );
  const ofTwins = new Set<number>();
  for (let position = 0; position < count; position++) ofTwins.add(seen.get(position * count + position)!);
  for (const [pair, component] of seen) {
    if (Math.floor(pair / count) !== pair % count && ofTwins.has(component)) return SLOW_EXPONENTIAL;
  }
  return undefined;
}

const SLOW_EXPONENTIAL =
  'it can take exponentially long, as what it repeats can match the same text in two ways: make the alternatives or the repeated part differ';

/** Repetitions that can hand characters to each other multiply their lengths. */
function polynomial({ sets, follow, loops }: PatternAutomaton): string | undefined {
  const cost = new Map<Loop, number>();
  for (const loop of [...loops].reverse()) {
    const characters = union(sets.slice(loop.first, loop.last + 1));
    const reached = new Set<number>();
    const queue = positionsOf(loop);
    for (let position = queue.pop(); position !== undefined; position = queue.pop()) {
      for (const next of follow[position].keys()) {
        if (reached.has(next) || !meets(sets[next], characters)) continue;
        reached.add(next);
        queue.push(next);
      }
    }
    const behind = loops.filter(
      (other) => other.first > loop.last && positionsOf(other).some((p) => reached.has(p)),
    );
    const steps = loop.size * Math.max(1, ...behind.map((other) => cost.get(other) ?? 1));
    if (steps > MAX_STEPS) {
      const first = behind[0]?.raw;
      return `it can take ${steps.toExponential(0)} steps, as ${loop.raw}${first ? ` and ${first}` : ''} can match the same text: shorten them or make them differ`;
    }
    cost.set(loop, steps);
  }
  return undefined;
}

function positionsOf({ first, last }: Loop): number[] {
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}

function overlaps(sets: Uint8Array[]): (a: number, b: number) => boolean {
  const kinds = [...new Set(sets)];
  const kindOf = sets.map((set) => kinds.indexOf(set));
  const table = kinds.map((a) => kinds.map((b) => meets(a, b)));
  return (a, b) => table[kindOf[a]][kindOf[b]];
}

function meets(a: Uint8Array, b: Uint8Array): boolean {
  return a.some((taken, i) => taken && b[i]);
}

function union(sets: Uint8Array[]): Uint8Array {
  return sets[0].map((_, i) => (sets.some((set) => set[i]) ? 1 : 0));
}

/**
 * Strongly connected components of a graph given by its successors (Tarjan's algorithm, without recursion).
 * @param start the node of each of `roots` numbers from which to walk
 * @returns node to the number of its component
 */
function componentsOf(
  roots: number,
  successors: (node: number) => number[],
  start: (root: number) => number,
): Map<number, number> {
  const order = new Map<number, number>();
  const low = new Map<number, number>();
  const component = new Map<number, number>();
  const open: number[] = [];
  for (let root = 0; root < roots; root++) {
    if (order.has(start(root))) continue;
    const walk: { node: number; rest: number[] }[] = [];
    const enter = (node: number) => {
      if (order.size > MAX_PAIRS) throw new Error('it is too large to be checked: make it shorter');
      order.set(node, order.size);
      low.set(node, order.get(node)!);
      open.push(node);
      walk.push({ node, rest: successors(node) });
    };
    enter(start(root));
    for (let top = walk.at(-1); top; top = walk.at(-1)) {
      const { node } = top;
      const next = top.rest.pop();
      if (next !== undefined) {
        if (!order.has(next)) enter(next);
        else if (!component.has(next)) low.set(node, Math.min(low.get(node)!, order.get(next)!));
        continue;
      }
      walk.pop();
      const above = walk.at(-1);
      if (above) low.set(above.node, Math.min(low.get(above.node)!, low.get(node)!));
      if (low.get(node) !== order.get(node)) continue;
      for (let member = open.pop(); member !== undefined; member = open.pop()) {
        component.set(member, order.get(node)!);
        if (member === node) break;
      }
    }
  }
  return component;
}
