import { compileRule } from '../../rules/compile-rule.ts';
import { checkPattern } from '../../rules/safe-pattern.ts';
import type { RuleSource } from '../../rules/schema.ts';
import type { GitleaksRule } from './gitleaks-schema.ts';
import { globOfPattern } from './glob-of-pattern.ts';
import { literalsOf, spells } from './literals-of-pattern.ts';
import { type Translated, translateRe2 } from './re2.ts';

/** Upper bounds for repetitions that have none, tried in order until the pattern is short and quick enough. */
const BOUNDS = [256, 128, 64, 32, 16];
/** Bytes that a line is taken to have, where the original counts lines. */
const LINE = 120;

/**
 * A native rule that finds what this one finds.
 * @returns undefined when the rule only adds an allowlist to one that exists
 * @throws {Error} saying why it cannot be carried over
 */
export function translateRule(
  rule: GitleaksRule,
  all: GitleaksRule[],
  note: (text: string) => void,
): RuleSource | undefined {
  if (rule.regex === undefined) {
    if (rule.path !== undefined)
      throw new Error('it looks at file names alone, and unleak looks at what files hold');
    return undefined;
  }
  const translated = translateBounded(rule.regex, secretGroupOf(rule, note));
  for (const text of translated.notes) note(text);
  const source: RuleSource = {
    id: nativeId(rule.id, note),
    title: rule.description ?? rule.id,
    severity: 'high',
    confidence: 'medium',
    keywords: keywordsOf(rule, translated, note),
    pattern: translated.pattern,
    ...(translated.caseless && { caseless: true }),
    boundary: 'none',
    ...(rule.skipReport && { part: true }),
  };
  const inside = source.keywords!.every((keyword) => spells(translated.pattern, keyword.toLowerCase()));
  if (!inside) {
    source.span = 1024;
    note('its keywords are no part of its pattern: the pattern is looked for within 1024 bytes of them');
  }
  if (rule.entropy) source.checks = { entropy: Math.min(8, rule.entropy) };
  if (rule.path !== undefined) restrictPath(source, rule.path, note);
  if (rule.required?.length) restrictCompany(source, rule, all, note);
  compileRule(source);
  return source;
}

/** gitleaks takes the first group that holds something as the secret, when none is named. */
function secretGroupOf({ regex, secretGroup }: GitleaksRule, note: (text: string) => void): number {
  if (secretGroup) return secretGroup;
  const { groups } = translateRe2(regex!, { anchors: 'line' });
  if (groups > 1) note('it has several groups and no secretGroup: the first is taken as the secret');
  return Math.min(groups, 1);
}

function translateBounded(regex: string, secretGroup: number): Translated {
  let reason: string | undefined;
  for (const bound of BOUNDS) {
    const translated = translateRe2(regex, { secretGroup, bound, anchors: 'line' });
    reason = checkPattern(translated.pattern, translated.caseless ? 'i' : '');
    if (!reason) return translated;
    if (!/steps|bound/.test(reason)) break;
  }
  throw new Error(`its pattern is refused: ${reason}`);
}

function keywordsOf(rule: GitleaksRule, { pattern }: Translated, note: (text: string) => void): string[] {
  const given = (rule.keywords ?? []).filter((keyword) => keyword !== '');
  const usable = given.filter((keyword) => /^[\x20-\x7e]{3,64}$/.test(keyword));
  const complete = usable.length > 0 && usable.length === given.length;
  if (complete && usable.every((keyword) => spells(pattern, keyword.toLowerCase()))) return usable;
  const found = literalsOf(pattern);
  if (found && complete) return found;
  if (complete) return usable;
  if (!found) {
    throw new Error(
      'it has no keyword of three characters, and its pattern no fixed text to look for: give it keywords',
    );
  }
  note(
    `${given.length > 0 ? 'a keyword is too short' : 'it has no keywords'}: ${found.join(', ')} of its pattern is looked for`,
  );
  return found;
}

function nativeId(id: string, note: (text: string) => void): string {
  const native = id
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
  if (native === '') throw new Error('its id has no letter or digit');
  if (native !== id) note(`its id is ${native} here`);
  return native;
}

function restrictPath(source: RuleSource, path: string, note: (text: string) => void): void {
  const globs = globOfPattern(path);
  if (globs) source.paths = globs;
  else note(`its path ${path} is no glob: the rule looks at all paths`);
}

function restrictCompany(
  source: RuleSource,
  rule: GitleaksRule,
  all: GitleaksRule[],
  note: (text: string) => void,
): void {
  const [first, ...others] = rule.required!;
  const other = all.find(({ id }) => id === first.id);
  if (!other?.regex) throw new Error(`it requires ${first.id}, which this file does not define`);
  const { pattern, caseless } = translateBounded(other.regex, 0);
  const near = pattern.replace('(?<secret>', '(?:');
  source.checks = { ...source.checks, near: [caseless ? nearCaseless(near) : near] };
  source.span = Math.min(65536, (first.withinLines ?? 20) * LINE);
  note(`it requires ${first.id}: that is looked for within ${source.span} bytes`);
  if (others.length > 0)
    note(`it requires ${others.map(({ id }) => id).join(', ')} too: only ${first.id} is asked for`);
}

/** Checks have no flags, so letters outside of brackets and escapes stand for both cases. */
function nearCaseless(pattern: string): string {
  return translateRe2(`(?i:${pattern.replaceAll('(?<![^\\n])', '^').replaceAll('(?![^\\r\\n])', '$')})`, {
    anchors: 'line',
  }).pattern;
}
