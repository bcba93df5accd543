// What of a text must be looked at: keywords, and encoded runs. A version of a file that git stores as a delta takes over those of
// its base where it copies, so that only what is new is searched, and only keywords are tried whose rules look at a change.

import { mayAssign } from './assignment';
import { chunkRuns, chunksTo, searchChunks } from './chunks';
import { hasEscape } from './escapes';
import { findKeywords, stopped } from './keywords';
import { isQuiet, lastQuiet, remember } from './quiet';
import { findRuns, isEncoded, LEAST, runsStopped } from './runs';
import { countByte } from './text';

// By keyword, 16 bytes: how far its rules look before and after it, its length, and its kind.
const REACH: u32 = 16;
/** Some of its rules look so far that a change in their reach asks for all of the text. */
const FAR: u32 = 1;
/** All of its rules ask for an assignment. */
const ASSIGNED: u32 = 2;

/** (offset, keyword) pairs of u32, in order. */
const HIT: u32 = 8;
const MOST_HITS: u32 = 1 << 21;
/** from, to, kind as `findRuns` gives them, and where the text ends that may be decoded together with the run: u32; in order. */
const RUN: u32 = 16;
const MOST_RUNS: u32 = 1 << 16;
/** Offset, keyword, and the hash of the window as u64, or 0 when that is not remembered. */
const TRY: u32 = 16;
const MOST_TRIES: u32 = 1 << 16;
const SPAN: u32 = 8;
const MOST_SPANS: u32 = 1 << 16;

/** What stands this far beside an encoded run is read with it, as its label. */
const LABEL: u32 = 256;
/** Zero bytes that a text in UTF-16 has at least. */
const LEAST_ZEROS: u32 = 8;
/** A line of wrapped base64 is at least this long. */
const LEAST_LINE: u32 = 40;

/** The result of `searchDelta`: only keywords and spans near changes matter; all of the text; it holds too much to tell. */
const PART: i32 = 0;
const ALL: i32 = 1;
const TOO_MUCH: i32 = 2;

let tables: u32 = 0;
let found: u32 = 0;
let foundCapacity: u32 = 0;
let foundRuns: u32 = 0;
let foundRunCapacity: u32 = 0;
let reaches: u32 = 0;
let longest: u32 = 0;
let reachOfRules: u32 = 0;
let hits: u32 = 0;
let runs: u32 = 0;

let text: u32 = 0;
let length: u32 = 0;
let runsTo: u32 = 0;
let extentFrom: u32 = 0;
let extentTo: u32 = 0;
let asksAll: bool = false;
let overflows: bool = false;
let nextBaseHit: u32 = 0;

/** Addresses of results. */
export let tries: u32 = 0;
export let spans: u32 = 0;
export let nearRuns: u32 = 0;
export let hitCount: u32 = 0;
export let runCount: u32 = 0;
export let tryCount: u32 = 0;
/** Spans around changes that hold something to decode. */
export let spanCount: u32 = 0;
export let nearRunCount: u32 = 0;
/** Where the first change begins. */
export let firstChange: u32 = 0;

/** Bytes that `useSearch` takes at `room`. */
export function searchRoom(): u32 {
  return MOST_HITS * HIT + 2 * MOST_RUNS * RUN + MOST_TRIES * TRY + MOST_SPANS * SPAN;
}

/**
 * @param reachesAt REACH bytes a keyword
 * @param longestKeyword in bytes
 * @param near how far from a change a decoded match may depend on it
 */
export function useSearch(
  tablesAt: u32, results: u32, capacity: u32, runResults: u32, runCapacity: u32, reachesAt: u32, longestKeyword: u32, near: u32, room: u32,
): void {
  tables = tablesAt;
  found = results;
  foundCapacity = capacity;
  foundRuns = runResults;
  foundRunCapacity = runCapacity;
  reaches = reachesAt;
  longest = longestKeyword;
  reachOfRules = near;
  hits = room;
  runs = hits + MOST_HITS * HIT;
  nearRuns = runs + MOST_RUNS * RUN;
  tries = nearRuns + MOST_RUNS * RUN;
  spans = tries + MOST_TRIES * TRY;
}

function begin(textAt: u32, textLength: u32): void {
  text = textAt;
  length = textLength;
  hitCount = 0;
  runCount = 0;
  tryCount = 0;
  spanCount = 0;
  nearRunCount = 0;
  firstChange = 0xffffffff;
  runsTo = 0;
  extentTo = 0;
  asksAll = false;
  overflows = false;
  nextBaseHit = 0;
}

