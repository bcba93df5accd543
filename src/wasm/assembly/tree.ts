// Git's tree objects: entries `mode SP name NUL id`, mode in octal ASCII.
// Of all entries only those matter that lead on: directories, and blobs that are looked for ("marked"). A tree built from a delta
// takes over what is known of the entries that were copied whole, so that only new entries cost a look-up.

import { isQuiet } from './quiet';

/** A slot: 12 bytes of the id, then row + 1 with the mark in its top bit. One cache line a look-up. */
const SLOT: usize = 16;
const MARK: u32 = 0x80000000;

let slots: usize = 0;
let slotMask: u64 = 0;
/** A bit for each value of an id's first two bytes that a marked id has: keeps most blobs from a look-up in the large table. */
const marks: usize = memory.data(8192, 16);

/** Whether blobs that are not marked are told by their names, as long as `isQuiet` does not know these. */
let tellsNames: bool = false;

let freshCount: i32 = 0;
let sameEdges: i32 = 0;

/** Uses `count` (a power of two) slots at `at`, all free. */
export function useIds(at: usize, count: i32): void {
  slots = at;
  slotMask = <u64>(count - 1);
  memory.fill(at, 0, <usize>count * SLOT);
  memory.fill(marks, 0, 8192);
}

/** From here on `treeEdges` tells names of blobs that are not marked; `useQuiet` must have been called. */
export function tellNames(): void {
  tellsNames = true;
}

/** Enters ids that stand one behind the other, for rows `first` on. */
export function addIds(ids: usize, count: i32, idLength: i32, first: i32): void {
  for (let i = 0; i < count; i++) {
    const id = ids + <usize>i * idLength;
    const slot = slotOf(id);
    if (load<u32>(slot, 12) != 0) continue;
    store<u64>(slot, load<u64>(id));
    store<u32>(slot, load<u32>(id, 8), 8);
    store<u32>(slot, <u32>(first + i + 1), 12);
  }
}

/** Marks an id that was entered. @returns its row, or -1 when it was not */
export function markId(id: usize): i32 {
  const slot = slotOf(id);
  const row = <i32>(load<u32>(slot, 12) & ~MARK) - 1;
  if (row < 0) return row;
  store<u32>(slot, load<u32>(slot, 12) | MARK, 12);
  const bit = <u32>load<u16>(id);
  store<u8>(marks + (bit >> 3), load<u8>(marks + (bit >> 3)) | <u8>(<u32>1 << (bit & 7)));
  return row;
}

/** The slot that holds the id, or the free one where it belongs. */
// @ts-ignore: decorator
@inline
function slotOf(id: usize): usize {
  const head = load<u64>(id);
  const rest = load<u32>(id, 8);
  let index = (head ^ (head >> 32)) & slotMask;
  let slot = slots + <usize>index * SLOT;
  while (load<u32>(slot, 12) != 0 && (load<u64>(slot) != head || load<u32>(slot, 8) != rest)) {
    index = (index + 1) & slotMask;
    slot = slots + <usize>index * SLOT;
  }
  return slot;
}

/** Entries that the last `treeEdges` listed at `fresh`. */
export function treeFreshCount(): i32 {
  return freshCount;
}

/** Whether the last `treeEdges` gave exactly the base's edges. */
export function treeSameEdges(): i32 {
  return sameEdges;
}

/**
 * Lists the entries of a tree that lead on, as edges: i32 triples of the entry's offset, the row it leads to, and its name's number.
 * @param copies how the tree was made from its base, as `applyDelta` says; none for a tree stored whole
 * @param baseEdges the base's edges
 * @param out room for a triple per 24 bytes of tree
 * @param fresh room for as many triples: for each edge not known from the base its index, and offset and length of its name,
 *   which the caller numbers; for each entry that no row has -1, and offset and length of its id; for each blob that is not marked
 *   and whose name is told -2, and offset and length of the name
 * @returns the number of edges, or -1 when the tree is malformed
 */
