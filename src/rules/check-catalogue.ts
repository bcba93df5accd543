import type { Catalogue, Rule } from './rule.ts';
import { checkPattern } from './safe-pattern.ts';
import { expandTemplate } from './templates.ts';

/** Seeds that each example is expanded with: a pattern that holds for one random token may not hold for the next. */
const SEEDS = [1, 2, 3];
/** A keyword that stands more often in ordinary text costs every scan more than its rule is worth. */
const MOST_HITS_PER_MB = 1500;
const LEAST_EXAMPLES = 2;

export interface CatalogueCheck {
  /** Whether a rule of the catalogue finds something in a text under a path, however sure it is. */
  finds(rule: Rule, text: string, path: string): boolean;
  /** Hits per megabyte of ordinary text, by keyword; absent when nothing was measured. */
  hitsPerMb?: Map<string, number>;
  /** Which rules are to be checked, by their number; all when absent. */
  isAsked?: (index: number) => boolean;
}

export interface Mistake {
  rule: string;
  message: string;
}

/** Proves every example of a catalogue, and that its patterns and keywords are fit for use. */
export function checkCatalogue(catalogue: Catalogue, check: CatalogueCheck): Mistake[] {
  const mistakes: Mistake[] = [];
  const ids = new Set(catalogue.rules.map((rule) => rule.id));
  for (const [index, rule] of catalogue.rules.entries()) {
    if (check.isAsked?.(index) === false) continue;
    const say = (message: string) => mistakes.push({ rule: rule.id, message });
    checkRule(rule, ids, check, say);
    const { loud, quiet } = catalogue.examples[index];
    if (loud.length < LEAST_EXAMPLES || quiet.length < LEAST_EXAMPLES) {
      say(
        `it has ${loud.length} loud and ${quiet.length} quiet examples: give at least ${LEAST_EXAMPLES} of each`,
      );
    }
    for (const { text, path = 'example' } of loud) {
      const missed = firstText(text, (expanded) => !check.finds(rule, expanded, path));
      if (missed !== undefined) say(`not found: ${oneLine(missed)}`);
    }
    for (const { text, path = 'example' } of quiet) {
      const found = firstText(text, (expanded) => check.finds(rule, expanded, path));
      if (found !== undefined) say(`found, but must stay quiet: ${oneLine(found)}`);
    }
  }
  return mistakes;
}

function checkRule(
  rule: Rule,
  ids: Set<string>,
  check: CatalogueCheck,
  say: (message: string) => void,
): void {
  for (const source of [rule.pattern, rule.next, rule.pair?.secret.pattern, rule.pair?.token?.pattern]) {
    const problem = source && checkPattern(source, rule.flags);
    if (problem) say(`its pattern is not safe: ${problem}`);
  }
  if (Object.keys(rule.checks).length === 0 && !rule.part)
    say('it has no checks beyond its pattern: name at least one');
  for (const part of [...(rule.pair?.secret.rules ?? []), ...(rule.pair?.token?.rules ?? [])]) {
    if (!ids.has(part)) say(`it pairs with ${part}, which no rule is called`);
  }
  for (const keyword of rule.keywords) {
    const hits = check.hitsPerMb?.get(keyword) ?? 0;
    if (hits > MOST_HITS_PER_MB)
      say(
        `its keyword ${keyword} is too common: ${Math.round(hits)} hits per MB, at most ${MOST_HITS_PER_MB}`,
      );
  }
}

function firstText(template: string, holds: (text: string) => boolean): string | undefined {
  return SEEDS.map((seed) => expandTemplate(template, seed)).find(holds);
}

function oneLine(text: string): string {
  return JSON.stringify(text.length > 160 ? `${text.slice(0, 160)}...` : text);
}
