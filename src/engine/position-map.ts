/** How positions of a decoded text relate to those of the text it came from. */
export const SAME = 1;
export const UTF16 = 2;
export const BASE64 = 3;
export const HEX = 4;
/** Everything decoded comes from the whole of a run: compressed data has no finer relation. */
export const WHOLE = 5;
/** An undone escape: this plus a bit of ESCAPES. */
export const UNDONE = 16;
export const ESCAPES: [bit: number, name: string][] = [
  [1, 'percent'],
  [2, 'unicode'],
  [4, 'markup'],
  [8, 'concatenation'],
];

/**
 * Pieces of a decoded text in order: from `written[i]` on, it came from `read[i]` on, in the manner of `kind[i]`.
 * All are byte offsets.
 */
export interface PositionMap {
  written: ArrayLike<number>;
  read: ArrayLike<number>;
  kind: ArrayLike<number>;
  length: number;
}

/** The source offset of what stands at `offset` in the decoded text. */
export function mapBack(map: PositionMap, offset: number): number {
  let low = 0;
  let high = map.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (map.written[middle] <= offset) low = middle;
    else high = middle - 1;
  }
  const along = offset - map.written[low];
  switch (map.kind[low]) {
    case UTF16:
      return map.read[low] + along * 2;
    case HEX:
      return map.read[low] + along * 2;
    case BASE64:
      return map.read[low] + Math.floor(along / 3) * 4 + (along % 3);
    case WHOLE:
      return map.read[low];
    default:
      return map.read[low] + along;
  }
}

/** The source offset after the last byte before `end`. */
export function mapBackEnd(map: PositionMap, end: number): number {
  if (end === 0) return mapBack(map, 0);
  const last = mapBack(map, end - 1);
  let piece = map.length - 1;
  while (piece > 0 && map.written[piece] > end - 1) piece--;
  const kind = map.kind[piece];
  if (kind === WHOLE) return piece + 1 < map.length ? map.read[piece + 1] : last + 1;
  return last + (kind === UTF16 || kind === HEX || kind === BASE64 ? 2 : 1);
}

/** The kinds of escapes undone in [from, to) of the decoded text; undefined when there is none. */
export function escapesIn(map: PositionMap, from: number, to: number): string[] | undefined {
  let bits = 0;
  for (let i = firstPieceFrom(map, from); i < map.length && map.written[i] < to; i++) {
    if (map.kind[i] >= UNDONE) bits |= map.kind[i] - UNDONE;
  }
  return bits ? ESCAPES.filter(([bit]) => bits & bit).map(([, name]) => name) : undefined;
}

/** Whether an escape was undone in [from, to) of the decoded text. */
export function hasEscapeIn(map: PositionMap, from: number, to: number): boolean {
  for (let i = firstPieceFrom(map, from); i < map.length && map.written[i] < to; i++)
    if (map.kind[i] >= UNDONE) return true;
  return false;
}

function firstPieceFrom(map: PositionMap, offset: number): number {
  let low = 0;
  let high = map.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (map.written[middle] < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}
