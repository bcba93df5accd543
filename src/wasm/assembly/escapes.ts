// Undoes escapes: percent (%2F), JSON and JavaScript (\u002f, \x2f, \/), HTML and XML (&#47; &#x2f; &quot;), and joins
// strings that a concatenation splits ("AK" + "IA"). What it writes is the text around each escape with the escape undone.
//
// The map says where each written byte came from: triples of u32 (written, read, kind), one where the relation changes.
// The kind of an undone escape is UNDONE plus 1 for percent, 2 for unicode, 4 for markup, 8 for a concatenation.

/** Bytes copied before and after a cluster of escapes: as far as a rule's context reaches. */
const CONTEXT: u32 = 1024;
/** White space that a concatenation may put between two strings: indentation of a next line. */
const GAP: u32 = 120;

const SAME: u32 = 1;
const UNDONE: u32 = 16;

/** Where reading stopped: at `end`, or earlier when the room to write was used up. */
export let unescapedTo: u32 = 0;
export let mapCount: u32 = 0;

let replacement: u32 = 0;
let kind: u32 = 0;

/** @returns bytes written to `dst`; 0 when there was nothing to undo */
export function unescape(
  start: u32,
  from: u32,
  end: u32,
  dst: u32,
  dstEnd: u32,
  map: u32,
  mapCapacity: u32,
): u32 {
  let read = from;
  let write = dst;
  let inCluster = false;
  mapCount = 0;
  let p = nextCandidate(from, end);
  while (p < end) {
    const size = escapeAt(start, p, end);
    if (size == 0) {
      p = nextCandidate(p + 1, end);
      continue;
    }
    if (dstEnd - write < 4 * CONTEXT + 16 || mapCapacity - mapCount < 8) break;
    if (!inCluster || p - read > 2 * CONTEXT) {
      if (inCluster) write = finish(read, end, write);
      read = max(p > CONTEXT ? p - CONTEXT : 0, inCluster ? read : start);
      if (read < start) read = start;
      note(map, write - dst, read - start, SAME);
      inCluster = true;
    }
    memory.copy(write, read, p - read);
    write += p - read;
    note(map, write - dst, p - start, UNDONE | kind);
    write = writeUtf8(write, replacement);
    read = p + size;
    note(map, write - dst, read - start, SAME);
    p = nextCandidate(read, end);
  }
  unescapedTo = p < end ? p : end;
  if (!inCluster) return 0;
  return finish(read, end, write) - dst;
}

/** Whether there is something to undo in [from, end). */
export function hasEscape(start: u32, from: u32, end: u32): bool {
  for (let p = nextCandidate(from, end); p < end; p = nextCandidate(p + 1, end))
    if (escapeAt(start, p, end) != 0) return true;
  return false;
}

function note(map: u32, written: u32, read: u32, kind: u32): void {
  const at = map + mapCount * 12;
  store<u32>(at, written);
  store<u32>(at, read, 4);
  store<u32>(at, kind, 8);
  mapCount++;
}

/** Copies what follows a cluster and ends it with bytes that no pattern bridges. */
function finish(read: u32, end: u32, write: u32): u32 {
  const length = min(CONTEXT, end - read);
  memory.copy(write, read, length);
  store<u32>(write + length, 0x0a010a);
  return write + length + 3;
}

/** The next byte that may begin an escape: % \ & " ' */
function nextCandidate(p: u32, end: u32): u32 {
  const percent = i8x16.splat(37);
  const backslash = i8x16.splat(92);
  const ampersand = i8x16.splat(38);
  const double = i8x16.splat(34);
  const single = i8x16.splat(39);
  while (p < end) {
    const v = v128.load(p);
    const hit = v128.or(
      v128.or(i8x16.eq(v, percent), i8x16.eq(v, backslash)),
      v128.or(i8x16.eq(v, ampersand), v128.or(i8x16.eq(v, double), i8x16.eq(v, single))),
    );
    let mask = i8x16.bitmask(hit);
    while (mask != 0) {
      const at = p + ctz(mask);
      // The second byte tells nearly always; looking here saves the call.
      if (plausible(load<u8>(at), load<u8>(at + 1))) return at;
      mask &= mask - 1;
    }
    p += 16;
  }
  return end;
}

function plausible(first: u32, second: u32): bool {
  if (first == 37) return isHex(second);
  if (first == 92) return second == 117 || second == 120 || second == 47 || second == 10 || second == 13;
  if (first == 38) return second == 35 || second == 97 || second == 108 || second == 103 || second == 113;
  return second <= 32
    ? second == 32 || second == 9 || second == 10 || second == 13
    : second == 43 || second == 46 || second == 38 || second == 92 || second == 124;
}

/** Length of the escape at `p`, with its character in `replacement` (0 for none); 0 when it is none. */
function escapeAt(start: u32, p: u32, end: u32): u32 {
  const c = load<u8>(p);
  const next = p + 1 < end ? load<u8>(p + 1) : 0;
  if (c == 37) {
    if (p + 3 > end || !isHex(load<u8>(p + 1)) || !isHex(load<u8>(p + 2))) return 0;
    kind = 1;
    replacement = (hex(load<u8>(p + 1)) << 4) | hex(load<u8>(p + 2));
    if (replacement >= 0x80) replacement |= 0x80000000;
    return 3;
  }
  if (c == 92) {
    if (next == 117) return unicodeAt(p, end);
    if (next == 120) {
      if (p + 4 > end || !isHex(load<u8>(p + 2)) || !isHex(load<u8>(p + 3))) return 0;
      kind = 2;
      replacement = (hex(load<u8>(p + 2)) << 4) | hex(load<u8>(p + 3));
      return 4;
    }
    if (next == 47) {
      kind = 2;
      replacement = 47;
      return 2;
    }
    return continuationAt(start, p, end);
  }
  if (c == 38) return entityAt(p, end);
  return joinAt(start, p, end);
}

