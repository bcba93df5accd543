import type { Confidence, Facts, Severity } from '../model/finding.ts';
import type { Location } from './locate.ts';

/** What the engine found at one place of one blob: plain data, so that workers can hand it on. */
export interface Detection extends Location {
  rule: string;
  severity: Severity;
  confidence: Confidence;
  public?: boolean;
  secret: string;
  /** The public beginning of the secret that masks may show. */
  prefix: string;
  pair?: { id: string; idLine: number; secret: string; token?: string };
  facts: Facts;
  decoded: string[];
  /** Bytes of the blob that hold a part of it: half-open spans. A changed byte in one makes the detection new. */
  spans: [start: number, end: number][];
  /** The line, cut to a readable width, with all secrets in it masked. */
  snippet: string;
  /** The same, unmasked: for `--show-secrets` alone. */
  rawSnippet: string;
  /** The whole line and the line before (at most 500 characters each): where a comment may allow it. */
  lineText: string;
  previousLine: string;
}
