// One pass over the bytes for all keywords of all rules.
//
// Each keyword is represented by its rarest four bytes. Every position's four bytes, folded to lower case by setting
// bit 5, are hashed: the hash names a word in a table that stays in the first-level cache, and two bits in that word. Where
// both are set a chain of entries is compared in full: at one position of 150 in source text (with one bit at one of 20,
// which halves the speed: the branch cannot be foretold). `src/engine/keyword-table.ts` fills the tables:
//
//   0       words    8192 x u32
//   32768   heads    4096 x u32: address of the first entry, 0 for none, by the hash's upper 12 bits
//   49152   entries  24 bytes: gram u32, next u32 (address), text u32 (address of the folded keyword), length u32, offset u32, id u32

const HASH: u32 = 0x9e3779b1;
const HEADS: u32 = 32768;
const NEWLINE: u8 = 10;
const FOLD: u32 = 0x20202020;
const FOLD8: u64 = 0x2020202020202020;

/** Where the last search stopped: at `end`, or earlier when `out` was full. */
export let stopped: u32 = 0;

// @ts-ignore: decorator
@inline
function bit(tables: u32, hash: u32): u32 {
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
    const h0 = <u32>a * HASH;
    const h1 = <u32>(a >> 8) * HASH;
    const h2 = <u32>(a >> 16) * HASH;
    const h3 = <u32>(a >> 24) * HASH;
    const h4 = <u32>b * HASH;
    const h5 = <u32>(b >> 8) * HASH;
    const h6 = <u32>(b >> 16) * HASH;
    const h7 = <u32>(b >> 24) * HASH;
    const b0 = bit(tables, h0);
    const b1 = bit(tables, h1);
    const b2 = bit(tables, h2);
    const b3 = bit(tables, h3);
    const b4 = bit(tables, h4);
    const b5 = bit(tables, h5);
    const b6 = bit(tables, h6);
    const b7 = bit(tables, h7);
    if ((b0 | b1 | b2 | b3 | b4 | b5 | b6 | b7) & 1) {
      if (b0 & 1) count = check(start, p, end, h0, tables, out, count);
      if (b1 & 1) count = check(start, p + 1, end, h1, tables, out, count);
      if (b2 & 1) count = check(start, p + 2, end, h2, tables, out, count);
      if (b3 & 1) count = check(start, p + 3, end, h3, tables, out, count);
      if (b4 & 1) count = check(start, p + 4, end, h4, tables, out, count);
      if (b5 & 1) count = check(start, p + 5, end, h5, tables, out, count);
      if (b6 & 1) count = check(start, p + 6, end, h6, tables, out, count);
      if (b7 & 1) count = check(start, p + 7, end, h7, tables, out, count);
    }
    p += 8;
  }
  stopped = p < end ? p : end;
  return count;
}

function check(start: u32, p: u32, end: u32, hash: u32, tables: u32, out: u32, count: u32): u32 {
  const gram = load<u32>(p) | FOLD;
  let entry = load<u32>(tables + HEADS + ((hash >>> 20) << 2));
  while (entry != 0) {
    if (load<u32>(entry) == gram) {
      const length = load<u32>(entry, 12);
      const begin = p - load<u32>(entry, 16);
      if (
        begin >= start &&
        begin + length <= end &&
        p < end &&
        equalFolded(begin, load<u32>(entry, 8), length)
      ) {
        store<u32>(out + (count << 3), begin);
        store<u32>(out + (count << 3), load<u32>(entry, 20), 4);
        count++;
      }
    }
    entry = load<u32>(entry, 4);
  }
  return count;
}

function equalFolded(text: u32, keyword: u32, length: u32): bool {
  for (let i: u32 = 0; i < length; i++) {
    const wanted = load<u8>(keyword + i);
    const byte = load<u8>(text + i);
    // A folded newline is an asterisk, but no keyword goes on in the next line.
    if ((byte | 0x20) != wanted || byte == NEWLINE) return false;
  }
  return true;
}
