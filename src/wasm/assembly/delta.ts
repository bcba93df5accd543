// Git's deltas: https://git-scm.com/docs/pack-format#_deltified_representation

/** A bound on what a blob may be here; also keeps all sums below 2^31. */
const MAX_LENGTH: u32 = 0x7fff0000;

let lengthEnd: usize = 0;
let baseLengthSeen: i32 = 0;

/** @returns the length in bytes of what a delta builds, or -1 when its header is broken or says more than 2 GB */
export function deltaTargetLength(delta: usize, deltaLength: i32): i32 {
  const end = delta + deltaLength;
  baseLengthSeen = readLength(delta, end);
  if (baseLengthSeen < 0) return -1;
  return readLength(lengthEnd, end);
}

function readLength(from: usize, end: usize): i32 {
  let value: u64 = 0;
  let shift: u64 = 0;
  let at = from;
  while (at < end) {
    const byte = load<u8>(at++);
    value |= <u64>(byte & 127) << shift;
    if (!(byte & 128)) {
      lengthEnd = at;
      return value > MAX_LENGTH ? -1 : <i32>value;
    }
    shift += 7;
    if (shift > 35) return -1;
  }
  return -1;
}

/**
 * Builds `target` from `base`. 16 bytes behind `target` may be overwritten, and 16 behind `base` and `delta` are read.
 * @param copies gets a triple of i32 for each run copied: offset in base, length, offset in target. Runs that continue each
 *   other in both are one. Room for 12 bytes a byte of delta suffices.
 * @returns the number of triples, or -1 when delta, base and target do not fit together
 */
export function applyDelta(
  base: usize, baseLength: i32, delta: usize, deltaLength: i32, target: usize, targetLength: i32, copies: usize,
): i32 {
  if (deltaTargetLength(delta, deltaLength) != targetLength || baseLengthSeen != baseLength) return -1;
  const end = delta + deltaLength;
  const limit = target + targetLength;
  let at = lengthEnd;
  let out = target;
  let triple = copies - 12;
  let expectedFrom: i32 = -1;
  let expectedTo: usize = 0;
  while (at < end) {
    const op: u32 = load<u8>(at++);
    if (op & 128) {
      // The 64 bits behind the opcode hold all seven argument bytes.
      let from: u32 = 0;
      let size: u32 = 0;
      if (op & 1) from = load<u8>(at++);
      if (op & 2) from |= <u32>load<u8>(at++) << 8;
      if (op & 4) from |= <u32>load<u8>(at++) << 16;
      if (op & 8) from |= <u32>load<u8>(at++) << 24;
      if (op & 16) size = load<u8>(at++);
      if (op & 32) size |= <u32>load<u8>(at++) << 8;
      if (op & 64) size |= <u32>load<u8>(at++) << 16;
      if (size == 0) size = 0x10000;
      if (at > end || <u64>from + size > <u64>baseLength || <u64>size > <u64>(limit - out)) return -1;
      copy(out, base + from, size);
      if (<i32>from == expectedFrom && out == expectedTo) {
        store<i32>(triple, load<i32>(triple, 4) + <i32>size, 4);
      } else {
        triple += 12;
        store<i32>(triple, <i32>from);
        store<i32>(triple, <i32>size, 4);
        store<i32>(triple, <i32>(out - target), 8);
      }
      out += size;
      expectedFrom = <i32>(from + size);
      expectedTo = out;
    } else {
      if (op == 0 || at + op > end || op > <u32>(limit - out)) return -1;
      copy(out, at, op);
      out += op;
      at += op;
    }
  }
  if (out != limit) return -1;
  return <i32>((triple + 12 - copies) / 12);
}

// Most runs are short: they are moved 16 bytes at a time here rather than by memory.copy, which leaves WebAssembly for each call.
// @ts-expect-error: decorator
@inline
function copy(to: usize, from: usize, size: usize): void {
  if (size > 256) {
    memory.copy(to, from, size);
    return;
  }
  const stop = to + size;
  do {
    v128.store(to, v128.load(from));
    to += 16;
    from += 16;
  } while (to < stop);
}
