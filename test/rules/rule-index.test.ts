import { expect, test } from 'vitest';
import { ScanMemory } from '../../src/engine/scan-memory.ts';
import { Scanner } from '../../src/engine/scanner.ts';
import { builtInIndex, builtInRules } from '../../src/rules/catalogue.ts';
import { idsOf, indexRules } from '../../src/rules/rule-index.ts';

const rules = builtInRules();
const prepared = builtInIndex();
const listed = indexRules(rules);

test('the index that the build makes has the rules of the list, by the same keywords', () => {
  expect(prepared.ids).toEqual(idsOf(rules));
  expect(prepared.index.keywords).toEqual(listed.keywords);
  expect(prepared.index.startRules).toEqual(listed.startRules);
  for (const keyword of listed.keywords.keys())
    expect(prepared.index.rulesOf(keyword)).toEqual(listed.rulesOf(keyword));
});

test('a rule is one object, under whichever keyword it is asked for', () => {
  const several = rules.find((rule) => rule.keywords.length > 1)!;
  const [a, b] = several.keywords.map((word) => {
    const found = prepared.index.rulesOf(listed.keywords.indexOf(word));
    return found.find((rule) => rule.id === several.id);
  });
  expect(a).toEqual(several);
  expect(a).toBe(b);
});

test('the search tables that the build makes are those that a scanner of the list makes', () => {
  const { table } = prepared.index;
  const made = new Scanner(rules).memory;
  expect(table?.address).toBe(made.tables);
  const size = table!.bytes.length;
  expect(table!.bytes.equals(made.buffer.subarray(made.tables, made.tables + size))).toBe(true);
  const copied = new Scanner(prepared.index).memory;
  expect(tablesOf(copied).equals(tablesOf(made))).toBe(true);
});

test('tables made for another address are not used', () => {
  const made = new ScanMemory(['abcd']);
  const moved = new ScanMemory(['abcd'], { table: { address: 8, bytes: Buffer.alloc(1000, 255) } });
  expect(tablesOf(moved).equals(tablesOf(made))).toBe(true);
});

function tablesOf({ buffer, tables, results }: ScanMemory): Buffer {
  return buffer.subarray(tables, results);
}
