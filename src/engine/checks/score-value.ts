import type { ValueKind } from '../../rules/rule.ts';
import type { Assignment } from './assignment.ts';
import type { FileRole } from './file-role.ts';
import { FEATURES } from './value-features.ts';
import { MODEL } from './value-model.ts';

/** A tree as one row of numbers: for each node feature, threshold, and the offsets of where to go below it and from it on; a leaf has feature -1 and its weight. */
type Tree = number[];

const FUNCTIONS = Object.values(FEATURES);
let model: { bias: number; trees: Tree[] } | undefined;
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
  model ??= JSON.parse(MODEL) as { bias: number; trees: Tree[] };
  isKnown.fill(0);
  let best = Number.NEGATIVE_INFINITY;
  for (const role of roles) {
    for (const feature of ROLE_FEATURES) isKnown[feature] = 0;
    let sum = model.bias;
    for (const tree of model.trees) {
      let node = 0;
      while (tree[node] >= 0) {
        const feature = tree[node];
        if (!isKnown[feature]) {
          known[feature] = Number(FUNCTIONS[feature](value, at, role, kind));
          isKnown[feature] = 1;
        }
        node = known[feature] < tree[node + 1] ? tree[node + 2] : tree[node + 3];
      }
      sum += tree[node + 1];
    }
    best = Math.max(best, sum);
  }
  return 1 / (1 + Math.exp(-best));
}
