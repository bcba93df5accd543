import type { Attributed, Attribution } from '../../git/attribution/attribute.ts';
import { COMMIT, idOf, TAG } from '../../git/objects/table.ts';
import { COMMIT_MESSAGE, TAG_MESSAGE } from '../message-paths.ts';
import type { AuditTask } from './scan-shards.ts';

/** Which secrets each object holds, by their number in `keys`. */
export interface HeldRows {
  keysByRow: ReadonlyMap<number, number[]>;
  /** See `HeldSecret.key`. */
  keys: readonly string[];
}

/** What is known of a secret at a path beyond its first place. */
export interface Life {
  inHead: boolean;
  /** Id of the last commit in which the path held it. */
  lastCommit?: string;
}

export interface Place {
  row: number;
  attribution: Attribution;
  /** Of the secrets that stand here first: see `HeldSecret.key`. */
  keys: string[];
}

export interface FirstPlaces {
  /** The objects to read, earliest first: of those that hold a secret at a path, the first one. */
  places: Place[];
  lifeOf(key: string, path: string): Life | undefined;
}

/** Finds the first of all places of each secret at each path, and how long it stayed there. */
export function firstPlaces(
  attributions: Attribution[],
  compareCommits: Attributed['compareCommits'],
  { keysByRow, keys }: HeldRows,
  task: AuditTask,
): FirstPlaces {
  const compare = (a: Attribution, b: Attribution) => comparePlaces(a, b, compareCommits);
  const first = new Map<string, { attribution: Attribution; key: string }>();
  const lives = new Map<string, Life>();
  for (const attribution of attributions.map((one) => withPath(one, task))) {
    const { path, inHead, lastCommit } = attribution;
    for (const number of keysByRow.get(attribution.row) ?? []) {
      const key = keys[number];
      const place = `${key}\0${path}`;
      const known = first.get(place);
      if (!known || compare(attribution, known.attribution) < 0) first.set(place, { attribution, key });
      const life = lives.get(place);
      if (!life) {
        lives.set(place, { inHead, lastCommit });
        continue;
      }
      life.inHead ||= inHead;
      if (!life.lastCommit || (lastCommit && compareCommits(lastCommit, life.lastCommit) > 0))
        life.lastCommit = lastCommit;
    }
  }
  const places = new Map<Attribution, Place>();
  for (const { attribution, key } of first.values()) {
    const place = places.get(attribution);
    if (place) place.keys.push(key);
    else places.set(attribution, { row: attribution.row, attribution, keys: [key] });
  }
  return {
    places: [...places.values()].sort((a, b) => compare(a.attribution, b.attribution)),
    lifeOf: (key, path) => lives.get(`${key}\0${path}`),
  };
}

/** Messages, and blobs that no tree names, have a path of their own making. */
function withPath(attribution: Attribution, { store: { table } }: AuditTask): Attribution {
  if (attribution.path !== undefined) return attribution;
  const type = table.type[attribution.row];
  const path =
    type === COMMIT ? COMMIT_MESSAGE : type === TAG ? TAG_MESSAGE : `blob ${idOf(table, attribution.row)}`;
  return { ...attribution, path };
}

/** What a ref leads to comes before what none does, then the earlier commit. */
function comparePlaces(a: Attribution, b: Attribution, compareCommits: Attributed['compareCommits']): number {
  if (a.reachable !== b.reachable) return a.reachable ? -1 : 1;
  if (!a.commit || !b.commit) return Number(b.commit !== undefined) - Number(a.commit !== undefined);
  return compareCommits(a.commit.id, b.commit.id);
}
