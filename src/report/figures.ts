import type { ScanSummary } from '../model/report.ts';

/** `1 file`, `1,234 files`. */
export function count(number: number, noun: string): string {
  return `${grouped(number)} ${noun}${number === 1 ? '' : 's'}`;
}

/** Digits grouped by commas, whatever the locale: reports are compared. */
export function grouped(number: number): string {
  return String(number).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** Decimal units, as disks and networks count. */
export function showBytes(bytes: number): string {
  if (bytes < 1000) return count(bytes, 'byte');
  const units = ['KB', 'MB', 'GB', 'TB'];
  const step = Math.min(Math.floor(Math.log10(bytes) / 3), units.length);
  const value = bytes / 1000 ** step;
  return `${value < 10 ? value.toFixed(1) : grouped(Math.round(value))} ${units[step - 1]}`;
}

export function showDuration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 10_000) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** What was scanned and how fast: `4,990 files, 39 MB, 120 commits in 0.4 s (93 MB/s)`. */
export function showScope({ bytes, blobs, commits, durationMs, source }: ScanSummary): string {
  const noun = commits > 0 || /^(audit|commits|ci)\b/.test(source) ? 'blob' : 'file';
  const parts = [count(blobs, noun), showBytes(bytes)];
  if (commits > 0) parts.push(count(commits, 'commit'));
  // A rate over a few files says how long the start took, not how fast the scan is.
  const rate = bytes >= 1e6 && durationMs > 0 ? ` (${showBytes((bytes / durationMs) * 1000)}/s)` : '';
  return `${parts.join(', ')} in ${showDuration(durationMs)}${rate}`;
}

/** `3 suppressed (2 baseline, 1 comment)`, or undefined when nothing was. */
export function showSuppressed({ suppressed }: ScanSummary): string | undefined {
  const parts = Object.entries(suppressed).filter(([, number]) => number > 0);
  if (parts.length === 0) return undefined;
  const total = parts.reduce((sum, [, number]) => sum + number, 0);
  return `${grouped(total)} suppressed (${parts.map(([by, number]) => `${grouped(number)} by ${by}`).join(', ')})`;
}
