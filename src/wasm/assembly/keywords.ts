// One pass over the bytes for all keywords of all rules.
//
// Each keyword is represented by its rarest four bytes. Every position's four bytes, folded to lower case by setting
// bit 5, are hashed: the hash names a word in a table that stays in the first-level cache, and two bits in that word. Where
// both are set a chain of entries is compared in full: at one position of 150 in source text (with one bit at one of 20,
// which halves the speed: the branch cannot be foretold). `src/engine/keyword-table.ts` fills the tables:
//
//   0       words    8192 x u32
//   32768   heads    16384 x u32: address of the first entry, 0 for none, by the hash's upper 14 bits
//   98304   entries  24 bytes: gram u32, next u32 (address), text u32 (address of the folded keyword), length u32, offset u32, id u32;
//           the length's top bit is set when the keyword has an asterisk

const HASH: u32 = 0x9e3779b1;
const HEADS: u32 = 32768;
const ASTERISK: u32 = 0x80000000;
const NEWLINE: u8 = 10;
const FOLD: u32 = 0x20202020;
const FOLD8: u64 = 0x2020202020202020;

/** Where the last search stopped: at `end`, or earlier when `out` was full. */
export let stopped: u32 = 0;

/** The last bit tells whether a folded gram may belong to a keyword. */
// @ts-ignore: decorator
@inline
function bits(tables: u32, gram: u32): u32 {
  const hash = gram * HASH;
  // A shift counts modulo 32: the hash's bits 19 to 31 choose the word, 14 to 18 and 9 to 13 the bits in it.
  const word = load<u32>(tables + ((hash >>> 17) & 0x7ffc));
  return (word >>> (hash >>> 14)) & (word >>> (hash >>> 9));
}

/**
 * Finds keywords that begin in [start, end) with a gram at or after `from`; 16 readable bytes must follow `end`.
 * Writes (address, keyword id) pairs of u32 to `out`, at most `capacity` pairs, and returns how many.
 */
export function findKeywords(start: u32, from: u32, end: u32, tables: u32, out: u32, capacity: u32): u32 {
  let count: u32 = 0;
  let p = from;
  // A round takes eight positions, of which each may end up to 64 nested keywords; room for them is checked once.
  const room: u32 = capacity - 512;
  while (p < end && count < room) {
    const a = load<u64>(p) | FOLD8;
    const b = load<u64>(p, 4) | FOLD8;
    const b0 = bits(tables, <u32>a);
    const b1 = bits(tables, <u32>(a >> 8));
    const b2 = bits(tables, <u32>(a >> 16));
    const b3 = bits(tables, <u32>(a >> 24));
    const b4 = bits(tables, <u32>b);
    const b5 = bits(tables, <u32>(b >> 8));
    const b6 = bits(tables, <u32>(b >> 16));
    const b7 = bits(tables, <u32>(b >> 24));
    if ((b0 | b1 | b2 | b3 | b4 | b5 | b6 | b7) & 1) {
      let marks = (b0 & 1) | ((b1 & 1) << 1) | ((b2 & 1) << 2) | ((b3 & 1) << 3);
      marks |= ((b4 & 1) << 4) | ((b5 & 1) << 5) | ((b6 & 1) << 6) | ((b7 & 1) << 7);
      do {
        count = check(start, p + ctz(marks), end, tables, out, count);
        marks &= marks - 1;
      } while (marks);
    }
    p += 8;
  }
  stopped = p < end ? p : end;
  return count;
}

function check(start: u32, p: u32, end: u32, tables: u32, out: u32, count: u32): u32 {
  const gram = load<u32>(p) | FOLD;
  const hash = gram * HASH;
  let entry = load<u32>(tables + HEADS + ((hash >>> 18) << 2));
  while (entry != 0) {
    if (load<u32>(entry) == gram) {
      const length = load<u32>(entry, 12) & ~ASTERISK;
      const begin = p - load<u32>(entry, 16);
      if (begin >= start && begin + length <= end && p < end && equalFolded(begin, entry, length)) {
        store<u32>(out + (count << 3), begin);
        store<u32>(out + (count << 3), load<u32>(entry, 20), 4);
        count++;
      }
    }
    entry = load<u32>(entry, 4);
  }
  return count;
}

function equalFolded(text: u32, entry: u32, length: u32): bool {
  const keyword = load<u32>(entry, 8);
  let i: u32 = 0;
  for (; i + 8 < length; i += 8) if ((load<u64>(text + i) | FOLD8) != load<u64>(keyword + i)) return false;
  const rest = (load<u64>(text + i) | FOLD8) ^ load<u64>(keyword + i);
  if (rest << ((8 + i - length) << 3)) return false;
  if (!(load<u32>(entry, 12) & ASTERISK)) return true;
  // A folded newline is an asterisk, but no keyword goes on in the next line.
  for (i = 0; i < length; i++) if (load<u8>(text + i) == NEWLINE) return false;
  return true;
}
