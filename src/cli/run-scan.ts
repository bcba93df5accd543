import { setImmediate } from 'node:timers/promises';
import type { Detection } from '../engine/detection.ts';
import { detectArchive, HEAD_BYTES } from '../sources/archives/kind.ts';
import type { Blob } from '../sources/blob.ts';
import type { Source } from '../sources/source.ts';
import { findRepositoryRoot } from '../suppress/config-file.ts';
import { milliseconds } from './clock.ts';
import type { Arguments, Io } from './command.ts';
import { Progress } from './progress.ts';
import { ScanSession } from './scan-session.ts';

/** A signal or a time budget is noticed at least this often, in milliseconds. */
const BREATH = 50;

export type DescribedSource = Source & { description: string };

/**
 * Scans the blobs of a source in this thread, reports, and gives the exit code. Of a secret the first commit that brought
 * it to a path is told, and not each later one that changed its line.
 */
export async function runScan(
  opening: DescribedSource | Promise<DescribedSource>,
  { values }: Arguments,
  io: Io,
): Promise<number> {
  // Awaited below; a failure before that must not count as unhandled.
  Promise.resolve(opening).catch(() => {});
  const session = await ScanSession.open(values, io, io.cwd, findRepositoryRoot(io.cwd));
  const scanner = session.scanner();
  const source = await opening;
  const expands = values['no-archives'] !== true;
  const progress = new Progress(io, values);
  const firstCommits = new Map<string, string>();
  let [blobs, bytes, breathed] = [0, 0, milliseconds()];
  const take = (detections: Detection[], place: Place) => {
    const { path, pathBytes } = place;
    for (const detection of detections)
      if (isFirst(detection, place, firstCommits))
        session.add(detection, { path, ...(pathBytes && { pathBytes }), ...commitOf(place) });
  };
  for await (const blob of source.blobs) {
    if (milliseconds() - breathed > BREATH) {
      await setImmediate();
      breathed = milliseconds();
      progress.show(`${blobs} blobs`, bytes);
    }
    io.signal.throwIfAborted();
    const { path, pathBytes } = blob;
    if (blob.bytes.length > session.maxFileSize) {
      source.skipped.push({
        path,
        reason: `${blob.bytes.length} bytes, over the limit of ${session.maxFileSize}`,
      });
      continue;
    }
    blobs++;
    bytes += blob.bytes.length;
    if (expands && detectArchive(blob.bytes.subarray(0, HEAD_BYTES), path) !== undefined) {
      const { scanChangedArchive } = await import('../sources/scan-changed-archive.ts');
      for (const { detections, ...member } of scanChangedArchive(scanner, blob, source.skipped))
        take(detections, { ...member, commit: blob.commit });
    } else {
      const detections = scanner.scanBytes(path, blob.bytes).filter((detection) => isNew(detection, blob));
      take(detections, { path, pathBytes, commit: blob.commit });
    }
  }
  progress.clear();
  const { skipped, commits, description } = source;
  return session.finish({ source: description, bytes, blobs, commits, skipped });
}

type Place = Pick<Blob, 'path' | 'pathBytes' | 'commit'>;

/** Whether it, or a part of its pair, touches a byte that is new. */
function isNew({ spans }: Detection, { changed }: Blob): boolean {
  if (!changed) return true;
  return spans.some(([start, end]) => changed.some(([from, to]) => from < end && start < to));
}

function isFirst({ rule, secret }: Detection, { path, commit }: Place, first: Map<string, string>): boolean {
  if (!commit) return true;
  const key = `${rule}\0${path}\0${secret}`;
  const known = first.get(key);
  if (known === undefined) first.set(key, commit.id);
  return known === undefined || known === commit.id;
}

function commitOf({ commit }: Place) {
  if (!commit) return {};
  const { id, author, email, date, subject } = commit;
  return { commit: id, author, email, ...(date && { date }), message: subject };
}
