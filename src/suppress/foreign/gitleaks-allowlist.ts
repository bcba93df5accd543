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
  const parts: Partial<AllowRule>[] = [];
  const lost = { any: false };
  const add = (
    key: string,
    sources: string[] | undefined,
    toPart: (pattern: string) => Partial<AllowRule>,
  ) => {
    if (!sources?.length) return;
    const patterns = sources.flatMap((source) => translateOne(source, key, note) ?? []);
    if (patterns.length < sources.length) lost.any = true;
    if (patterns.length > 0)
      parts.push(toPart(patterns.length === 1 ? patterns[0] : patterns.map((p) => `(?:${p})`).join('|')));
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
  const commits = list.commits ?? [];
  const toRule = (part: Partial<AllowRule>): AllowRule[] =>
    (rules.length > 0 ? rules : [undefined]).map((rule) => ({ ...part, rule, reason, origin }));
  if (!needsAll) return [...parts, ...commits.map((commit) => ({ commit }))].flatMap(toRule);
  if (lost.any) {
    note(
      'condition',
      'lost',
      'condition AND with a part that cannot be translated: without it the rest would allow too much',
    );
    return [];
  }
  const kinds = parts.flatMap((part) => Object.keys(part));
  if (kinds.includes('linePattern') && (kinds.includes('pathPattern') || commits.length > 0)) {
    note(
      'condition',
      'lost',
      'condition AND of a line or match with a path or commit: the line is read before those are known',
    );
    return [];
  }
  if (new Set(kinds).size < kinds.length) {
    note(
      'condition',
      'lost',
      'condition AND of regexes and stopwords, both on the secret: write one secret-pattern with look-aheads',
    );
    return [];
  }
  const all: Partial<AllowRule> = Object.assign({}, ...parts);
  return (commits.length > 0 ? commits.map((commit) => ({ ...all, commit })) : [all]).flatMap(toRule);
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
