// zlib streams (RFC 1950, RFC 1951) from memory to memory.
//
// Git inflates a million small streams, so what counts is the cost of a stream more than that of a byte: Huffman tables are
// as small as the codes allow, fixed tables are built once, and one loop without edge cases runs to the last byte. For that
// the caller grants slack: READ_SLACK bytes may be read behind the input and WRITE_SLACK bytes written behind the output.

//
// Measured on 20,000 entries of each kind in rails/rails, CPU time a stream, against inflateSync of node:zlib: blobs and their
// deltas (2,157 bytes) 5.5 against 15.4 microseconds, trees (150 bytes) 0.43 against 4.3, commits (531 bytes) 3.3 against 6.9.
// The checksum is a fifteenth of that, and notices damage that the structure of deflate does not.

const READ_SLACK: usize = 16;

/** Codes up to this many bits take one table look-up, longer ones two. */
const LITLEN_BITS: i32 = 10;
const DIST_BITS: i32 = 8;
const PRECODE_BITS: i32 = 7;

// A table entry: bits 0-7 bits to consume (code and extra bits), 8-11 the code's length, 12-15 kind, 16-31 value.
const LITERAL: u32 = 0x8000;
const END: u32 = 0x4000;
const SUBTABLE: u32 = 0x2000;
const INVALID: u32 = 0x1000;

export const TRUNCATED: i32 = -1;
export const BAD_HEADER: i32 = -2;
export const BAD_CODES: i32 = -3;
export const BAD_DATA: i32 = -4;
export const TOO_LONG: i32 = -5;
export const BAD_CHECKSUM: i32 = -6;

// Main tables and room for subtables: a subtable holds codes that share their first bits, 852 and 592 entries are
// the known worst cases for 9 and 6 root bits, so a whole main table more is ample.
const litlenTable: usize = memory.data(((1 << LITLEN_BITS) + 2048) * 4, 16);
const distTable: usize = memory.data(((1 << DIST_BITS) + 2048) * 4, 16);
const fixedLitlenTable: usize = memory.data(((1 << 9) + 64) * 4, 16);
const fixedDistTable: usize = memory.data(((1 << 5) + 64) * 4, 16);
const precodeTable: usize = memory.data((1 << PRECODE_BITS) * 4, 16);
const lengths: usize = memory.data(512, 16);
const sorted: usize = memory.data(320 * 2, 16);
const counts: usize = memory.data(16 * 4, 16);
const offsets: usize = memory.data(17 * 4, 16);

const PRECODE_ORDER: usize = memory.data<u8>([16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]);
const LENGTH_BASE: usize = memory.data<u16>([
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258, 0, 0,
]);
const LENGTH_EXTRA: usize = memory.data<u8>([
  0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0, 0, 0,
]);
const DIST_BASE: usize = memory.data<u16>([
  1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193,
  12289, 16385, 24577, 0, 0,
]);
const DIST_EXTRA: usize = memory.data<u8>([
  0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13, 0, 0,
]);

let consumed: i32 = 0;
const litlenMask: u64 = 0;
const distMask: u64 = 0;
let fixedLitlenMask: u64 = 0;
let fixedDistMask: u64 = 0;

/** Bytes of input that the last successful `inflate` used, its checksum included. */
export function inflateConsumed(): i32 {
  return consumed;
}

/**
 * Inflates one zlib stream.
 * @returns bytes produced, or a negative error code: -1 input ends early, -2 no zlib header, -3 impossible codes,
 *   -4 impossible data, -5 more than `capacity` bytes, -6 checksum differs
 */
