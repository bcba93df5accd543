import { Secret } from '../model/secret.ts';
import type { Locator } from './locate.ts';

/** Bytes shown before and after a secret; a longer line is cut. */
const REACH = 100;
/** A multi-line secret is shown by its beginning. */
const MOST = 240;

/** A stretch of the blob that must not be shown. */
export interface Masked {
  start: number;
  end: number;
  mask: string;
}

/** Sorted, and without overlaps: a span within another goes, the mask of the first stays. */
export function prepareMasks(masks: Masked[]): Masked[] {
  const sorted = [...masks].sort((a, b) => a.start - b.start || b.end - a.end);
  const merged: Masked[] = [];
  for (const mask of sorted) {
    const last = merged[merged.length - 1];
    if (last && mask.start < last.end) last.end = Math.max(last.end, mask.end);
    else merged.push({ ...mask });
  }
  return merged;
}

/** The line around [start, end), once with every secret masked and once as it is. */
export function cutSnippet(
  bytes: Buffer,
  locator: Locator,
  start: number,
  end: number,
  masks: Masked[],
  wide: boolean,
) {
  const from = locator.lineStart(start, REACH);
  const lineEnd = locator.lineEnd(start, MOST + REACH);
  const to = Math.min(lineEnd, Math.max(end, start) + REACH, start + MOST + REACH);
  const show = (a: number, b: number) => decode(bytes.subarray(a, b), wide);
  let masked = '';
  let at = from;
  for (let i = firstEndingAfter(masks, from); i < masks.length && masks[i].start < to; i++) {
    if (masks[i].start > at) masked += show(at, masks[i].start);
    masked += masks[i].mask;
    at = masks[i].end;
  }
  if (at < to) masked += show(at, to);
  return {
    snippet: masked.trimEnd(),
    rawSnippet: show(from, Math.min(to, Math.max(lineEnd, start))).trimEnd(),
  };
}

/** The mask for a decoded secret's encoded form: nothing of it is shown. */
export const ENCODED_MASK = Secret.of('').mask;

function decode(bytes: Buffer, wide: boolean): string {
  const text = wide ? bytes.toString('latin1').replaceAll('\0', '') : bytes.toString('utf8');
  return text.replace(/[\r\n]+$/, '');
}

function firstEndingAfter(masks: Masked[], offset: number): number {
  let low = 0;
  let high = masks.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (masks[middle].end <= offset) low = middle + 1;
    else high = middle;
  }
  return low;
}
