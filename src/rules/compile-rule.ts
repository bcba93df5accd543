import { measurePattern } from './measure-pattern.ts';
import type { Rule, Span } from './rule.ts';
import type { RuleSource } from './schema.ts';

/** What may stand between a name and its value: the rest of the identifier, quotes, an assignment in some language, an opening quote. */
const REST_OF_NAME = '[\\w.\\-]{0,40}';
const ASSIGNMENT =
  '(?:\\\\?["\'`\\])>]){0,3}[ \\t]{0,8}(?:(?::[ \\t]?[A-Za-z]{1,12}[ \\t]{0,4})?(?:=>|:=|={1,3}|:|,|\\(|<\\w{1,12}>|>)|[ \\t])\\s{0,12}(?:\\\\?["\'`({<\\[]|b["\']){0,4}(?:Bearer |Basic |Token )?';

/** What `^` stands for in a name: no letter before it, or a capital after a small one, as in `myEsPassword`. Keeps `es_password` out of `POSTGRES_PASSWORD`. Where case does not matter, capitals tell nothing. */
const NO_LETTER_BEFORE = '(?<![A-Za-z])';
const WORD_START = `(?:${NO_LETTER_BEFORE}|(?<=[a-z])(?=[A-Z]))`;

/** A letter of an escape such as \n is no part of what follows it. */
const BOUNDARIES = {
  word: ['(?<=^|[^A-Za-z0-9]|\\\\[nrt])', '(?![A-Za-z0-9])'],
  base64: ['(?<=^|[^A-Za-z0-9+/]|\\\\[nrt]|:\\/\\/)', '(?![A-Za-z0-9+/=])'],
  none: ['', ''],
};

/** @throws {Error} whose message says what is wrong with the rule */
export function compileRule(source: RuleSource): Rule {
  if (source.start && (source.keywords || !source.paths))
    throw new Error('start: true takes paths and no keywords');
  const keywords = source.start ? [] : (source.keywords ?? source.named?.map(longestWord));
  if (!keywords) throw new Error('it needs keywords, or names from which they follow');
  const [before, after] = BOUNDARIES[source.boundary ?? 'word'];
  const pattern = source.named
    ? `(?:${source.named.map((name) => namePattern(name, source.caseless)).join('|')})${REST_OF_NAME}${ASSIGNMENT}${before}${group(source.pattern)}${after}`
    : `${before}${group(source.pattern)}${after}`;
  const flags = source.caseless ? 'i' : '';
  const measure = measurePattern(pattern, flags);
  if (!measure.hasSecret) throw new Error('its pattern has no group named secret: (?<secret>...)');
  const folded = keywords.map((keyword) => keyword.toLowerCase());
  const anchored =
    source.start === true ||
    (measure.prefixes.length > 0 &&
      measure.prefixes.every((p) => folded.some((k) => p.toLowerCase().startsWith(k))));
  if (source.next !== undefined && !anchored)
    throw new Error('next: needs a pattern that begins with its keyword, or start: true');
  return {
    id: source.id,
    severity: source.severity,
    confidence: source.confidence,
    keywords: [...new Set(folded)],
    pattern,
    flags,
    span: spanOf(source, measure, anchored),
    anchored,
    ...(source.span !== undefined && !anchored && { loose: true }),
    ...(anchored &&
      ['password', 'token', 'file'].includes(source.checks?.value ?? '') && { assigned: true as const }),
    ...(source.start && { start: true as const }),
    ...(source.next && { next: source.next }),
    prefix: source.prefix ?? '',
    checks: source.checks ?? {},
    ...(source.paths && { paths: source.paths }),
    ...(source.pair && { pair: source.pair }),
    ...(source.facts && { facts: source.facts }),
    ...(source.generic && { generic: true }),
    ...(source.public && { public: true }),
    ...(source.part && { part: true }),
    ...(source.services && { services: [] }),
  };
}

/** The part of a named rule's pattern that matches the name; undefined for other rules. */
export function namesOf(pattern: string): string | undefined {
  const end = pattern.indexOf(`)${REST_OF_NAME}${ASSIGNMENT}`);
  return end < 0 ? undefined : `${pattern.slice(0, end + 1)}${REST_OF_NAME}`;
}

function group(pattern: string): string {
  return pattern.includes('|') ? `(?:${pattern})` : pattern;
}

function spanOf(source: RuleSource, measure: { longest: number; behind: number }, anchored: boolean): Span {
  const [before, after] =
    typeof source.span === 'number' ? [source.span, source.span] : (source.span ?? [0, 0]);
  const reach = Math.max(
    before,
    anchored ? measure.behind : source.named ? nameLength(source) : measure.longest,
  );
  // What a pair's other half decides must be in view of the id's window, or a change there would go unseen.
  const pair = Math.max(source.pair?.secret.within ?? 0, source.pair?.token?.within ?? 0);
  const next = source.next ? measurePattern(source.next, source.caseless ? 'i' : '') : undefined;
  if (next && !next.hasSecret) throw new Error('its next has no group named secret: (?<secret>...)');
  const longest = Math.max(measure.longest, next?.longest ?? 0);
  if (longest > 65536) throw new Error(`its pattern may match ${longest} characters: bound it to 65536`);
  return {
    before: Math.max(reach, next?.behind ?? 0, pair),
    after: Math.max(after, longest, pair),
  };
}

/** A keyword of a named rule stands in the name, however long the value behind it may be. */
function nameLength({ named = [], caseless }: RuleSource): number {
  const names = named.map((name) => measurePattern(`(?<secret>${namePattern(name, caseless)})`).longest);
  return Math.max(...names) + measurePattern(`(?<secret>${REST_OF_NAME})`).longest;
}

/** `dd_api*key` as a pattern that ignores case in the name alone, so that the value keeps its own case. */
function namePattern(name: string, caseless = false): string {
  return name.replace(/[A-Za-z]|_|\*|\^/g, (c) => {
    if (c === '^') return caseless ? NO_LETTER_BEFORE : WORD_START;
    if (c === '_') return '[_\\-. ]?';
    if (c === '*') return '[\\w.\\-]{0,24}';
    return `[${c.toUpperCase()}${c.toLowerCase()}]`;
  });
}

function longestWord(name: string): string {
  const words = name.split(/[_*^]/).sort((a, b) => b.length - a.length);
  if (words[0].length < 3)
    throw new Error(`name ${name} has no word of three letters to look for: give keywords`);
  return words[0];
}
