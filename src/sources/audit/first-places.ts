import type { Attribution } from '../../git/attribution/attribute.ts';
import { COMMIT, findRow, idOf, NONE, TAG } from '../../git/objects/table.ts';
import { COMMIT_MESSAGE, TAG_MESSAGE } from '../message-paths.ts';
import type { AuditTask } from './scan-shards.ts';

/** Which secrets (by number) each object holds. */
export interface HeldRows {
  keysByRow: ReadonlyMap<number, number[]>;
}

/**
 * Of all places where a secret stands, for each path the one where it first stood, with what is known of the later ones:
 * whether HEAD still has it, and the last commit that had.
 */
export function firstPlaces(
  attributions: Attribution[],
  { keysByRow }: HeldRows,
  task: AuditTask,
): { row: number; attribution: Attribution }[] {
  const timeOf = commitTimes(task);
  const first = new Map<string, Attribution>();
  const inHead = new Set<string>();
  const last = new Map<string, string>();
  const named = attributions.map((attribution) => withPath(attribution, task));
  for (const attribution of named) {
    for (const key of keysByRow.get(attribution.row) ?? []) {
      const place = `${key}\0${attribution.path}`;
      const known = first.get(place);
      if (!known || isEarlier(attribution, known, timeOf)) first.set(place, attribution);
      if (attribution.inHead) inHead.add(place);
      const latest = last.get(place);
      const candidate = attribution.lastCommit;
      if (candidate && (!latest || timeOf(candidate) > timeOf(latest))) last.set(place, candidate);
    }
  }
  const chosen = new Map<Attribution, Attribution>();
  for (const [place, attribution] of first) {
    const known = chosen.get(attribution) ?? { ...attribution };
    known.inHead ||= inHead.has(place);
    const latest = last.get(place);
    if (latest && (!known.lastCommit || timeOf(latest) > timeOf(known.lastCommit))) known.lastCommit = latest;
    chosen.set(attribution, known);
  }
  return [...chosen.values()].map((attribution) => ({ row: attribution.row, attribution }));
}

/** Messages, and blobs that no tree names, have a path of their own making. */
function withPath(attribution: Attribution, { store: { table } }: AuditTask): Attribution {
  if (attribution.path !== undefined) return attribution;
  const type = table.type[attribution.row];
  const path =
    type === COMMIT ? COMMIT_MESSAGE : type === TAG ? TAG_MESSAGE : `blob ${idOf(table, attribution.row)}`;
  return { ...attribution, path };
}

/** Committer's time of a commit by its id, in seconds since 1970; 0 for what is none. */
function commitTimes({ store: { table, map }, commits }: AuditTask): (id: string) => number {
  const times = new Map<string, number>();
  return (id) => {
    let time = times.get(id);
    if (time === undefined) {
      const row = findRow(table, map, Buffer.from(id, 'hex'));
      times.set(id, (time = row === NONE ? 0 : commits.time[row]));
    }
    return time;
  };
}

/** What a ref leads to comes before what none does, then the committer's time decides, then the id. */
function isEarlier(a: Attribution, b: Attribution, timeOf: (id: string) => number): boolean {
  if (a.reachable !== b.reachable) return a.reachable;
  if (!a.commit || !b.commit) return a.commit !== undefined && b.commit === undefined;
  const difference = timeOf(a.commit.id) - timeOf(b.commit.id);
  return difference !== 0 ? difference < 0 : a.commit.id < b.commit.id;
}