function unicodeAt(p: u32, end: u32): u32 {
  let q = p + 2;
  const braced = q < end && load<u8>(q) == 123;
  if (braced) q++;
  const most = braced ? 6 : 4;
  let code: u32 = 0;
  let digits = 0;
  while (q < end && digits < most && isHex(load<u8>(q))) {
    code = (code << 4) | hex(load<u8>(q));
    q++;
    digits++;
  }
  if (braced) {
    if (digits == 0 || q >= end || load<u8>(q) != 125) return 0;
    q++;
  } else if (digits < 4) return 0;
  kind = 2;
  replacement = code;
  return q - p;
}

function entityAt(p: u32, end: u32): u32 {
  let q = p + 1;
  if (q < end && load<u8>(q) == 35) {
    q++;
    const isX = q < end && (load<u8>(q) | 32) == 120;
    if (isX) q++;
    let code: u32 = 0;
    let digits = 0;
    while (q < end && digits < 7) {
      const c = load<u8>(q);
      if (isX ? !isHex(c) : c < 48 || c > 57) break;
      code = isX ? (code << 4) | hex(c) : code * 10 + c - 48;
      q++;
      digits++;
    }
    if (digits == 0 || q >= end || load<u8>(q) != 59) return 0;
    kind = 4;
    replacement = code;
    return q + 1 - p;
  }
  const word = load<u32>(q);
  let size: u32 = 0;
  if (word == 0x3b706d61) {
    replacement = 38;
    size = 5;
  } // amp;
  else if ((word & 0xffffff) == 0x3b746c) {
    replacement = 60;
    size = 4;
  } // lt;
  else if ((word & 0xffffff) == 0x3b7467) {
    replacement = 62;
    size = 4;
  } // gt;
  else if (word == 0x746f7571 && load<u8>(q + 4) == 59) {
    replacement = 34;
    size = 6;
  } // quot;
  else if (word == 0x736f7061 && load<u8>(q + 4) == 59) {
    replacement = 39;
    size = 6;
  } // apos;
  if (size == 0 || p + size > end) return 0;
  kind = 4;
  return size;
}

/** A backslash at the end of a line inside a token. */
function continuationAt(start: u32, p: u32, end: u32): u32 {
  if (p == start || !isToken(load<u8>(p - 1))) return 0;
  const q = skipSpace(p + 1, end);
  if (q >= end || !isToken(load<u8>(q))) return 0;
  kind = 8;
  replacement = 0;
  return q - p;
}

/** `" + "`, `' . '`, `" "` between two halves of a token. */
function joinAt(start: u32, p: u32, end: u32): u32 {
  if (p == start || !isToken(load<u8>(p - 1))) return 0;
  let q = skipSpace(p + 1, end);
  if (q >= end) return 0;
  let c = load<u8>(q);
  let operators = 0;
  while (operators < 2 && (c == 43 || c == 46 || c == 38 || c == 124 || c == 92)) {
    operators++;
    q++;
    if (q >= end) return 0;
    c = load<u8>(q);
  }
  q = skipSpace(q, end);
  // A string prefix, as in Python's b"..." and f"...".
  if (q + 1 < end && isToken(load<u8>(q)) && isQuote(load<u8>(q + 1)) && operators > 0) q++;
  if (q + 1 >= end || q == p + 1 || !isQuote(load<u8>(q)) || !isToken(load<u8>(q + 1))) return 0;
  kind = 8;
  replacement = 0;
  return q + 1 - p;
}

function skipSpace(p: u32, end: u32): u32 {
  const stop = min(end, p + GAP);
  while (p < stop) {
    const c = load<u8>(p);
    if (c != 32 && (c < 9 || c > 13)) break;
    p++;
  }
  return p;
}

function isQuote(c: u32): bool {
  return c == 34 || c == 39 || c == 96;
}

/** Characters of which tokens and base64 are made. */
function isToken(c: u32): bool {
  return (
    (c >= 48 && c < 58) ||
    ((c | 32) >= 97 && (c | 32) < 123) ||
    c == 43 ||
    c == 47 ||
    c == 61 ||
    c == 95 ||
    c == 45
  );
}

function isHex(c: u32): bool {
  return (c >= 48 && c < 58) || ((c | 32) >= 97 && (c | 32) < 103);
}

function hex(c: u32): u32 {
  return c <= 57 ? c - 48 : (c | 32) - 87;
}

/** Writes a character as UTF-8; a byte that came from a percent escape (bit 31) as it is; 0 not at all. */
function writeUtf8(at: u32, code: u32): u32 {
  if (code == 0) return at;
  if (code < 0x80 || code & 0x80000000) {
    store<u8>(at, <u8>code);
    return at + 1;
  }
  if (code < 0x800) {
    store<u8>(at, <u8>(0xc0 | (code >> 6)));
    store<u8>(at, <u8>(0x80 | (code & 63)), 1);
    return at + 2;
  }
  if (code < 0x10000) {
    store<u8>(at, <u8>(0xe0 | (code >> 12)));
    store<u8>(at, <u8>(0x80 | ((code >> 6) & 63)), 1);
    store<u8>(at, <u8>(0x80 | (code & 63)), 2);
    return at + 3;
  }
  store<u8>(at, <u8>(0xf0 | (code >> 18)));
  store<u8>(at, <u8>(0x80 | ((code >> 12) & 63)), 1);
  store<u8>(at, <u8>(0x80 | ((code >> 6) & 63)), 2);
  store<u8>(at, <u8>(0x80 | (code & 63)), 3);
  return at + 4;
}
