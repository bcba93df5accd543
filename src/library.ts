import { BlobScanner } from './engine/blob-scanner.ts';
import { FindingSet } from './engine/finding-set.ts';
import { Scanner } from './engine/scanner.ts';
import { CONFIDENCES, type Confidence, type Finding } from './model/finding.ts';
import { builtInDetails, builtInRules } from './rules/catalogue.ts';
import type { Catalogue } from './rules/rule.ts';

/** A text or bytes to scan, with the path that rules and findings see. */
export interface ScanInput {
  path: string;
  content: string | Uint8Array;
}

export interface ScanOptions {
  /** What to look for: by default the built-in rules. `loadRules` reads others. */
  rules?: Catalogue;
  /** Default `medium`. */
  minConfidence?: Confidence;
  /** Report values that are public by design too. */
  includePublic?: boolean;
  /** Report credentials whose own text says that they are over. */
  includeExpired?: boolean;
}

/**
 * Finds secrets in texts that are in memory. Opens no file and no connection.
 *
 * @example
 * for (const finding of scan([{ path: 'config.js', content: text }])) console.log(finding.title, finding.secret.mask);
 *
 * @returns one finding for each secret under a rule, with all its places; `finding.secret.reveal()` gives its text
 */
export function scan(inputs: Iterable<ScanInput>, options: ScanOptions = {}): Finding[] {
  const { rules, details } = options.rules ?? { rules: builtInRules(), details: builtInDetails() };
  const least = CONFIDENCES.indexOf(options.minConfidence ?? 'medium');
  const byId = new Map(details.map((entry) => [entry.id, entry]));
  const findings = new FindingSet((id) => byId.get(id), false);
  const scanner = new BlobScanner(new Scanner(rules), { now: Date.now() });
  for (const { path, content } of inputs) {
    const bytes = typeof content === 'string' ? Buffer.from(content) : content;
    for (const detection of scanner.scanBytes(path, bytes)) {
      if (CONFIDENCES.indexOf(detection.confidence) < least) continue;
      if (detection.public && !options.includePublic) continue;
      if (detection.facts.expired && !options.includeExpired) continue;
      findings.add(detection, { path });
    }
  }
  return findings.toArray();
}