export function treeEdges(
  tree: usize, length: i32, idLength: i32, copies: usize, copyCount: i32, baseEdges: usize, baseCount: i32, out: usize, fresh: usize,
): i32 {
  const end = tree + length;
  let at = tree;
  let edge = out;
  let news = fresh;
  let copy = copies;
  const lastCopy = copies + <usize>copyCount * 12;
  let known = baseEdges;
  const lastKnown = baseEdges + <usize>baseCount * 12;
  let same = baseCount > 0 || copyCount > 0;
  while (at < end) {
    const start = <i32>(at - tree);
    let mode: u32 = 0;
    let byte: u32 = load<u8>(at);
    const modeEnd = min(at + 8, end);
    while (at < modeEnd && byte != 32) {
      mode = (mode << 3) | (byte & 7);
      byte = load<u8>(++at);
    }
    if (byte != 32) return -1;
    const name = ++at;
    at = findNul(at, end);
    if (at + 1 + idLength > end) return -1;
    const nameLength = <i32>(at - name);
    const id = at + 1;
    at = id + idLength;
    const kind = mode >> 12;
    if (kind == 14) continue; // a submodule's commit
    while (copy < lastCopy && load<i32>(copy, 8) + load<i32>(copy, 4) <= start) copy += 12;
    const inherited =
      copy < lastCopy && load<i32>(copy, 8) <= start && <i32>(at - tree) <= load<i32>(copy, 8) + load<i32>(copy, 4);
    if (inherited) {
      if (kind != 4) {
        const bit = <u32>load<u16>(id);
        if (!(load<u8>(marks + (bit >> 3)) & (1 << (bit & 7)))) continue;
      }
      const baseStart = start - load<i32>(copy, 8) + load<i32>(copy);
      // Copies mostly go forward in the base; where one does not, the search begins anew.
      if (known > baseEdges && load<i32>(known - 12) >= baseStart) known = baseEdges;
      while (known < lastKnown && load<i32>(known) < baseStart) known += 12;
      if (known < lastKnown && load<i32>(known) == baseStart) {
        if (baseStart != start || known - baseEdges != edge - out) same = false;
        store<i32>(edge, start);
        store<u64>(edge, load<u64>(known, 4), 4);
        edge += 12;
        continue;
      }
    }
    const entry = load<u32>(slotOf(id), 12);
    if (entry == 0) {
      store<i32>(news, -1);
      store<i32>(news, <i32>(id - tree), 4);
      store<i32>(news, idLength, 8);
      news += 12;
      continue;
    }
    if (kind != 4 && !(entry & MARK)) {
      if (tellsNames && !isQuiet(name, name + nameLength, 0, 0)) {
        store<i32>(news, -2);
        store<i32>(news, <i32>(name - tree), 4);
        store<i32>(news, nameLength, 8);
        news += 12;
      }
      continue;
    }
    same = false;
    store<i32>(edge, start);
    store<i32>(edge, <i32>(entry & ~MARK) - 1, 4);
    store<i32>(edge, -1, 8);
    store<i32>(news, <i32>((edge - out) / 12));
    store<i32>(news, <i32>(name - tree), 4);
    store<i32>(news, nameLength, 8);
    edge += 12;
    news += 12;
  }
  freshCount = <i32>((news - fresh) / 12);
  sameEdges = same && edge - out == lastKnown - baseEdges ? 1 : 0;
  return <i32>((edge - out) / 12);
}

// Names are 8 to 20 bytes, so 16 bytes a step find nearly every end in one or two.
// @ts-ignore: decorator
@inline
function findNul(from: usize, end: usize): usize {
  let at = from;
  const zero = i8x16.splat(0);
  while (at < end) {
    const mask = i8x16.bitmask(i8x16.eq(v128.load(at), zero));
    if (mask) return at + <usize>ctz(mask);
    at += 16;
  }
  return end;
}
