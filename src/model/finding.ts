import type { Secret } from './secret.ts';

export const SEVERITIES = ['info', 'low', 'medium', 'high', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];

export const CONFIDENCES = ['low', 'medium', 'high'] as const;
export type Confidence = (typeof CONFIDENCES)[number];

export const VERDICT_STATES = [
  'active',
  'inactive',
  'mismatch',
  'expired',
  'canary',
  'unknown',
  'unchecked',
] as const;
export type VerdictState = (typeof VERDICT_STATES)[number];

/** What verification said. `identity` holds what the issuer told of the owner (ARN, account, kind...). */
export interface Verdict {
  state: VerdictState;
  reason?: string;
  /** ISO 8601, UTC. */
  checkedAt?: string;
  identity?: Record<string, string>;
}

/** Things known about a secret without asking anybody: decoded account, region, expiry. Never secret themselves. */
export type Facts = Record<string, string | number | boolean>;

/** The parts of a credential that only work together. */
export interface Pair {
  id: string;
  /** Line (from 1) where the id stands, in the file of the finding's first place. */
  idLine?: number;
  secret: Secret;
  sessionToken?: Secret;
}

/** Why something does not count. */
export interface Suppressed {
  by: 'baseline' | 'comment' | 'config';
  reason?: string;
}

/** Where a secret stands. Lines and columns start at 1; columns count characters of the decoded line; `endColumn` is the column after the last character. */
export interface Place {
  /** `/`-separated; bytes that are not UTF-8 are percent-encoded, and then `pathBytes` has the original. */
  path: string;
  /** Base64 of the path's bytes, when they are not UTF-8. */
  pathBytes?: string;
  line: number;
  column: number;
  endLine: number;
  endColumn: number;
  /** Commit (or tag, note, stash) that first brought the secret to this path. */
  commit?: string;
  author?: string;
  email?: string;
  /** ISO 8601 with the author's offset. */
  date?: string;
  /** The commit's subject. */
  message?: string;
  inHead?: boolean;
  reachable?: boolean;
  /** Refs whose history holds the secret, capped. */
  refs?: string[];
  /** The last commit in which the path still held it. */
  lastCommit?: string;
  /** The layers of encoding it was found under, outermost first. */
  decoded?: string[];
  /** The text around it allows it: by an allow comment, or by a line that the configuration names. */
  allowed?: Suppressed;
  /** The line, cut to a readable width around the secret, all secrets in it masked. */
  snippet: string;
}

/** One secret under one rule, with all its places. */
export interface Finding {
  rule: string;
  vendor: string;
  title: string;
  severity: Severity;
  confidence: Confidence;
  /** 20 hex digits of an HMAC over rule and secret: stable over machines, moves and formats. */
  fingerprint: string;
  secret: Secret;
  /** Shannon entropy in bits per character. */
  entropy: number;
  pair?: Pair;
  facts: Facts;
  verdict?: Verdict;
  /** Only with `--show-suppressed`: the finding does not count, and why. */
  suppressed?: Suppressed;
  places: Place[];
}