/** Finds all keywords and runs of a text. @returns ALL or TOO_MUCH */
export function searchWhole(textAt: u32, textLength: u32): i32 {
  begin(textAt, textLength);
  const end = text + length;
  for (let from = text; from < end && !overflows; from = chunksTo) {
    const count = searchChunks(text, from, end, tables, found, foundCapacity, foundRuns, foundRunCapacity);
    for (let i: u32 = 0; i < count; i++) addHit(load<u32>(found + i * 8) - text, load<u32>(found + i * 8, 4));
    for (let i: u32 = 0; i < chunkRuns; i++) addRun(foundRuns + i * 12);
  }
  return overflows ? TOO_MUCH : ALL;
}

/**
 * Finds the keywords and runs of a text that was made from a base.
 * @param base what `keepSearch` wrote of the base: its keywords, then its runs
 * @param copies as `applyDelta` says
 */
export function searchDelta(
  textAt: u32, textLength: u32, base: u32, baseHits: u32, baseRuns: u32, baseLength: u32, copies: u32, copyCount: u32,
): i32 {
  begin(textAt, textLength);
  const shortest = max<u32>(96, longest + 1);
  let gap: u32 = 0;
  let sourceEnd: u32 = 0;
  for (let i: u32 = 0; i <= copyCount; i++) {
    const copy = copies + i * 12;
    const isEnd = i == copyCount;
    const source = isEnd ? baseLength : load<u32>(copy);
    const size: u32 = isEnd ? 0 : load<u32>(copy, 4);
    const target = isEnd ? length : load<u32>(copy, 8);
    // To search a short one costs less than to look at its two ends.
    if (!isEnd && size < shortest) continue;
    if (target != gap || source != sourceEnd) searchChange(gap, target);
    if (size > 0) takeOver(base, baseHits, baseRuns, baseLength, source, size, target);
    gap = target + size;
    sourceEnd = source + size;
  }
  if (overflows) return TOO_MUCH;
  return keepSpansToDecode() && !asksAll ? PART : ALL;
}

/** Finds what touches [from, to), or stands across the seam when it is empty. */
function searchChange(from: u32, to: u32): void {
  if (firstChange > from) firstChange = from;
  addSpan(from, to);
  const low = from >= longest ? from - longest + 1 : 0;
  const end = text + min(length, to + longest - 1);
  for (let at = text + low; at < end; at = stopped) {
    const count = findKeywords(text + low, at, end, tables, found, foundCapacity);
    for (let i: u32 = 0; i < count; i++) {
      const begins = load<u32>(found + i * 8) - text;
      const keyword = load<u32>(found + i * 8, 4);
      if (begins >= to || begins + load<u32>(reaches + keyword * REACH, 8) <= from) continue;
      addHit(begins, keyword);
      choose(begins, keyword);
    }
  }
  searchRuns(from, to);
}

/** Finds the runs that touch [from, to], whole. */
function searchRuns(from: u32, to: u32): void {
  let low = max(from, runsTo);
  while (low > runsTo && isEncoded(text + low - 1)) low--;
  let high = max(to, low);
  while (high < length && isEncoded(text + high)) high++;
  runsTo = high;
  if (high - low < LEAST) return;
  for (let at = text + low; at < text + high && !overflows; at = runsStopped) {
    const count = findRuns(at, text + high, foundRuns, foundRunCapacity);
    for (let i: u32 = 0; i < count; i++) {
      addRun(foundRuns + i * 12);
      if (!overflows) addNearRun(runs + (runCount - 1) * RUN);
    }
  }
}

