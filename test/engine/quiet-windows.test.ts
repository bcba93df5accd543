import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ANY_PATH } from '../../src/engine/matcher.ts';
import { QUIET_ROOM } from '../../src/engine/quiet-windows.ts';
import { ScanMemory } from '../../src/engine/scan-memory.ts';
import { Scanner } from '../../src/engine/scanner.ts';
import { builtInRules } from '../../src/rules/catalogue.ts';
import { keywordsOf } from '../../src/rules/rule-index.ts';
import { expand, segment } from '../sources/audit/random-edits.ts';

const rules = builtInRules();
const scanner = new Scanner(rules, new ScanMemory(keywordsOf(rules), { room: QUIET_ROOM }));
const quiet = scanner.createQuietWindows();

function find(bytes: Buffer, remembers: boolean): string[] {
  const options = { path: ANY_PATH, eachWindow: true, ...(remembers && { quiet }) };
  return scanner
    .scanBytes(bytes, options)
    .map(({ rule, start, end, windowFrom, secret }) => [rule.id, start, end, windowFrom, secret].join(' '))
    .sort();
}

it('what was searched before is found no less, in texts that share most of their lines', () => {
  const lines = fc.array(segment, { minLength: 1, maxLength: 25, size: 'max' });
  fc.assert(
    fc.property(lines, fc.array(fc.nat(99), { maxLength: 25 }), (segments, order) => {
      const texts = segments.map(expand);
      const shuffled = order.map((n) => texts[n % texts.length]);
      for (const bytes of [Buffer.concat(texts), Buffer.concat(shuffled), Buffer.concat(texts)])
        expect(find(bytes, true)).toEqual(find(bytes, false));
    }),
    { numRuns: 150 },
  );
});

it('keywords and runs of a line too long for the room are all found', () => {
  const line = `${'key=1;'.repeat(70_000)} ${Buffer.from('password = "Tr0ub4dor&3"; ').toString('base64')} `;
  const text = Buffer.from(line.repeat(2));
  expect(find(text, true)).toEqual(find(text, false));
  expect(find(text, true).length).toBeGreaterThan(1);
});
