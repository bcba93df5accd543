import type { Skipped } from '../model/report.ts';
import type { Blob } from './blob.ts';

/** What a scan reads. The blobs come once, in an order that does not change; the other fields are final when the last blob has come. */
export interface Source {
  blobs: Iterable<Blob> | AsyncIterable<Blob>;
  /** What could not be read. Any entry makes the scan incomplete. */
  skipped: Skipped[];
  /** Commits looked at. */
  commits: number;
}
