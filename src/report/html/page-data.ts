import type { Confidence, Facts, Severity, Suppressed, Verdict } from '../../model/finding.ts';
import type { ScanSummary } from '../../model/report.ts';
import type { Remedy } from '../remedy.ts';

/** What the page is built from in the browser: the report with everything decided that needs the rules. */
export interface PageData {
  tool: { name: string; version: string };
  headline: string;
  scope: string;
  suppressed?: string;
  scan: Pick<ScanSummary, 'source' | 'started' | 'complete' | 'skipped' | 'narrowed'>;
  rules: Record<string, PageRule>;
  /** Findings share these by index: a thousand passwords have one remedy. */
  remedies: Remedy[];
  /** In reading order. */
  findings: PageFinding[];
}

export interface PageRule {
  opens?: string;
  /** https only. */
  docs?: string;
}

export interface PageFinding {
  rule: string;
  vendor: string;
  title: string;
  severity: Severity;
  confidence: Confidence;
  fingerprint: string;
  /** As it may be shown: the mask, unless secrets were asked for. */
  secret: string;
  id?: string;
  facts: Facts;
  verdict?: Verdict;
  suppressed?: Suppressed;
  remedy: number;
  /** The main one first. */
  places: PagePlace[];
}

export interface PagePlace {
  path: string;
  line: number;
  column: number;
  commit?: string;
  author?: string;
  date?: string;
  message?: string;
  inHead?: boolean;
  reachable?: boolean;
  decoded?: string[];
  snippet: string;
  /** String offsets of the secret in the snippet. */
  mark?: [start: number, end: number];
}
