/**
 * Whether what stands after a keyword can go on as the assignment of a value: the rest of the name, then an operator, a
 * bracket, a quote or a type. A look at the bytes, before any text is made of them: nine of ten words such as `key` in
 * source text are assigned nothing.
 * @param at the first byte after the keyword
 */
export function mayAssign(bytes: Uint8Array, at: number, end: number): boolean {
  let i = skip(bytes, at, Math.min(end, at + 48), NAME);
  i = skip(bytes, i, Math.min(end, i + 6), CLOSER);
  i = skip(bytes, i, Math.min(end, i + 24), SPACE | CLOSER);
  if (i >= end) return false;
  const kind = KINDS[bytes[i]];
  if (i > at && bytes[i - 1] === 62) return true;
  if (kind & NAME) {
    if (hidesQuote(bytes, at, i)) return true;
    // `password string = "x"`; after a quote or a bracket was closed also `value="x"`.
    i = skip(bytes, i, Math.min(end, i + 24), NAME);
    i = skip(bytes, i, Math.min(end, i + 4), SPACE | CLOSER);
    return (KINDS[bytes[i]] & OPERATOR) !== 0;
  }
  if (kind & LISTER) {
    for (let j = i + 1; j < Math.min(end, i + 48); j++) if (KINDS[bytes[j]] & QUOTE) return true;
    return false;
  }
  if (kind & OPERATOR) return true;
  // Closers and spaces are skipped: what they hid is a quote after a space, or an element's text after `>`.
  const last = bytes[i - 1];
  return i > at && (last === 62 || (KINDS[last] & (QUOTE | SPACE)) !== 0);
}

/** `PASSWORD 'x'`: the quote after a space was taken for a closer. */
function hidesQuote(bytes: Uint8Array, from: number, to: number): boolean {
  for (let i = from + 1; i < to; i++) if (KINDS[bytes[i]] & QUOTE && KINDS[bytes[i - 1]] & SPACE) return true;
  return false;
}

const NAME = 1;
const CLOSER = 2;
const SPACE = 4;
const OPERATOR = 8;
const LISTER = 16;
const QUOTE = 32;

const KINDS = new Uint8Array(256);
const mark = (text: string, kind: number) => {
  for (const c of text) KINDS[c.charCodeAt(0)] |= kind;
};
mark('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.', NAME);
mark('\\"\'`])>?', CLOSER);
mark(' \t\n\r', SPACE);
mark('=:|!<>', OPERATOR);
mark(',(', LISTER);
mark('"\'`', QUOTE);

function skip(bytes: Uint8Array, from: number, to: number, kinds: number): number {
  let i = from;
  while (i < to && KINDS[bytes[i]] & kinds) i++;
  return i;
}
