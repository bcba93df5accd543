// Remembers windows of text in which nothing was found, so that the same text is not judged again in the next version of a
// file: by a 64-bit hash of the window, the keyword in it and where that stands.
//
// The hash is NH, a universal hash (Black et al., UMAC, https://www.rfc-editor.org/rfc/rfc4418), twice with different keys. The
// keys are drawn anew in each run: nobody can write a text that is taken for another.

/** A window is at most this long, in bytes. */
export const LONGEST_WINDOW: i32 = 1536;
/** The second hash uses the keys from here on. */
const SECOND: usize = 32;
/** Slots that a hash may stand in before it replaces another. */
const PROBES: i32 = 4;

/** Random bytes. */
const keys: usize = memory.data(1536 + 32 + 32, 16);
/** 16 bytes set, then 16 clear: at 16 - n begins a mask of n bytes. */
const masks: usize = memory.data(32, 16);

let slots: usize = 0;
let slotMask: u64 = 0;
/** The hash of the window that was asked for last; never 0. */
export let lastQuiet: u64 = 0;

/** Where the caller puts its random bytes: `LONGEST_WINDOW` + 64 of them. */
export function quietKeys(): usize {
  return keys;
}

/**
 * Uses `count` (a power of two) slots of 8 bytes at `at`; all are free then.
 * @param isFresh nothing was ever written there: to clear 16 MB takes as long as to read a small repository
 */
export function useQuiet(at: usize, count: i32, isFresh: bool): void {
  slots = at;
  slotMask = <u64>(count - 1);
  if (!isFresh) memory.fill(at, 0, <usize>count * 8);
  memory.fill(masks, 255, 16);
  memory.fill(masks + 16, 0, 16);
}

/** Whether nothing was found in [from, to) for the keyword, which stands `offset` bytes from its begin. 16 readable bytes must follow. */
export function isQuiet(from: usize, to: usize, keyword: u32, offset: u32): bool {
  const last = hashWindow(from, to, keyword, offset);
  lastQuiet = last;
  for (let i = 0; i < PROBES; i++) {
    const held = load<u64>(slots + <usize>(((last + i) & slotMask) << 3));
    if (held == last) return true;
    if (held == 0) return false;
  }
  return false;
}

/** Remembers the window that was asked for last. */
export function noteQuiet(): void {
  remember(lastQuiet);
}

/** Remembers a window by its hash. */
export function remember(hash: u64): void {
  let slot = slots + <usize>((hash & slotMask) << 3);
  for (let i = 0; i < PROBES; i++) {
    const each = slots + <usize>(((hash + i) & slotMask) << 3);
    if (load<u64>(each) == 0) {
      slot = each;
      break;
    }
  }
  store<u64>(slot, hash);
}

function hashWindow(from: usize, to: usize, keyword: u32, offset: u32): u64 {
  let first = i64x2.splat(0);
  let second = i64x2.splat(0);
  let key = keys;
  let at = from;
  for (; at + 16 <= to; at += 16) {
    const text = v128.load(at);
    first = i64x2.add(first, multiplyHalves(i32x4.add(text, v128.load(key))));
    second = i64x2.add(second, multiplyHalves(i32x4.add(text, v128.load(key, SECOND))));
    key += 16;
  }
  const text = v128.and(v128.load(at), v128.load(masks + 16 - (to - at)));
  first = i64x2.add(first, multiplyHalves(i32x4.add(text, v128.load(key))));
  second = i64x2.add(second, multiplyHalves(i32x4.add(text, v128.load(key, SECOND))));
  const a = <u64>(i64x2.extract_lane(first, 0) + i64x2.extract_lane(first, 1));
  const b = <u64>(i64x2.extract_lane(second, 0) + i64x2.extract_lane(second, 1));
  const place = (<u64>keyword << 32) | (<u64>offset << 16) | <u64>(to - from);
  return mix(mix(a ^ mix(place + load<u64>(keys))) + b) | 1;
}

// @ts-ignore: decorator
@inline
function multiplyHalves(words: v128): v128 {
  return i64x2.extmul_low_i32x4_u(words, i8x16.shuffle(words, words, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7));
}

/** Spreads each bit over all (the end of MurmurHash3). */
// @ts-ignore: decorator
@inline
function mix(x: u64): u64 {
  x ^= x >> 33;
  x *= 0xff51afd7ed558ccd;
  x ^= x >> 33;
  x *= 0xc4ceb9fe1a85ec53;
  return x ^ (x >> 33);
}