export function inflate(source: usize, sourceLength: i32, target: usize, capacity: i32): i32 {
  if (sourceLength < 6) return TRUNCATED;
  const cmf: u32 = load<u8>(source);
  const flags: u32 = load<u8>(source, 1);
  if ((cmf & 15) != 8 || cmf >> 4 > 7 || (flags & 32) != 0 || ((cmf << 8) | flags) % 31 != 0) return BAD_HEADER;
  const end = source + sourceLength;
  const limit = target + capacity;
  let at = source + 2;
  let out = target;
  let bits: u64 = 0;
  let count: u64 = 0;

  let last = false;
  do {
    if (at > end + READ_SLACK / 2) return TRUNCATED;
    bits |= load<u64>(at) << count;
    at += <usize>((63 - count) >> 3);
    count |= 56;
    last = (bits & 1) != 0;
    const type = <u32>(bits >> 1) & 3;
    bits >>= 3;
    count -= 3;

    if (type == 0) {
      // Stored: give whole bytes in the bit buffer back, then copy.
      at -= <usize>(count >> 3);
      bits = 0;
      count = 0;
      if (at + 4 > end) return TRUNCATED;
      const length = <i32>load<u16>(at);
      if (length != (~(<i32>load<u16>(at, 2)) & 0xffff)) return BAD_DATA;
      at += 4;
      if (at + length > end) return TRUNCATED;
      if (out + length > limit) return TOO_LONG;
      memory.copy(out, at, length);
      at += length;
      out += length;
      continue;
    }
    if (type == 3) return BAD_DATA;

    let litlen: usize;
    let dist: usize;
    let litlenBits: u64;
    let distBits: u64;
    if (type == 1) {
      if (fixedLitlenMask == 0) buildFixedTables();
      litlen = fixedLitlenTable;
      dist = fixedDistTable;
      litlenBits = fixedLitlenMask;
      distBits = fixedDistMask;
    } else {
      const litlenCount = 257 + (<i32>bits & 31);
      const distCount = 1 + (<i32>(bits >> 5) & 31);
      const precodeCount = 4 + (<i32>(bits >> 10) & 15);
      bits >>= 14;
      count -= 14;
      if (litlenCount > 286 || distCount > 30) return BAD_CODES;
      store<u64>(lengths, 0);
      store<u64>(lengths, 0, 8);
      store<u32>(lengths, 0, 16);
      // 39 bits are left, 13 lengths of 3 bits; the other 6 need more.
      let i = 0;
      for (; i < precodeCount; i++) {
        if (count < 3) {
          bits |= load<u64>(at) << count;
          at += <usize>((63 - count) >> 3);
          count |= 56;
        }
        store<u8>(lengths + <usize>load<u8>(PRECODE_ORDER + i), <u8>(bits & 7));
        bits >>= 3;
        count -= 3;
      }
      if (buildTable(precodeTable, PRECODE_BITS, 19, 0) < 0) return BAD_CODES;
      const precodeMask = tableMask;
      const total = litlenCount + distCount;
      i = 0;
      while (i < total) {
        if (count < 14) {
          if (at > end + READ_SLACK / 2) return TRUNCATED;
          bits |= load<u64>(at) << count;
          at += <usize>((63 - count) >> 3);
          count |= 56;
        }
        const entry = load<u32>(precodeTable + (<usize>(bits & precodeMask) << 2));
        if (entry & INVALID) return BAD_CODES;
        bits >>= <u64>(entry & 15);
        count -= <u64>(entry & 15);
        const symbol = entry >> 16;
        if (symbol < 16) {
          store<u8>(lengths + i++, <u8>symbol);
          continue;
        }
        let repeat: i32;
        let value: u64 = 0;
        if (symbol == 16) {
          if (i == 0) return BAD_CODES;
          value = <u64>load<u8>(lengths + i - 1) * 0x0101010101010101;
          repeat = 3 + (<i32>bits & 3);
          bits >>= 2;
          count -= 2;
          store<u64>(lengths + i, value);
        } else if (symbol == 17) {
          repeat = 3 + (<i32>bits & 7);
          bits >>= 3;
          count -= 3;
          store<u64>(lengths + i, 0);
          store<u64>(lengths + i, 0, 8);
        } else {
          repeat = 11 + (<i32>bits & 127);
          bits >>= 7;
          count -= 7;
          memory.fill(lengths + i, 0, repeat);
        }
        i += repeat;
        if (i > total) return BAD_CODES;
      }
      if (load<u8>(lengths + 256) == 0) return BAD_CODES;
      // Both tables are built from the start of `lengths`, so the distances move there once the literals are done.
      if (buildTable(litlenTable, LITLEN_BITS, litlenCount, 1) < 0) return BAD_CODES;
      litlenBits = tableMask;
      memory.copy(lengths, lengths + litlenCount, distCount);
      if (buildTable(distTable, DIST_BITS, distCount, 2) < 0) return BAD_CODES;
      distBits = tableMask;
      litlen = litlenTable;
      dist = distTable;
    }

    while (true) {
      if (at > end + READ_SLACK / 2) return TRUNCATED;
      bits |= load<u64>(at) << count;
      at += <usize>((63 - count) >> 3);
      count |= 56;
      let entry = load<u32>(litlen + (<usize>(bits & litlenBits) << 2));
      if (entry & LITERAL) {
        // Three literals of at most 15 bits and the next look-up fit in 56 bits.
        bits >>= <u64>(entry & 15);
        count -= <u64>(entry & 15);
        store<u8>(out++, <u8>(entry >> 16));
        entry = load<u32>(litlen + (<usize>(bits & litlenBits) << 2));
        if (entry & LITERAL) {
          bits >>= <u64>(entry & 15);
          count -= <u64>(entry & 15);
          store<u8>(out++, <u8>(entry >> 16));
          entry = load<u32>(litlen + (<usize>(bits & litlenBits) << 2));
          if (entry & LITERAL) {
            bits >>= <u64>(entry & 15);
            count -= <u64>(entry & 15);
            store<u8>(out++, <u8>(entry >> 16));
            if (out > limit) return TOO_LONG;
            continue;
          }
        }
      }
      if (entry & SUBTABLE) {
        entry = load<u32>(litlen + (<usize>((entry >> 16) + <u32>((bits >> LITLEN_BITS) & ((1 << ((entry >> 8) & 15)) - 1))) << 2));
        if (entry & LITERAL) {
          bits >>= <u64>(entry & 15);
          count -= <u64>(entry & 15);
          store<u8>(out++, <u8>(entry >> 16));
          if (out > limit) return TOO_LONG;
          continue;
        }
      }
      if (entry & (END | INVALID)) {
        if (entry & INVALID) return BAD_DATA;
        bits >>= <u64>(entry & 15);
        count -= <u64>(entry & 15);
        break;
      }
      // A length: its base is in the entry, its extra bits follow the code.
      let length = <i32>(entry >> 16);
      const lengthBits = <u64>(entry & 31);
      const codeBits = <u64>((entry >> 8) & 15);
      length += <i32>((bits & ((<u64>1 << lengthBits) - 1)) >> codeBits);
      bits >>= lengthBits;
      count -= lengthBits;

      // Up to 30 literal and 20 length bits are gone: 28 may be needed.
      if (count < 28) {
        bits |= load<u64>(at) << count;
        at += <usize>((63 - count) >> 3);
        count |= 56;
      }
      entry = load<u32>(dist + (<usize>(bits & distBits) << 2));
      if (entry & SUBTABLE) {
        entry = load<u32>(dist + (<usize>((entry >> 16) + <u32>((bits >> DIST_BITS) & ((1 << ((entry >> 8) & 15)) - 1))) << 2));
      }
      if (entry & INVALID) return BAD_DATA;
      const distanceBits = <u64>(entry & 31);
      const distance = <usize>((entry >> 16) + <u32>((bits & ((<u64>1 << distanceBits) - 1)) >> <u64>((entry >> 8) & 15)));
      bits >>= distanceBits;
      count -= distanceBits;
      if (distance > out - target) return BAD_DATA;
      const stop = out + length;
      if (stop > limit) return TOO_LONG;
      let from = out - distance;
      if (distance >= 16) {
        do {
          v128.store(out, v128.load(from));
          out += 16;
          from += 16;
        } while (out < stop);
      } else if (distance >= 8) {
        do {
          store<u64>(out, load<u64>(from));
          out += 8;
          from += 8;
        } while (out < stop);
      } else if (distance == 1) {
        const run = v128.splat<u8>(load<u8>(from));
        do {
          v128.store(out, run);
          out += 16;
        } while (out < stop);
      } else {
        do {
          store<u8>(out++, load<u8>(from++));
        } while (out < stop);
      }
      out = stop;
    }
    if (out > limit) return TOO_LONG;
  } while (!last);

  at -= <usize>(count >> 3);
  if (at + 4 > end) return TRUNCATED;
  if (bswap<u32>(load<u32>(at)) != adler32(target, out)) return BAD_CHECKSUM;
  consumed = <i32>(at + 4 - source);
  return <i32>(out - target);
}

