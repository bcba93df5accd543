import fc from 'fast-check';
import { expect, it } from 'vitest';
import { searchRoom } from '../../src/engine/content-search.ts';
import type { Match } from '../../src/engine/match.ts';
import { ANY_PATH } from '../../src/engine/matcher.ts';
import { align, type EngineExports, PADDING, ScanMemory } from '../../src/engine/scan-memory.ts';
import { Scanner, type ScanOptions } from '../../src/engine/scanner.ts';
import { builtInRules } from '../../src/rules/catalogue.ts';
import { keywordsOf } from '../../src/rules/rule-index.ts';
import { Core } from '../../src/wasm/core.ts';
import { expand, segment } from '../sources/audit/random-edits.ts';

const rules = builtInRules();
const core = new Core<EngineExports>();
const keywords = keywordsOf(rules);
const memory = new ScanMemory(keywords, { core, room: searchRoom(core.exports, keywords) });
const scanner = new Scanner(rules, memory);
const search = scanner.createSearch();

function find(bytes: Buffer, remembers: boolean): string[] {
  const options = { path: ANY_PATH, eachWindow: true };
  return (remembers ? findSearched(bytes, options) : scanner.scanBytes(bytes, options))
    .map(({ rule, start, end, windowFrom, secret }) => [rule.id, start, end, windowFrom, secret].join(' '))
    .sort();
}

function findSearched(bytes: Buffer, options: ScanOptions): Match[] {
  const address = memory.texts;
  const scratch = align(address + bytes.length + PADDING);
  memory.reserve(scratch);
  core.bytes.set(bytes, address);
  expect(search.searchWhole(address, bytes.length)).toBe(true);
  return scanner.scanSearched(address, bytes.length, { search, all: true, scratch }, options);
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
    { numRuns: 80 },
  );
});

it('keywords and runs of a line too long for the room are all found', () => {
  const line = `${'key=1;'.repeat(70_000)} ${Buffer.from('password = "Tr0ub4dor&3"; ').toString('base64')} `;
  const text = Buffer.from(line.repeat(2));
  expect(find(text, true)).toEqual(find(text, false));
  expect(find(text, true).length).toBeGreaterThan(1);
});
