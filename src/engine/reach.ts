import type { Rule } from '../rules/rule.ts';

/** How far a keyword's rules look before and after it, in bytes. */
export interface Reach {
  before: number;
  after: number;
}

export function reachOf(rules: readonly Rule[]): Reach {
  return {
    before: Math.max(...rules.map(({ span }) => span.before)),
    after: Math.max(...rules.map(({ span }) => span.after)),
  };
}