let tableMask: u64 = 0;

/**
 * Builds a decoding table from the code lengths at `lengths`.
 * @param kind 0 the code lengths' own code, 1 literals and lengths, 2 distances
 * @returns 0, or -1 when the lengths are no prefix code
 */
function buildTable(table: usize, maxRootBits: i32, symbols: i32, kind: i32): i32 {
  v128.store(counts, i32x4.splat(0));
  v128.store(counts, i32x4.splat(0), 16);
  v128.store(counts, i32x4.splat(0), 32);
  v128.store(counts, i32x4.splat(0), 48);
  for (let i = 0; i < symbols; i++) {
    const slot = counts + (<usize>load<u8>(lengths + i) << 2);
    store<u32>(slot, load<u32>(slot) + 1);
  }
  let maxLength = 15;
  while (maxLength > 0 && load<u32>(counts + (<usize>maxLength << 2)) == 0) maxLength--;
  const rootBits = min(maxRootBits, max(maxLength, 1));
  tableMask = (<u64>1 << <u64>rootBits) - 1;
  const size = 1 << rootBits;
  if (maxLength == 0) {
    // No code at all is legal for distances when there are only literals.
    for (let i = 0; i < size; i++) store<u32>(table + (<usize>i << 2), INVALID);
    return kind == 2 ? 0 : -1;
  }
  let space: i32 = 0;
  store<u32>(offsets, 0, 4);
  for (let length = 1; length <= 15; length++) {
    const n = load<u32>(counts + (<usize>length << 2));
    space = (space << 1) + <i32>n;
    store<u32>(offsets + (<usize>(length + 1) << 2), load<u32>(offsets + (<usize>length << 2)) + n);
  }
  if (space > 1 << 15) return -1;
  if (space < 1 << 15) {
    // Incomplete: zlib permits it for one code of one bit, nothing else.
    if (kind == 0 || maxLength != 1) return -1;
    for (let i = 0; i < size; i++) store<u32>(table + (<usize>i << 2), INVALID);
  }
  for (let i = 0; i < symbols; i++) {
    const length = load<u8>(lengths + i);
    if (length == 0) continue;
    const slot = offsets + (<usize>length << 2);
    const position = load<u32>(slot);
    store<u32>(slot, position + 1);
    store<u16>(sorted + (<usize>position << 1), <u16>i);
  }

  let code: i32 = 0; // bit-reversed
  let next: usize = sorted;
  let filled = 1;
  // Codes up to rootBits: fill the first 2^length entries, double the table when the length grows.
  for (let length = 1; length <= rootBits; length++) {
    if (length > 1 || filled > 1) memory.copy(table + (<usize>filled << 2), table, <usize>filled << 2);
    filled = 1 << length;
    for (let n = load<u32>(counts + (<usize>length << 2)); n > 0; n--) {
      store<u32>(table + (<usize>code << 2), entryOf(<u32>load<u16>(next), length, length, kind));
      next += 2;
      code = increment(code, length);
    }
  }
  if (maxLength <= rootBits) return 0;

  let free = size;
  let prefix = -1;
  let start = 0;
  let subBits = 0;
  for (let length = rootBits + 1; length <= maxLength; length++) {
    for (let n = <i32>load<u32>(counts + (<usize>length << 2)); n > 0; n--) {
      if ((code & (size - 1)) != prefix) {
        prefix = code & (size - 1);
        start = free;
        subBits = length - rootBits;
        // As many bits as it takes to hold all codes that are left under this prefix.
        let room = n;
        while (room < 1 << subBits && rootBits + subBits < 15) {
          subBits++;
          room = (room << 1) + <i32>load<u32>(counts + (<usize>(rootBits + subBits) << 2));
        }
        free += 1 << subBits;
        store<u32>(table + (<usize>prefix << 2), (<u32>start << 16) | SUBTABLE | (<u32>subBits << 8));
      }
      const entry = entryOf(<u32>load<u16>(next), length, length, kind);
      const step = 1 << (length - rootBits);
      for (let i = code >> rootBits; i < 1 << subBits; i += step) store<u32>(table + (<usize>(start + i) << 2), entry);
      next += 2;
      code = increment(code, length);
    }
  }
  return 0;
}

