import type { ValueKind } from '../../rules/rule.ts';
import type { Assignment } from './assignment.ts';
import type { FileRole } from './file-role.ts';
import { FEATURES } from './value-features.ts';
import { MODEL } from './value-model.ts';

/** A tree as one row of numbers: for each node feature, threshold, and the offsets of where to go below it and from it on; a leaf has feature -1 and its weight. */
type Tree = number[];

const FUNCTIONS = Object.values(FEATURES);
interface Model {
  bias: number;
  /** Those that ask for the file's role, and the others: one answer for all roles. */
  byRole: Tree[];
  others: Tree[];
}

let model: Model | undefined;
const known = new Float64Array(FUNCTIONS.length);
const isKnown = new Uint8Array(FUNCTIONS.length);

/** Features of the file alone: the only ones that differ from role to role. */
const ROLE_FEATURES = ['code', 'config', 'shell', 'text', 'markup', 'test', 'example'].map((name) =>
  Object.keys(FEATURES).indexOf(name),
);

/**
 * The chance, from 0 to 1, that a value is a secret: gradient boosted trees over FEATURES, trained by
 * build/train-scorer.mjs. A feature is computed when a tree first asks for it. Of several roles the greatest chance counts.
 */
export function scoreValue(kind: ValueKind, value: string, at: Assignment, roles: FileRole[]): number {
  const { bias, byRole, others } = (model ??= readModel());
  isKnown.fill(0);
  const sum = bias + sumOf(others, kind, value, at, roles[0]);
  let best = Number.NEGATIVE_INFINITY;
  for (const role of roles) {
    for (const feature of ROLE_FEATURES) isKnown[feature] = 0;
    best = Math.max(best, sum + sumOf(byRole, kind, value, at, role));
  }
  return 1 / (1 + Math.exp(-best));
}

function sumOf(trees: Tree[], kind: ValueKind, value: string, at: Assignment, role: FileRole): number {
  let sum = 0;
  for (let t = 0; t < trees.length; t++) {
    const tree = trees[t];
    let node = 0;
    for (let feature = tree[0]; feature >= 0; feature = tree[node]) {
      if (!isKnown[feature]) {
        known[feature] = Number(FUNCTIONS[feature](value, at, role, kind));
        isKnown[feature] = 1;
      }
      node = known[feature] < tree[node + 1] ? tree[node + 2] : tree[node + 3];
    }
    sum += tree[node + 1];
  }
  return sum;
}

function readModel(): Model {
  const { bias, trees } = JSON.parse(MODEL) as { bias: number; trees: Tree[] };
  const asksRole = (tree: Tree) => {
    for (const node of nodesOf(tree)) if (ROLE_FEATURES.includes(tree[node])) return true;
    return false;
  };
  const byRole = trees.filter(asksRole);
  return { bias, byRole, others: trees.filter((tree) => !byRole.includes(tree)) };
}

function* nodesOf(tree: Tree): Generator<number> {
  const pending = [0];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (tree[node] < 0) continue;
    yield node;
    pending.push(tree[node + 2], tree[node + 3]);
  }
}
