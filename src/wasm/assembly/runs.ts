// Finds runs of base64 and hex that decode to text, to UTF-16 text or to gzip: what may hide a secret.

/** Shorter runs (characters) hold nothing that a rule of its own does not find. */
export const LEAST: u32 = 20;
/** Characters decoded to judge a run: random bytes pass once in 60,000 tries. */
const SAMPLE: u32 = 16;

export const RUN_HEX: u32 = 1;
export const RUN_GZIP: u32 = 2;
/** RUN_BASE64 + n: the base64 begins n characters into the run. */
export const RUN_BASE64: u32 = 4;

/** 0 to 63 by character of either base64 alphabet, 255 for others. */
const VALUES = memory.data(256);
const FLAGS = memory.data(256);
/** In FLAGS: what one may expect in text; hexadecimal digit. */
const TEXT: u8 = 1;
const HEX: u8 = 2;

/** Where the last search stopped: at `end`, or earlier when `out` was full. */
export let runsStopped: u32 = 0;

let ready = false;

function prepare(): void {
  ready = true;
  memory.fill(VALUES, 255, 256);
  for (let i: u32 = 0; i < 26; i++) {
    store<u8>(VALUES + 65 + i, <u8>i);
    store<u8>(VALUES + 97 + i, <u8>(26 + i));
  }
  for (let i: u32 = 0; i < 10; i++) store<u8>(VALUES + 48 + i, <u8>(52 + i));
  store<u8>(VALUES + 43, 62); // +
  store<u8>(VALUES + 45, 62); // -
  store<u8>(VALUES + 47, 63); // /
  store<u8>(VALUES + 95, 63); // _
  for (let i: u32 = 0; i < 256; i++) {
    let flags: u8 = 0;
    if ((i >= 32 && i < 127) || i == 9 || i == 10 || i == 13) flags |= TEXT;
    if ((i >= 48 && i < 58) || (i >= 97 && i < 103) || (i >= 65 && i < 71)) flags |= HEX;
    store<u8>(FLAGS + i, flags);
  }
}

function value(p: u32): u32 {
  return load<u8>(VALUES + load<u8>(p));
}

/** Whether a run may go on with the byte at `p`. */
export function isEncoded(p: u32): bool {
  if (!ready) prepare();
  return value(p) != 255;
}

/**
 * Finds runs in [start, end) and writes (from, to, kind) triples of u32 to `out`, at most `capacity`; returns how many. None begins before `start`.
 * Every LEAST-th byte is probed, so most text is never looked at.
 */
export function findRuns(start: u32, end: u32, out: u32, capacity: u32): u32 {
  if (!ready) prepare();
  let count: u32 = 0;
  let low = start;
  let p = start + LEAST - 1;
  while (p < end && count < capacity) {
    if (value(p) == 255) {
      p += LEAST;
      continue;
    }
    let from = p;
    while (from > low && value(from - 1) != 255) from--;
    let to = p + 1;
    while (to < end && value(to) != 255) to++;
    if (to - from >= LEAST) {
      const kind = judge(from, to);
      if (kind != 0) {
        const at = out + count * 12;
        store<u32>(at, from);
        store<u32>(at, to, 4);
        store<u32>(at, kind, 8);
        count++;
      }
    }
    low = to;
    p = to + LEAST;
  }
  runsStopped = p < end ? low : end;
  return count;
}

function judge(from: u32, to: u32): u32 {
  // "H4sI" is 1f 8b 08: a gzip member.
  if (load<u32>(from) == 0x49733448) return RUN_GZIP;
  const middle = from + ((to - from) >> 1) - (SAMPLE >> 1);
  if (isHex(from, to))
    return looksLikeHexText(from) || looksLikeHexText(from + (((to - from) >> 2) << 1) - SAMPLE)
      ? RUN_HEX
      : 0;
  for (let n: u32 = 0; n < 4; n++) {
    const first = from + n;
    if (first + SAMPLE > to) break;
    const last = first + ((to - first - SAMPLE) & ~3);
    const mid = first + ((middle - from) & ~3);
    if (looksLikeText(first) || (mid + SAMPLE <= to && looksLikeText(mid)) || looksLikeText(last))
      return RUN_BASE64 + n;
  }
  return 0;
}

function isHex(from: u32, to: u32): bool {
  // Most runs are no hex after a few characters; the length of a long one is not worth the look.
  const stop = min(to, from + 64);
  for (let p = from; p < stop; p++) {
    if (!(load<u8>(FLAGS + load<u8>(p)) & HEX)) return false;
  }
  return true;
}

/** Whether SAMPLE characters of base64 decode to text, or to UTF-16 of ASCII text. */
function looksLikeText(p: u32): bool {
  let zeros: u32 = 0;
  for (let i: u32 = 0; i < SAMPLE; i += 4) {
    const group =
      (value(p + i) << 18) | (value(p + i + 1) << 12) | (value(p + i + 2) << 6) | value(p + i + 3);
    for (let shift: i32 = 16; shift >= 0; shift -= 8) {
      const byte = (group >> shift) & 255;
      if (byte == 0) zeros++;
      else if (!(load<u8>(FLAGS + byte) & TEXT)) return false;
    }
  }
  return zeros == 0 || zeros == 6;
}

function looksLikeHexText(p: u32): bool {
  for (let i: u32 = 0; i < SAMPLE; i += 2) {
    const byte = (nibble(p + i) << 4) | nibble(p + i + 1);
    if (!(load<u8>(FLAGS + byte) & TEXT)) return false;
  }
  return true;
}

function nibble(p: u32): u32 {
  const c: u32 = load<u8>(p);
  return c <= 57 ? c - 48 : (c | 32) - 87;
}
