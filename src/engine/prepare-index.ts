import type { Rule } from '../rules/rule.ts';
import { idsOf, indexRules, type PreparedIndex } from '../rules/rule-index.ts';
import { keywordTableSize } from './keyword-table.ts';
import { ScanMemory } from './scan-memory.ts';

export interface PreparedRules {
  /** `rules.json`: a list with one rule a line. */
  text: string;
  index: PreparedIndex;
  table: Uint8Array;
}

/** What the build calls: rules and their search tables as a scan reads them fastest. */
export function prepareIndex(rules: Rule[]): PreparedRules {
  const { keywords, rulesOf, startRules } = indexRules(rules);
  const numbers = new Map(rules.map((rule, i) => [rule, i]));
  const numbersOf = (some: Rule[]) => some.map((rule) => numbers.get(rule)!);
  const texts = rules.map((rule) => JSON.stringify(rule));
  const lines = [1];
  for (const text of texts) lines.push(lines.at(-1)! + Buffer.byteLength(text) + 2);
  const memory = new ScanMemory(keywords);
  const address = memory.tables;
  return {
    text: `[${texts.join(',\n')}]\n`,
    index: {
      ids: idsOf(rules),
      lines,
      keywords: [...keywords],
      rules: keywords.map((_, keyword) => numbersOf(rulesOf(keyword))),
      start: numbersOf(startRules),
      address,
    },
    table: memory.core.bytes.slice(address, address + keywordTableSize(keywords)),
  };
}
