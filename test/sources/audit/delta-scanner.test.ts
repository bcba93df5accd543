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

/** Seconds; more for a hunt: `UNLEAK_PROPERTY_SECONDS=600`. */
const SECONDS = Number(process.env.UNLEAK_PROPERTY_SECONDS ?? 12);

test('a chain of deltas holds what each of its texts holds, whatever was edited', () => {
  const versions = fc.array(fc.array(edit, { minLength: 1, maxLength: 2 }), { minLength: 1, maxLength: 6 });
  const text = fc.array(segment, { minLength: 4, maxLength: 60, size: 'max' });
  fc.assert(
    fc.property(text, versions, (segments, chain) => {
      let base: Buffer = Buffer.concat(segments.map(expand));
      let state = byDelta.scanWhole(base);
      for (const edits of chain) {
        const { target, copies } = applyEdits(base, edits);
        state = byDelta.scanDelta(target, state, base.length, copies);
        expect(keysOf(state)).toEqual(keysOf(whole.scanWhole(target)));
        base = target;
      }
    }),
    { numRuns: SECONDS * 1000, interruptAfterTimeLimit: SECONDS * 1000 },
  );
}, 3_600_000);
