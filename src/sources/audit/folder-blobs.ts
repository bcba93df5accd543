import type { TreeEdges } from '../../git/attribution/trees.ts';
import type { EntryReader } from '../../git/objects/reader.ts';
import { BLOB, findRow, NONE, TREE } from '../../git/objects/table.ts';

/** The rows of all blobs that ever stood in a folder of a name that is asked for, at whatever depth. */
export function blobsInFolders(
  found: readonly TreeEdges[],
  reader: EntryReader,
  isAsked: (name: string) => boolean,
): Set<number> {
  const { type } = reader.store.table;
  const trees = new Set<number>();
  for (const { edges, names } of found) {
    const asked = new Set(names.flatMap((name, number) => (isAsked(name) ? [number] : [])));
    if (asked.size === 0) continue;
    for (let i = 0; i < edges.length; i += 3)
      if (asked.has(edges[i + 2]) && type[edges[i + 1]] === TREE) trees.add(edges[i + 1]);
  }
  const blobs = new Set<number>();
  // A set gives what is added while it is gone through as well: the trees below.
  for (const tree of trees) {
    for (const row of entriesOf(tree, reader)) {
      if (type[row] === TREE) trees.add(row);
      else if (type[row] === BLOB) blobs.add(row);
    }
  }
  return blobs;
}

/** The rows that a tree's entries name, as far as they are there; of a tree that cannot be read none, which the walk has told. */
function entriesOf(tree: number, reader: EntryReader): number[] {
  const { table, map } = reader.store;
  let bytes: Buffer;
  try {
    const { pointer, length } = reader.whole(tree);
    bytes = Buffer.from(reader.core.bytes.subarray(pointer, pointer + length));
    reader.memory.release(pointer);
  } catch {
    return [];
  }
  const rows: number[] = [];
  for (let at = bytes.indexOf(0); at >= 0; at = bytes.indexOf(0, at + 1 + table.idLength)) {
    if (at + 1 + table.idLength > bytes.length) break;
    const row = findRow(table, map, bytes, at + 1);
    if (row !== NONE) rows.push(row);
  }
  return rows;
}
