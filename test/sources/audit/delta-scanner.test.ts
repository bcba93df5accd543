import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Scanner } from '../../../src/engine/scanner.ts';
import { builtInRules } from '../../../src/rules/catalogue.ts';
import { type BlobState, DeltaScanner } from '../../../src/sources/audit/delta-scanner.ts';
import { applyEdits, edit, expand, segment } from './random-edits.ts';

const rules = builtInRules();
const scanner = new Scanner(rules);
const byDelta = new DeltaScanner(scanner, rules, () => true);
const whole = new DeltaScanner(scanner, rules, () => true, true);

function keysOf({ secrets }: BlobState): string[] {
  return [...new Set(secrets.map(({ key }) => key))].sort();
}

const RUNS = Number(process.env.UNLEAK_PROPERTY_RUNS ?? 1500);

test('a chain of deltas holds what each of its texts holds, whatever was edited', () => {
  const chain = fc.array(fc.array(edit, { minLength: 1, maxLength: 2, size: 'max' }), { minLength: 1, maxLength: 6, size: 'max' });
  const text = fc.array(segment, { minLength: 4, maxLength: 60, size: 'max' });
  fc.assert(
    fc.property(text, chain, (segments, versions) => {
      let base = Buffer.concat(segments.map(expand));
      let state = byDelta.scanWhole(base);
      for (const edits of versions) {
        const { target, copies } = applyEdits(base, edits);
        state = byDelta.scanDelta(target, state, base.length, copies);
        expect(keysOf(state)).toEqual(keysOf(whole.scanWhole(target)));
        base = target;
      }
    }),
    { numRuns: RUNS, interruptAfterTimeLimit: 20_000 + (RUNS > 1500 ? 1e9 : 0), ...(process.env.SEED && { seed: Number(process.env.SEED) }) },
  );
}, 1e9);
