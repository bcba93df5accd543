import { createHash } from 'node:crypto';

/** Half-open, in bytes. */
export type Range = [start: number, end: number];

const LF = 10;
const CR = 13;

/** Lines longer than this (bytes) are compared by a digest, so that a huge line does not become a huge string. */
const LONG_LINE = 4096;

/** Equal stretches are skipped natively by pages of this many bytes. */
const PAGE = 4096;

/**
 * The lines of `next` that none of its previous versions holds, as byte ranges; neighbours are joined.
 *
 * A line is old when a previous version holds it too, wherever it stands there: a line that only moved is nothing new,
 * a line that was doubled is. That is what a diff says of changed lines, without its alignment (which calls moved lines
 * new) and without another process. Line ends do not count, so that a file converted from LF to CRLF is not new as a
 * whole. With several previous versions (the parents of a merge) a line must be new against each of them.
 */
export function changedRanges(next: Uint8Array, previous: readonly Uint8Array[]): Range[] {
  if (previous.length === 0) return next.length > 0 ? [[0, next.length]] : [];
  return previous.map((version) => addedTo(version, next)).reduce(intersect);
}

function addedTo(previous: Uint8Array, next: Uint8Array): Range[] {
  const start = commonStart(previous, next);
  const tail = commonEnd(previous, next, start);
  const old = countLines(previous, start, previous.length - tail);
  const ranges: Range[] = [];
  for (const [from, to] of linesOf(next, start, next.length - tail)) {
    const key = keyOf(next, from, to);
    const left = old.get(key);
    if (left) {
      old.set(key, left - 1);
      continue;
    }
    const last = ranges.at(-1);
    if (last && holdsLineEndsOnly(next, last[1], from)) last[1] = to;
    else ranges.push([from, to]);
  }
  return ranges;
}

/** Bytes at the start that both share, up to the start of a line. */
function commonStart(a: Uint8Array, b: Uint8Array): number {
  const end = Math.min(a.length, b.length);
  const length = longest(end, (from, to) => same(a, from, b, from, to - from));
  return length === 0 || b[length - 1] === LF ? length : lastLineStart(b, length);
}

/** Bytes at the end that both share, from the start of a line, without the first `start` bytes. */
function commonEnd(a: Uint8Array, b: Uint8Array, start: number): number {
  const end = Math.min(a.length, b.length) - start;
  let length = longest(end, (from, to) => same(a, a.length - to, b, b.length - to, to - from));
  const startsLine = (bytes: Uint8Array) => {
    const position = bytes.length - length;
    return position === start || bytes[position - 1] === LF;
  };
  while (length > 0 && !(startsLine(a) && startsLine(b))) length--;
  return length;
}

/**
 * The longest length up to `end` whose bytes are the same: by pages, then by halves, since comparing natively is quick at
 * once and a loop over bytes only when it has run for a while. A hook is over before that.
 */
function longest(end: number, isSame: (from: number, to: number) => boolean): number {
  let length = 0;
  while (length + PAGE <= end && isSame(length, length + PAGE)) length += PAGE;
  let over = Math.min(length + PAGE, end) + 1;
  while (over - length > 1) {
    const middle = (length + over) >> 1;
    if (isSame(length, middle)) length = middle;
    else over = middle;
  }
  return length;
}

function same(a: Uint8Array, fromA: number, b: Uint8Array, fromB: number, length: number): boolean {
  return Buffer.compare(a.subarray(fromA, fromA + length), b.subarray(fromB, fromB + length)) === 0;
}

/** Where the line begins that holds the byte before `end`. */
function lastLineStart(bytes: Uint8Array, end: number): number {
  return bytes.lastIndexOf(LF, end - 1) + 1;
}

function countLines(bytes: Uint8Array, start: number, end: number): Map<string, number> {
  const counts = new Map<string, number>();
  for (const [from, to] of linesOf(bytes, start, end)) {
    const key = keyOf(bytes, from, to);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}

/** Lines that are not empty, without their ends. A lone CR ends a line too, as editors have it. */
function linesOf(bytes: Uint8Array, start: number, end: number): Range[] {
  const lines: Range[] = [];
  const text = bytes.subarray(start, end);
  let from = 0;
  let cr = text.indexOf(CR);
  let lf = text.indexOf(LF);
  while (cr >= 0 || lf >= 0) {
    const at = cr >= 0 && (lf < 0 || cr < lf) ? cr : lf;
    if (at > from) lines.push([start + from, start + at]);
    from = at + 1;
    if (at === cr) cr = text.indexOf(CR, from);
    else lf = text.indexOf(LF, from);
  }
  if (text.length > from) lines.push([start + from, end]);
  return lines;
}

function keyOf(bytes: Uint8Array, from: number, to: number): string {
  const line = Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from);
  if (line.length <= LONG_LINE) return line.toString('latin1');
  // A short line cannot pose as a long one: no 32 bytes of digest are a line of this length.
  return `${line.length}:${createHash('sha256').update(line).digest().toString('latin1')}`;
}

function holdsLineEndsOnly(bytes: Uint8Array, from: number, to: number): boolean {
  for (let i = from; i < to; i++) if (bytes[i] !== LF && bytes[i] !== CR) return false;
  return true;
}

function intersect(a: Range[], b: Range[]): Range[] {
  const both: Range[] = [];
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    const start = Math.max(a[i][0], b[j][0]);
    const end = Math.min(a[i][1], b[j][1]);
    if (start < end) both.push([start, end]);
    if (a[i][1] < b[j][1]) i++;
    else j++;
  }
  return both;
}
