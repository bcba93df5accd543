// Whether what stands after a keyword can go on as the assignment of a value: the rest of the name, then an operator, a bracket, a
// quote or a type. A look at the bytes, before any text is made of them: nine of ten words such as `key` in source text are
// assigned nothing.

const NAME: u8 = 1;
const CLOSER: u8 = 2;
const SPACE: u8 = 4;
const OPERATOR: u8 = 8;
const LISTER: u8 = 16;
const QUOTE: u8 = 32;

const KINDS = memory.data(256);
let ready = false;

function prepare(): void {
  ready = true;
  mark('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.', NAME);
  mark('\\"\'`])>?', CLOSER);
  mark(' \t\n\r', SPACE);
  mark('=:|!<>', OPERATOR);
  mark(',(', LISTER);
  mark('"\'`', QUOTE);
}

function mark(characters: string, kind: u8): void {
  for (let i = 0; i < characters.length; i++) {
    const at = KINDS + characters.charCodeAt(i);
    store<u8>(at, load<u8>(at) | kind);
  }
}

/** @param at the first byte after the keyword */
export function mayAssign(at: usize, end: usize): bool {
  if (!ready) prepare();
  let i = skip(at, min(end, at + 48), NAME);
  i = skip(i, min(end, i + 6), CLOSER);
  i = skip(i, min(end, i + 24), SPACE | CLOSER);
  if (i >= end) return false;
  const kind = kindAt(i);
  if (i > at && load<u8>(i - 1) == 62) return true;
  if (kind & NAME) {
    if (hidesQuote(at, i)) return true;
    // `password string = "x"`; after a quote or a bracket was closed also `value="x"`.
    i = skip(i, min(end, i + 24), NAME);
    i = skip(i, min(end, i + 4), SPACE | CLOSER);
    return i < end && (kindAt(i) & OPERATOR) != 0;
  }
  if (kind & LISTER) {
    const stop = min(end, i + 48);
    for (let j = i + 1; j < stop; j++) if (kindAt(j) & QUOTE) return true;
    return false;
  }
  if (kind & OPERATOR) return true;
  // Closers and spaces are skipped: what they hid is a quote after a space, or an element's text after `>`.
  return i > at && (kindAt(i - 1) & (QUOTE | SPACE)) != 0;
}

/** `PASSWORD 'x'`: the quote after a space was taken for a closer. */
function hidesQuote(from: usize, to: usize): bool {
  for (let i = from + 1; i < to; i++) if (kindAt(i) & QUOTE && kindAt(i - 1) & SPACE) return true;
  return false;
}

function skip(from: usize, to: usize, kinds: u8): usize {
  let i = from;
  while (i < to && kindAt(i) & kinds) i++;
  return i;
}

// @ts-ignore: decorator
@inline
function kindAt(at: usize): u8 {
  return load<u8>(KINDS + load<u8>(at));
}
