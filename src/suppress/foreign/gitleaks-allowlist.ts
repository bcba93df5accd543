import { checkPattern } from '../../rules/safe-pattern.ts';
import type { AllowRule } from '../config.ts';
import type { Note } from './gitleaks.ts';
import type { GitleaksAllowlist } from './gitleaks-schema.ts';
import { translateRe2 } from './re2.ts';

type AddNote = (key: string, kind: Note['kind'], text: string) => void;

/**
 * Turns an allowlist into allowances: one for each of its kinds when any of them suffices (`OR`), one with all when all must hold (`AND`).
 * @param rules the rules it is for; all when empty
 * @param origin `file:line`
 */
export function translateAllowlist(
  list: GitleaksAllowlist,
  rules: string[],
  note: AddNote,
  origin: string,
): AllowRule[] {
  const reason = list.description?.trim() || `allowed by ${origin}`;
  const needsAll = /^(?:and|&&)$/i.test(list.condition?.trim() ?? '');
  // One list for each kind of condition; what is in a list are alternatives.
  const kinds: Partial<AllowRule>[][] = [];
  let isPartLost = false;
  const add = (
    key: string,
    sources: string[] | undefined,
    toPart: (pattern: string) => Partial<AllowRule>,
  ) => {
    if (!sources?.length) return;
    const patterns = sources.flatMap((source) => translateOne(source, key, note) ?? []);
    if (patterns.length < sources.length) isPartLost = true;
    if (patterns.length > 0) kinds.push(joinPatterns(patterns).map(toPart));
  };
  add('paths', list.paths, (pathPattern) => ({ pathPattern }));
  const target = list.regexTarget ?? 'secret';
  const onLine = target === 'line' || target === 'match';
  if (target === 'match' && list.regexes?.length) {
    note('regexTarget', 'changed', 'regexTarget match: the patterns are looked for in the whole line');
  }
  const regexes = target === 'match' ? list.regexes?.map(withoutAnchors) : list.regexes;
  add('regexes', regexes, (pattern) => (onLine ? { linePattern: pattern } : { secretPattern: pattern }));
  add(
    'stopwords',
    list.stopwords?.map((word) => `(?i:\\Q${word}\\E)`),
    (secretPattern) => ({ secretPattern }),
  );
  if (list.commits?.length) kinds.push(list.commits.map((commit) => ({ commit })));
  const toRule = (part: Partial<AllowRule>): AllowRule[] =>
    (rules.length > 0 ? rules : [undefined]).map((rule) => ({ ...part, rule, reason, origin }));
  if (!needsAll) return kinds.flat().flatMap(toRule);
  const lost = (text: string): AllowRule[] => {
    note('condition', 'lost', `condition AND ${text}`);
    return [];
  };
  if (isPartLost)
    return lost('with a part that cannot be translated: without it the rest would allow too much');
  const keys = kinds.flatMap(([part]) => Object.keys(part));
  if (keys.includes('linePattern') && (keys.includes('pathPattern') || keys.includes('commit'))) {
    return lost('of a line or match with a path or commit: the line is read before those are known');
  }
  if (new Set(keys).size < keys.length) {
    return lost('of regexes and stopwords, both on the secret: write one secret-pattern with look-aheads');
  }
  const combined = kinds.reduce<Partial<AllowRule>[]>(
    (all, alternatives) => all.flatMap((part) => alternatives.map((one) => ({ ...part, ...one }))),
    kinds.length > 0 ? [{}] : [],
  );
  return combined.flatMap(toRule);
}

/** A pattern of so many characters at most, so that it stays within what checkPattern looks at. */
const MAX_JOINED = 1400;

/** As few patterns as can say the same. */
function joinPatterns(patterns: string[]): string[] {
  const groups: string[][] = [[]];
  let length = 0;
  for (const pattern of patterns) {
    if (length + pattern.length > MAX_JOINED) {
      groups.push([]);
      length = 0;
    }
    groups.at(-1)!.push(pattern);
    length += pattern.length + 5;
  }
  return groups.flatMap((group) => {
    if (group.length < 2) return group;
    const joined = group.map((pattern) => `(?:${pattern})`).join('|');
    return checkPattern(joined) === undefined ? [joined] : group;
  });
}

function translateOne(source: string, key: string, note: AddNote): string | undefined {
  try {
    // Allowances have no flags: case that does not matter is spelt out.
    const scoped = source.replace(/^\(\?i\)(.*)$/s, '(?i:$1)');
    let reason: string | undefined;
    for (const bound of [undefined, 128, 64, 32]) {
      const { pattern, notes } = translateRe2(scoped, { anchors: 'text', bound });
      reason = checkPattern(pattern);
      if (reason && /steps/.test(reason)) continue;
      if (reason) break;
      for (const text of notes) note(key, 'changed', `${source}: ${text}`);
      return pattern;
    }
    note(key, 'lost', `${source}: ${reason}`);
  } catch (error) {
    note(key, 'lost', `${source}: ${(error as Error).message}`);
  }
  return undefined;
}

/** A match begins and ends within a line. */
function withoutAnchors(source: string): string {
  return source.replace(/^(\(\?i\))?\^/, '$1').replace(/(?<!\\)\$$/, '');
}
