// The search for keywords and encoded runs in a text of which most lines were searched before, in other versions of the file.
// Lines are taken in chunks that end where the last characters of a line say so: an edit changes the chunk it stands in, and
// those behind it begin where they did. A chunk without keyword and run is remembered by its hash (quiet.ts) and skipped where
// it turns up again. Neither crosses the end of a line.

import { findKeywords, stopped } from './keywords';
import { isQuiet, lastQuiet, LONGEST_WINDOW, remember } from './quiet';
import { findRuns, runsStopped } from './runs';

/** In place of a keyword's id in the hash. */
const CHUNK: u32 = 0xffffffff;
/** A chunk ends with the first line that makes it this long. */
const LONG: u32 = 512;
/** Hits and runs that one chunk may add without a check of the room. */
const MOST: u32 = 512;

/** Runs that the last search wrote. */
export let chunkRuns: u32 = 0;
/** Up to where runs were found: in a very long line further than keywords. */
let runsTo: u32 = 0;
/** Where it stopped: at `end`, or earlier when there was no more room. */
export let chunksTo: u32 = 0;

/** As `findKeywords` and `findRuns` together, from `from` on. @returns the number of keywords */
export function searchChunks(
  start: u32,
  from: u32,
  end: u32,
  tables: u32,
  hits: u32,
  hitCapacity: u32,
  runs: u32,
  runCapacity: u32,
): u32 {
  let count: u32 = 0;
  chunkRuns = 0;
  if (from == start) runsTo = start;
  let at = from;
  while (at < end && count + 2 * MOST < hitCapacity && chunkRuns + MOST < runCapacity) {
    const to = chunkEnd(at, end);
    const isShort = to - at <= <u32>LONGEST_WINDOW;
    if (isShort && isQuiet(at, to, CHUNK, 0)) {
      at = to;
      continue;
    }
    const hash = lastQuiet;
    let ran: u32 = 0;
    if (runsTo < to) {
      ran = findRuns(max(at, runsTo), to, runs + chunkRuns * 12, runCapacity - chunkRuns);
      chunkRuns += ran;
      runsTo = runsStopped;
      if (runsTo < to) break;
    }
    const found = findKeywords(start, at, to, tables, hits + (count << 3), hitCapacity - count);
    count += found;
    if (isShort && found == 0 && ran == 0) remember(hash);
    at = stopped;
  }
  chunksTo = at;
  return count;
}

function chunkEnd(from: u32, end: u32): u32 {
  let at = from;
  while (at < end) {
    at = lineEnd(at, end);
    // One line of four, by its last four characters.
    if (at - from >= LONG || (at - from >= 4 && (load<u32>(at - 4) * 0x9e3779b1) >>> 30 == 0)) return at;
  }
  return end;
}

/** After the next newline. */
function lineEnd(from: u32, end: u32): u32 {
  const newline = i8x16.splat(10);
  for (let at = from; at < end; at += 16) {
    const mask = i8x16.bitmask(i8x16.eq(v128.load(at), newline));
    if (mask) return min(at + ctz(mask) + 1, end);
  }
  return end;
}
