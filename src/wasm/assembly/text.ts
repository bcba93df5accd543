// Counting lines and characters, and reading UTF-16.

/** How many bytes of [p, end) are `byte`. */
export function countByte(p: u32, end: u32, byte: u32): u32 {
  let count: u32 = 0;
  const wanted = i8x16.splat(<i8>byte);
  while (p + 16 <= end) {
    count += popcnt(i8x16.bitmask(i8x16.eq(v128.load(p), wanted)));
    p += 16;
  }
  for (; p < end; p++) if (load<u8>(p) == byte) count++;
  return count;
}

/** Characters of UTF-8 in [p, end): bytes that do not continue one. */
export function countCharacters(p: u32, end: u32): u32 {
  let count: u32 = 0;
  const top = i8x16.splat(-65); // 0xbf: continuation bytes are 0x80 to 0xbf, -128 to -65 when signed
  while (p + 16 <= end) {
    count += popcnt(i8x16.bitmask(i8x16.gt_s(v128.load(p), top)));
    p += 16;
  }
  for (; p < end; p++) if (load<i8>(p) > -65) count++;
  return count;
}

/** Map kind: two bytes read for each byte written. */
export const MAP_UTF16: u32 = 2;
/** Fewer characters of UTF-16 among other bytes are chance. */
const LEAST: u32 = 8;

export let utf16MapCount: u32 = 0;
export let utf16To: u32 = 0;

/**
 * Writes the runs of ASCII in UTF-16 of either byte order, one a line, with their map.
 * @returns bytes written to `dst`
 */
export function narrowUtf16(
  start: u32,
  from: u32,
  end: u32,
  dst: u32,
  dstEnd: u32,
  map: u32,
  mapCapacity: u32,
): u32 {
  let write = dst;
  utf16MapCount = 0;
  let p = from;
  while (p + 2 * LEAST <= end) {
    // Either byte of a pair may be the zero one; text has one zero in two bytes.
    const first: u32 = load<u8>(p);
    const second: u32 = load<u8>(p + 1);
    const little = second == 0 && isText(first);
    const big = first == 0 && isText(second);
    if (!little && !big) {
      p++;
      continue;
    }
    const textAt: u32 = little ? 0 : 1;
    let q = p;
    while (q + 2 <= end && load<u8>(q + 1 - textAt) == 0 && isText(load<u8>(q + textAt))) q += 2;
    if (q - p < 2 * LEAST) {
      p = q > p + 1 ? q - 1 : p + 1;
      continue;
    }
    if (dstEnd - write < (q - p) / 2 + 4) {
      // A run longer than all the room is cut to it.
      if (write > dst) break;
      q = p + 2 * (dstEnd - write - 4);
    }
    if (mapCapacity - utf16MapCount < 2) break;
    const at = map + utf16MapCount * 12;
    store<u32>(at, write - dst);
    store<u32>(at, p + textAt - start, 4);
    store<u32>(at, MAP_UTF16, 8);
    utf16MapCount++;
    for (; p < q; p += 2) {
      store<u8>(write, load<u8>(p + textAt));
      write++;
    }
    store<u8>(write, 10);
    write++;
  }
  utf16To = p + 2 * LEAST <= end ? p : end;
  return write - dst;
}

function isText(c: u32): bool {
  return (c >= 32 && c < 127) || c == 9 || c == 10 || c == 13;
}
