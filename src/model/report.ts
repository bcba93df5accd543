import type { Finding } from './finding.ts';

/** Raised when a field of the JSON report changes meaning or goes; new fields do not raise it. */
export const REPORT_SCHEMA_VERSION = 1;

/** Something that was not read, and why. Any entry makes the scan incomplete. */
export interface Skipped {
  path: string;
  reason: string;
}

export interface ScanSummary {
  /** What was scanned, in words of the command line: `scan`, `staged`, `commits A..B`, `audit`. */
  source: string;
  /** ISO 8601, UTC. */
  started: string;
  durationMs: number;
  bytes: number;
  blobs: number;
  commits: number;
  rules: number;
  /** False when something in the scope could not be read: a clean result is then no proof. */
  complete: boolean;
  skipped: Skipped[];
  suppressed: { baseline: number; comment: number; config: number };
  /** How the scan was narrowed: to paths, rules, a branch. What it does not tell is then no proof that it is gone. */
  narrowed?: string[];
}

export interface Report {
  schemaVersion: number;
  tool: { name: string; version: string };
  scan: ScanSummary;
  findings: Finding[];
}
