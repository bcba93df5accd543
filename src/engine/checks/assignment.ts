import type { Surroundings } from './run-checks.ts';

/** The words around a value: what names it, what assigns it, what follows. */
export interface Assignment {
  /** The whole name, with its parts: `spring.datasource.password`, `DB_PASSWORD`. */
  name: string;
  /** What stands between name and value: quotes, brackets, operator. */
  between: string;
  /** The line before the name, at most 100 characters. */
  before: string;
  /** The rest of the line after the value, at most 60 characters. */
  after: string;
}

const LONGEST_BEFORE = 100;
const LONGEST_AFTER = 60;

/** Reads the assignment that a match stands in. What it looks at lies within 160 bytes before the match and 60 after the secret. */
export function readAssignment({ window, index, match, start }: Surroundings, value: string): Assignment {
  const rest = /^[\w.$@-]*/.exec(match)?.[0] ?? '';
  let from = index;
  while (from > 0 && index - from < 60 && isNameByte(window.charCodeAt(from - 1))) from--;
  const lineFrom = Math.max(window.lastIndexOf('\n', from - 1) + 1, from - LONGEST_BEFORE, 0);
  const end = start + value.length;
  const newline = window.indexOf('\n', end);
  const lineTo = Math.min(newline < 0 ? window.length : newline, end + LONGEST_AFTER);
  const nameEnd = Math.min(index + rest.length, start);
  return {
    name: window.slice(from, nameEnd),
    between: window.slice(nameEnd, start).replace(NAMED_VALUE, ''),
    before: from > 0 ? window.slice(lineFrom, from) : '',
    after: window.slice(end, lineTo),
  };
}

/** In `"name": "PASSWORD", "value": "x"` what assigns is the second colon, in `variable "password" { default = "x"` the equals sign. */
const NAMED_VALUE =
  /(?<=^\\?["']?)(?:,?\s+(?:-\s)?|[ \t]?\{[^{}]{0,160}?\n[ \t]{0,8})\\?["']?(?:value|default)(?=\\?["']?[ \t]{0,12}[:=])\\?["']?/i;

function isNameByte(code: number): boolean {
  return (
    (code >= 48 && code < 58) ||
    ((code | 32) >= 97 && (code | 32) < 123) ||
    code === 95 ||
    code === 45 ||
    code === 46 ||
    code === 36 ||
    code === 64
  );
}