/** Takes over what stands within [source, source + size) of the base, now at `target`. */
function takeOver(base: u32, baseHits: u32, baseRuns: u32, baseLength: u32, source: u32, size: u32, target: u32): void {
  const end = source + size;
  const targetEnd = target + size;
  const changesBefore = source != 0 || target != 0;
  const changesAfter = end != baseLength || targetEnd != length;
  const shift = target - source;
  const hitsEnd = base + baseHits * HIT;
  let hit = nextHitFrom(base, baseHits, source);
  for (; hit < hitsEnd; hit += HIT) {
    const begins = load<u32>(hit);
    if (begins >= end) break;
    const keyword = load<u32>(hit, 4);
    const reach = reaches + keyword * REACH;
    const ends = begins + load<u32>(reach, 8);
    if (ends > end) continue;
    addHit(begins + shift, keyword);
    if ((changesBefore && begins <= source + load<u32>(reach)) || (changesAfter && ends + load<u32>(reach, 4) >= end))
      choose(begins + shift, keyword);
  }
  nextBaseHit = hit;
  const runsEnd = hitsEnd + baseRuns * RUN;
  for (let run = firstFrom(hitsEnd, runsEnd, RUN, source); run < runsEnd; run += RUN) {
    const from = load<u32>(run);
    if (from >= end) break;
    const to = load<u32>(run, 4);
    // At the edge of a copy it may go on.
    if (changesBefore && from == source) continue;
    if (changesAfter ? to >= end : to > end) continue;
    if (runCount >= MOST_RUNS) {
      overflows = true;
      return;
    }
    const own = runs + runCount++ * RUN;
    const extent = load<u32>(run, 12);
    store<u32>(own, from + shift);
    store<u32>(own, to + shift, 4);
    store<u32>(own, load<u32>(run, 8), 8);
    store<u32>(own, extent < end || !changesAfter ? extent + shift : extentOf(to + shift), 12);
    if ((changesBefore && from <= source + LABEL) || (changesAfter && load<u32>(own, 12) + LABEL >= targetEnd)) addNearRun(own);
  }
}

/** The first keyword of the base at or after `offset`. Copies mostly go forward, so mostly it is the very next. */
function nextHitFrom(base: u32, baseHits: u32, offset: u32): u32 {
  const end = base + baseHits * HIT;
  if (nextBaseHit <= base) return firstFrom(base, end, HIT, offset);
  if (load<u32>(nextBaseHit - HIT) >= offset) return firstFrom(base, nextBaseHit, HIT, offset);
  if (nextBaseHit >= end || load<u32>(nextBaseHit) >= offset) return nextBaseHit;
  return firstFrom(nextBaseHit, end, HIT, offset);
}

/** Of entries that begin with an offset, and stand in its order, the first at or after `offset`. */
function firstFrom(from: u32, end: u32, size: u32, offset: u32): u32 {
  let low = from;
  let high = end;
  while (low < high) {
    const middle = low + (((high - low) / size) >> 1) * size;
    if (load<u32>(middle) < offset) low = middle + size;
    else high = middle;
  }
  return low;
}

/** Lists the keywords from number `from` on that must be tried. @returns the number of the first that had no more room */
export function chooseAll(from: u32): u32 {
  tryCount = 0;
  let i = from;
  for (; i < hitCount && tryCount < MOST_TRIES; i++) {
    const hit = hits + i * HIT;
    chooseHere(load<u32>(hit), load<u32>(hit, 4));
  }
  return i;
}

/** Remembers that a keyword was tried and nothing found. */
export function noteTry(number: u32): void {
  const hash = load<u64>(tries + number * TRY, 8);
  if (hash != 0) remember(hash);
}

/** Copies keywords and runs to where the caller keeps them. */
export function keepSearch(to: u32): void {
  memory.copy(to, hits, hitCount * HIT);
  memory.copy(to + hitCount * HIT, runs, runCount * RUN);
}

function choose(offset: u32, keyword: u32): void {
  if (load<u32>(reaches + keyword * REACH, 12) & FAR || tryCount >= MOST_TRIES) asksAll = true;
  if (!asksAll) chooseHere(offset, keyword);
}

/** Lists a keyword to be tried unless a look, or what is remembered of its window, tells that no rule finds anything. */
function chooseHere(offset: u32, keyword: u32): void {
  const reach = reaches + keyword * REACH;
  const kind = load<u32>(reach, 12);
  const end = offset + load<u32>(reach, 8);
  if (kind & ASSIGNED && !mayAssign(text + end, text + length)) return;
  let hash: u64 = 0;
  if (!(kind & FAR)) {
    const before = load<u32>(reach);
    const from = offset > before ? offset - before : 0;
    const to = min(length, end + load<u32>(reach, 4));
    if (isQuiet(text + from, text + to, keyword, offset - from)) return;
    hash = lastQuiet;
  }
  const entry = tries + tryCount++ * TRY;
  store<u32>(entry, offset);
  store<u32>(entry, keyword, 4);
  store<u64>(entry, hash, 8);
}

