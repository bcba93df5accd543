/** Why a match is allowed where it stands. */
export interface Allowance {
  /** The tag as its tool spells it, such as `unleak:allow`. */
  tag: string;
  /** What stands after `--`. */
  reason?: string;
}

/** The lines that decide about one match: the one its first byte stands on and the one before, without their line ends. */
export interface CommentLines {
  line: string;
  before?: string;
}

/** Other tools whose tags can be honoured, by the word that `read-foreign-tags` takes. */
export const FOREIGN_TOOLS = [
  'bandit',
  'betterleaks',
  'detect-secrets',
  'ggshield',
  'gitleaks',
  'kingfisher',
  'ruff',
  'secretlint',
  'trufflehog',
] as const;
export type ForeignTool = (typeof FOREIGN_TOOLS)[number];

/**
 * Decides whether an allow comment covers a match of `rule`.
 * A tag on the match's own line covers it; a tag on the line before covers it only when it begins a comment that has that line
 * to itself. With rules named, only matches of those rules are covered. It is enough that the tag stands in the line: no syntax of any
 * language is asked for.
 */
export function findAllowance(
  { line, before }: CommentLines,
  rule: string,
  foreign: readonly ForeignTool[] = [],
): Allowance | undefined {
  return (
    ownAllowance(line, rule, false) ??
    (before === undefined ? undefined : ownAllowance(before, rule, true)) ??
    foreignAllowance(line, before, foreign)
  );
}

const TAG = /(?<![\w:]|\w-)unleak:allow(?![\w:-]*\w)/g;
const RULES = /^[ \t]{1,20}([a-z0-9][a-z0-9-]{0,99}(?:[ \t]{0,9},[ \t]{0,9}[a-z0-9][a-z0-9-]{0,99}){0,99})/;
const REASON = /^[ \t]{0,20}--[ \t]+(.*)$/;
/** What ends a comment, in the languages that end them. */
const CLOSER = /[ \t]*(?:\*\/\}{0,2}|--%?>|#\}|%>|\*\)|-\}|\}\}|\*@|"""|'''|["'`][,;]?|\]\]|=#|\|#)[ \t]*$/;
/** What may stand before a tag that begins its comment: marks, and the words that begin a comment in batch files, BASIC and m4. */
const OPENER = /^[^\p{L}\p{N}_]*(?:(?:rem|dnl)[ \t]+)?$/iu;

function ownAllowance(line: string, rule: string, alone: boolean): Allowance | undefined {
  if (!line.includes('unleak:allow')) return undefined;
  const tags = [...line.matchAll(TAG)];
  for (const [index, { 0: tag, index: start }] of tags.entries()) {
    if (alone && (index > 0 || !OPENER.test(line.slice(0, start)))) continue;
    let rest = line.slice(start + tag.length, tags[index + 1]?.index);
    const rules = RULES.exec(rest);
    rest = rest.slice(rules?.[0].length ?? 0);
    const reason = REASON.exec(rest)?.[1].replace(CLOSER, '').trim();
    if (alone && reason === undefined && /[\p{L}\p{N}_]/u.test(rest)) continue;
    if (alone && reason !== undefined && codeFollows(line)) continue;
    if (rules && !rules[1].split(',').some((name) => name.trim() === rule)) continue;
    return { tag, ...(reason && { reason }) };
  }
  return undefined;
}

/** Whether a block comment that begins this line ends before the line does. */
function codeFollows(line: string): boolean {
  for (const [open, close] of [
    ['/*', '*/'],
    ['<!--', '-->'],
    ['{-', '-}'],
    ['(*', '*)'],
  ]) {
    if (!line.trimStart().startsWith(open)) continue;
    const end = line.indexOf(close, line.indexOf(open) + open.length);
    return end >= 0 && line.slice(end + close.length).trim() !== '';
  }
  return false;
}

interface ForeignTag {
  tool: ForeignTool;
  pattern: RegExp;
  /** The tag covers the line after it instead of its own. */
  next?: true;
}

/** As each tool's documentation spells its tag. */
const FOREIGN_TAGS: ForeignTag[] = [
  { tool: 'gitleaks', pattern: /gitleaks:allow/ },
  { tool: 'betterleaks', pattern: /betterleaks:allow/ },
  { tool: 'trufflehog', pattern: /trufflehog:ignore/ },
  { tool: 'kingfisher', pattern: /kingfisher:(?:ignore|allow)/ },
  { tool: 'ggshield', pattern: /\bggignore\b/ },
  { tool: 'detect-secrets', pattern: /pragma: ?(?:allow|white)list secret/ },
  { tool: 'detect-secrets', pattern: /pragma: ?(?:allow|white)list nextline secret/, next: true },
  { tool: 'secretlint', pattern: /secretlint-disable-line\b/ },
  { tool: 'secretlint', pattern: /secretlint-disable-next-line\b/, next: true },
  { tool: 'bandit', pattern: /#[ \t]{0,9}nosec\b/ },
  // Ruff's and flake8's rules about passwords in code.
  { tool: 'ruff', pattern: /#[ \t]{0,9}noqa:[ \t]{0,9}(?:secret|(?:[A-Z]+\d+[, ]+){0,20}S10[5-7])\b/i },
];

function foreignAllowance(line: string, before: string | undefined, tools: readonly ForeignTool[]) {
  for (const { tool, pattern, next } of FOREIGN_TAGS) {
    if (!tools.includes(tool)) continue;
    const found = pattern.exec((next ? before : line) ?? '');
    if (found) return { tag: found[0] };
  }
  return undefined;
}
