import type { Rule } from './rule.ts';

/** Rules as a scanner asks for them: by keyword. */
export interface RuleIndex {
  /** Each once, in a fixed order; a keyword's id is its index. */
  keywords: readonly string[];
  /** The rules of a keyword, in the order of the rules. The same keyword gives the same objects. */
  rulesOf(keyword: number): Rule[];
  /** Rules that are tried at the first byte of a file. */
  startRules: Rule[];
  /** The search tables for these keywords, where the build has made them. */
  table?: KeywordTable;
}

/** Search tables hold addresses, so they are good for one address alone. */
export interface KeywordTable {
  address: number;
  bytes: Buffer;
}

/** What the build writes beside `rules.json`, so that a scan need not parse all of it: numbers are indices of rules. */
export interface PreparedIndex {
  /** As `idsOf` gives them. */
  ids: string[];
  /** Offset of each rule's line in `rules.json`, in bytes, and behind the last one its end. */
  lines: number[];
  keywords: string[];
  /** For each keyword. */
  rules: number[][];
  start: number[];
  /** Address of the search tables. */
  address: number;
}

/** Ids of rules, and of the services whose findings they may become. */
export function idsOf(rules: readonly Rule[]): string[] {
  return [...new Set(rules.flatMap((rule) => [rule.id, ...(rule.services ?? [])]))];
}

/** Makes an index of rules that are in memory. */
export function indexRules(rules: Rule[]): RuleIndex {
  const keywords = keywordsOf(rules);
  const groups = new Map(keywords.map((keyword) => [keyword, [] as Rule[]]));
  for (const rule of rules) for (const keyword of rule.keywords) groups.get(keyword)!.push(rule);
  const byKeyword = [...groups.values()];
  return {
    keywords,
    rulesOf: (keyword) => byKeyword[keyword],
    startRules: rules.filter((rule) => rule.start),
  };
}

/** All keywords of the rules, each once, in a fixed order. */
export function keywordsOf(rules: Rule[]): string[] {
  return [...new Set(rules.flatMap((rule) => rule.keywords))].sort();
}

/**
 * Makes an index over a prepared one: a rule is parsed when its keyword is first met, as in most runs 9 of 10 never are.
 * @param text of `rules.json`, one rule a line
 */
export function indexPrepared(prepared: PreparedIndex, text: Buffer, table: Buffer): RuleIndex {
  const parsed: (Rule | undefined)[] = [];
  const parse = (index: number): Rule => {
    const [from, to] = [prepared.lines[index], prepared.lines[index + 1]];
    // A line ends with a comma, or the bracket that ends the list, and a line feed.
    return (parsed[index] ??= JSON.parse(text.toString('utf8', from, to - 2)));
  };
  return {
    keywords: prepared.keywords,
    rulesOf: (keyword) => prepared.rules[keyword].map(parse),
    startRules: prepared.start.map(parse),
    table: { address: prepared.address, bytes: table },
  };
}
