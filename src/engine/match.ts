import type { Confidence } from '../model/finding.ts';
import type { Rule } from '../rules/rule.ts';
import type { Surroundings } from './checks/run-checks.ts';

/** A rule, a span of bytes in a blob, and the secret in it. */
export interface Match {
  rule: Rule;
  /** An unlabelled value near an id of `rule`, which counts only as the other half of that id. */
  part?: true;
  /** The secret's span in the blob, in bytes; for a decoded secret the span of what encodes it. */
  start: number;
  end: number;
  /** The bytes that decided: another match stands or falls with them. */
  from: number;
  to: number;
  /** The bytes that the rule looked at, its checks included: what changes elsewhere does not touch the match. */
  windowFrom: number;
  windowTo: number;
  secret: string;
  /** Its checksum is wrong, so it is probably no real token of its vendor. */
  doubtful?: boolean;
  /** Told by a check of the value; else it is the rule's. */
  confidence?: Confidence;
  /** Other named groups of the pattern. */
  groups: Record<string, string>;
  /** Decodings between the blob and the secret, outermost first. */
  layers: string[];
}

/** How sure a match alone is; a pair has its rule's confidence. */
export function confidenceOf(match: Pick<Match, 'rule' | 'confidence' | 'doubtful'>): Confidence {
  const confidence = match.confidence ?? match.rule.confidence;
  // One level less where a checksum is wrong, but not so low that nobody looks.
  return match.doubtful && confidence !== 'low' ? 'medium' : confidence;
}

/** Told of each match that a check dropped and each that stayed: what `--explain` prints. */
export interface Trace {
  rule: string;
  start: number;
  end: number;
  secret: string;
  layers: string[];
  /** Why it was dropped; undefined for a match. */
  dropped?: string;
  around: Surroundings;
}
