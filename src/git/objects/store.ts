import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Skipped } from '../../model/report.ts';
import type { Repository } from '../repository.ts';
import { type ReferenceDelta, readPackEntries, settleTypes } from './pack-entries.ts';
import { type PackIndex, readPackIndex } from './pack-index.ts';
import {
  buildIdMap,
  createTable,
  DUPLICATE,
  findRow,
  type IdMap,
  idOf,
  NONE,
  type ObjectTable,
  UNREADABLE,
} from './table.ts';

export interface Source {
  kind: 'pack' | 'loose';
  /** The pack file, or the object directory. */
  path: string;
  /** Its rows are `first` to `first + count`. */
  first: number;
  count: number;
}

/** All objects of a repository. Plain data over shared memory: a worker gets it by `postMessage` without a copy. */
export interface ObjectStore {
  table: ObjectTable;
  sources: Source[];
  map: IdMap;
  /** What could not be read, objects found broken later not included. */
  skipped: Skipped[];
}

interface Found {
  kind: 'pack' | 'loose';
  path: string;
  index?: PackIndex;
  ids?: Uint8Array;
  count: number;
}

/** Reads all pack indexes, the header of every pack entry, and the names of loose objects. What is broken is named in `skipped`; the rest goes on. */
export function openObjectStore(
  repository: Pick<Repository, 'objectDirs' | 'idLength' | 'missingAlternates'>,
): ObjectStore {
  const skipped: Skipped[] = [];
  for (const path of repository.missingAlternates)
    skipped.push({ path, reason: 'alternate object directory is missing' });
  const found: Found[] = [];
  for (const dir of repository.objectDirs) found.push(...findPacks(dir, repository.idLength, skipped));
  for (const dir of repository.objectDirs) found.push(...findLoose(dir, repository.idLength, skipped));

  const table = createTable(
    found.reduce((sum, { count }) => sum + count, 0),
    repository.idLength,
  );
  const sources: Source[] = [];
  const references: ReferenceDelta[] = [];
  const markBad = (row: number, reason: string) => {
    table.flags[row] |= UNREADABLE;
    skipped.push({ path: `object ${idOf(table, row)}`, reason });
  };
  let first = 0;
  for (const { kind, path, index, ids, count } of found) {
    const source: Source = { kind, path, first, count };
    table.source.fill(sources.length, first, first + count);
    if (ids) table.ids.set(ids, first * table.idLength);
    if (index) {
      try {
        for (const each of readPackEntries(path, index, table, first, markBad)) references.push(each);
      } catch (error) {
        skipped.push({ path, reason: reasonOf(error) });
        // The rows stay, so that an object that only this pack holds is still known to exist.
        table.flags.fill(UNREADABLE, first, first + count);
        table.base.fill(NONE, first, first + count);
      }
    }
    sources.push(source);
    first += count;
  }
  const map = buildIdMap(table);
  for (const { row, base } of references) {
    const baseRow = findRow(table, map, base);
    if (baseRow === NONE) markBad(row, `its delta base ${Buffer.from(base).toString('hex')} is missing`);
    else table.base[row] = baseRow;
  }
  if (sources.length > 1) preferFirstCopies(table, map);
  settleTypes(table, markBad);
  linkChildren(table, markBad);
  return { table, sources, map, skipped };
}

function findPacks(dir: string, idLength: number, skipped: Skipped[]): Found[] {
  const packDir = join(dir, 'pack');
  const names = list(packDir, skipped);
  const found: Found[] = [];
  for (const name of names.filter((name) => name.endsWith('.idx')).sort()) {
    const path = join(packDir, name.replace(/\.idx$/, '.pack'));
    if (!existsSync(path)) {
      skipped.push({ path, reason: 'its index is there, the pack is not' });
      continue;
    }
    try {
      const index = readPackIndex(join(packDir, name), idLength);
      found.push({ kind: 'pack', path, index, count: index.count });
    } catch (error) {
      skipped.push({ path: join(packDir, name), reason: reasonOf(error) });
    }
  }
  for (const name of names) {
    // Packs still being received are called tmp_pack_*.
    if (/^pack-.*\.pack$/.test(name) && !names.includes(name.replace(/pack$/, 'idx'))) {
      skipped.push({ path: join(packDir, name), reason: 'the pack has no index' });
    }
  }
  return found;
}

function findLoose(dir: string, idLength: number, skipped: Skipped[]): Found[] {
  const ids: string[] = [];
  for (const fan of list(dir, skipped).sort()) {
    if (!/^[0-9a-f]{2}$/.test(fan)) continue;
    for (const name of list(join(dir, fan), skipped).sort()) {
      if (name.length === idLength * 2 - 2 && /^[0-9a-f]+$/.test(name)) ids.push(fan + name);
    }
  }
  return ids.length === 0
    ? []
    : [{ kind: 'loose', path: dir, ids: Buffer.from(ids.join(''), 'hex'), count: ids.length }];
}

function list(dir: string, skipped: Skipped[]): string[] {
  try {
    return readdirSync(dir);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
      skipped.push({ path: dir, reason: reasonOf(error) });
    return [];
  }
}

/** Deltas refer to the first copy of their base, wherever it is, so that each object is built once. First copies stand in earlier packs only, which keeps chains free of circles. */
function preferFirstCopies(table: ObjectTable, map: IdMap): void {
  const { base, flags, ids, idLength } = table;
  for (let row = 0; row < table.count; row++) {
    const under = base[row];
    if (under !== NONE && flags[under] & DUPLICATE) base[row] = findRow(table, map, ids, under * idLength);
  }
}

/** Fills `firstChild`, `nextSibling` and `weight`; rows whose chain never ends at a whole object are bad. */
function linkChildren(table: ObjectTable, markBad: (row: number, reason: string) => void): void {
  const { count, base, firstChild, nextSibling, weight, flags } = table;
  const pending = new Uint32Array(count);
  for (let row = count - 1; row >= 0; row--) {
    weight[row] = 1;
    if (flags[row] & DUPLICATE || base[row] === NONE) continue;
    if (flags[row] & UNREADABLE) {
      base[row] = NONE;
      continue;
    }
    nextSibling[row] = firstChild[base[row]];
    firstChild[base[row]] = row;
    pending[base[row]]++;
  }
  const ready: number[] = [];
  let settled = 0;
  for (let row = 0; row < count; row++) {
    if (flags[row] & DUPLICATE) settled++;
    else if (pending[row] === 0) ready.push(row);
  }
  while (ready.length > 0) {
    const row = ready.pop()!;
    settled++;
    const under = base[row];
    if (under === NONE) continue;
    weight[under] += weight[row];
    if (--pending[under] === 0) ready.push(under);
  }
  if (settled === count) return;
  for (let row = 0; row < count; row++) {
    if (pending[row] === 0 || flags[row] & DUPLICATE) continue;
    base[row] = NONE;
    if (!(flags[row] & UNREADABLE)) markBad(row, 'its chain of deltas is a circle');
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