/** The next code of `length` bits, where codes are kept bit-reversed. */
// @ts-expect-error: decorator
@inline
function increment(code: i32, length: i32): i32 {
  // All ones: the last code; it stays, nothing follows it.
  const ones = (1 << length) - 1;
  if (code == ones) return code;
  const bit = 1 << (31 - clz(code ^ ones));
  return (code & (bit - 1)) | bit;
}

// @ts-expect-error: decorator
@inline
function entryOf(symbol: u32, length: i32, codeBits: i32, kind: i32): u32 {
  const bits = <u32>codeBits;
  if (kind == 0) return (symbol << 16) | bits;
  if (kind == 1) {
    if (symbol < 256) return (symbol << 16) | LITERAL | bits;
    if (symbol == 256) return END | bits;
    if (symbol > 285) return INVALID | bits;
    const i = symbol - 257;
    return (<u32>load<u16>(LENGTH_BASE + (<usize>i << 1)) << 16) | (bits << 8) | (bits + <u32>load<u8>(LENGTH_EXTRA + i));
  }
  if (symbol > 29) return INVALID | bits;
  return (<u32>load<u16>(DIST_BASE + (<usize>symbol << 1)) << 16) | (bits << 8) | (bits + <u32>load<u8>(DIST_EXTRA + symbol));
}