/** Nearly in order already. */
function addHit(offset: u32, keyword: u32): void {
  if (hitCount >= MOST_HITS) {
    overflows = true;
    return;
  }
  let at = hits + hitCount++ * HIT;
  while (at > hits && load<u32>(at - HIT) > offset) {
    store<u64>(at, load<u64>(at - HIT));
    at -= HIT;
  }
  store<u32>(at, offset);
  store<u32>(at, keyword, 4);
}

/** @param run three words of `findRuns` */
function addRun(run: u32): void {
  if (runCount >= MOST_RUNS) {
    overflows = true;
    return;
  }
  const own = runs + runCount++ * RUN;
  const to = load<u32>(run, 4) - text;
  store<u32>(own, load<u32>(run) - text);
  store<u32>(own, to, 4);
  store<u32>(own, load<u32>(run, 8), 8);
  store<u32>(own, extentOf(to), 12);
}

/** Runs that are to be decoded, with addresses as `findRuns` gives them. */
function addNearRun(run: u32): void {
  const near = nearRuns + nearRunCount++ * 12;
  store<u32>(near, load<u32>(run) + text);
  store<u32>(near, load<u32>(run, 4) + text, 4);
  store<u32>(near, load<u32>(run, 8), 8);
}

/** All runs as those to be decoded. */
export function chooseAllRuns(): void {
  nearRunCount = 0;
  for (let i: u32 = 0; i < runCount; i++) addNearRun(runs + i * RUN);
}

/** How far lines of wrapped base64 may go on after a run. Each line is a run, so what was seen of one tells of the next. */
function extentOf(to: u32): u32 {
  if (to >= extentFrom && to < extentTo) return extentTo;
  let at = to;
  while (at < length && (isEncoded(text + at) || isBlank(load<u8>(text + at)))) at++;
  extentFrom = to;
  extentTo = at;
  return at;
}

// @ts-ignore: decorator
@inline
function isBlank(byte: u32): bool {
  return byte == 32 || (byte >= 9 && byte <= 13) || byte == 61;
}

function addSpan(from: u32, to: u32): void {
  const low = from > reachOfRules ? from - reachOfRules : 0;
  const high = min(length, to + reachOfRules);
  const last = spans + (spanCount - 1) * SPAN;
  if (spanCount > 0 && (low <= load<u32>(last, 4) || spanCount == MOST_SPANS)) {
    store<u32>(last, max(high, load<u32>(last, 4)), 4);
    return;
  }
  store<u32>(spans + spanCount * SPAN, low);
  store<u32>(spans + spanCount * SPAN, high, 4);
  spanCount++;
}

/** Of the spans keeps those in which something is to be decoded. @returns false when one of them does not show enough */
function keepSpansToDecode(): bool {
  const count = spanCount;
  spanCount = 0;
  for (let i: u32 = 0; i < count; i++) {
    const from = load<u32>(spans + i * SPAN);
    const to = load<u32>(spans + i * SPAN, 4);
    if (from > 0 && reachesOut(from, 1)) return false;
    if (to < length && reachesOut(to - 1, -1)) return false;
    const first = text + from;
    const end = text + to;
    if (!hasEscape(text, first, end) && countByte(first, end, 0) < LEAST_ZEROS) continue;
    store<u32>(spans + spanCount * SPAN, from);
    store<u32>(spans + spanCount * SPAN, to, 4);
    spanCount++;
  }
  return true;
}

/**
 * Whether the run in which a span is cut goes on to where the change in it begins, or its label: how a run is decoded may hang on
 * its first character, and what it says on its last.
 */
function reachesOut(cut: u32, step: i32): bool {
  // The first line is cut as well: how long it is cannot be told.
  let line = LEAST_LINE;
  let at = text + cut;
  for (let i: u32 = 0; i < reachOfRules - LABEL; i++, at += step) {
    const byte: u32 = load<u8>(at);
    // Every other byte of UTF-16.
    if (byte == 0) continue;
    const isWhite = byte == 32 || byte == 9 || byte == 10 || byte == 13;
    if (!isWhite && !isEncoded(at) && !isEscape(byte)) return false;
    if (isWhite && line > 0 && line < LEAST_LINE) return false;
    line = isWhite ? 0 : line + 1;
  }
  return true;
}

/** = % \ & # ; of padding and escapes. */
// @ts-ignore: decorator
@inline
function isEscape(byte: u32): bool {
  return byte == 61 || byte == 37 || byte == 92 || byte == 38 || byte == 35 || byte == 59;
}
