/** Contents of POSIX and Perl classes, for Latin-1 text. */
export const POSIX: Record<string, string> = {
  alnum: '0-9A-Za-z',
  alpha: 'A-Za-z',
  ascii: '\\x00-\\x7f',
  blank: '\\t ',
  cntrl: '\\x00-\\x1f\\x7f',
  digit: '0-9',
  graph: '!-~',
  lower: 'a-z',
  print: ' -~',
  punct: '!-\\/:-@\\[-`{-~',
  space: '\\t\\n\\v\\f\\r ',
  upper: 'A-Z',
  word: '0-9A-Za-z_',
  xdigit: '0-9A-Fa-f',
};

/** Unicode classes that have a meaning in text read as Latin-1: bytes beyond ASCII are parts of letters. */
export const UNICODE: Record<string, string> = {
  L: 'A-Za-z\\x80-\\xff',
  Lu: 'A-Z',
  Ll: 'a-z',
  N: '0-9',
  Nd: '0-9',
  P: '!-\\/:-@\\[-`{-~',
};

/** A letter as a class of both its cases; other text as it is. */
export function withCase(text: string): string {
  return /^[A-Za-z]$/.test(text) ? `[${text.toLowerCase()}${text.toUpperCase()}]` : text;
}

/** The same inside brackets. */
export function bothCases(member: string): string {
  return /^[A-Za-z]$/.test(member)
    ? member.toLowerCase() + member.toUpperCase()
    : member.replace(/(?<!\\)a-z/, 'A-Za-z');
}

/** What a range inside brackets needs beside it when case does not matter. */
export function otherCaseOfRange(low: string, high: string): string {
  if (/^[a-z]$/.test(low) && /^[a-z]$/.test(high)) return `${low.toUpperCase()}-${high.toUpperCase()}`;
  if (/^[A-Z]$/.test(low) && /^[A-Z]$/.test(high)) return `${low.toLowerCase()}-${high.toLowerCase()}`;
  // A range over more than one kind, such as 0-z, holds letters of which the other case may lie outside.
  return /[A-Za-z]/.test(low + high) ? 'A-Za-z' : '';
}