function buildFixedTables(): void {
  memory.fill(lengths, 8, 144);
  memory.fill(lengths + 144, 9, 112);
  memory.fill(lengths + 256, 7, 24);
  memory.fill(lengths + 280, 8, 8);
  buildTable(fixedLitlenTable, 9, 288, 1);
  fixedLitlenMask = tableMask;
  memory.fill(lengths, 5, 32);
  buildTable(fixedDistTable, 5, 32, 2);
  fixedDistMask = tableMask;
}

/** RFC 1950, section 9, 16 bytes a step. */
function adler32(start: usize, end: usize): u32 {
  let a: u32 = 1;
  let b: u32 = 0;
  let at = start;
  const weights = i8x16(16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1);
  const ones = i16x8.splat(1);
  const low = i16x8.extend_low_i8x16_s(weights);
  const high = i16x8.extend_high_i8x16_s(weights);
  while (at + 16 <= end) {
    // 5552 is the longest run (bytes) that cannot overflow 32 bits; 5536 is the multiple of 16 below it.
    const stop = min(end - 15, at + 5536);
    let sums = i32x4.splat(0);
    let weighted = i32x4.splat(0);
    let prefix = i32x4.splat(0);
    const steps = <u32>((stop - at + 15) >> 4);
    while (at < stop) {
      const bytes = v128.load(at);
      const lower = i16x8.extend_low_i8x16_u(bytes);
      const upper = i16x8.extend_high_i8x16_u(bytes);
      prefix = i32x4.add(prefix, sums);
      sums = i32x4.add(sums, i32x4.dot_i16x8_s(i16x8.add(lower, upper), ones));
      weighted = i32x4.add(weighted, i32x4.add(i32x4.dot_i16x8_s(lower, low), i32x4.dot_i16x8_s(upper, high)));
      at += 16;
    }
    b = <u32>((<u64>b + <u64>a * 16 * steps + <u64>lanes(prefix) * 16 + <u64>lanes(weighted)) % 65521);
    a = (a + lanes(sums)) % 65521;
  }
  // At most 15 bytes are left.
  while (at < end) {
    a += load<u8>(at++);
    b += a;
  }
  return ((b % 65521) << 16) | (a % 65521);
}

// @ts-expect-error: decorator
@inline
function lanes(sum: v128): u32 {
  return i32x4.extract_lane(sum, 0) + i32x4.extract_lane(sum, 1) + i32x4.extract_lane(sum, 2) + i32x4.extract_lane(sum, 3);
}
