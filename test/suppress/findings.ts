import { createHmac } from 'node:crypto';
import type { Finding, Place } from '../../src/model/finding.ts';
import type { Report } from '../../src/model/report.ts';
import { Secret } from '../../src/model/secret.ts';

/** A finding as the engine builds it, with a text that no rule knows. */
export function makeFinding(secret: string, path = 'src/app.ts', rest: Partial<Finding> = {}): Finding {
  const rule = rest.rule ?? 'generic-token';
  return {
    rule,
    vendor: 'acme',
    title: 'Acme token',
    severity: 'high',
    confidence: 'high',
    fingerprint: createHmac('sha256', rule).update(secret).digest('hex').slice(0, 20),
    secret: Secret.of(secret),
    entropy: 4,
    facts: {},
    places: [makePlace(path)],
    ...rest,
  };
}

export function makePlace(path: string, line = 1, rest: Partial<Place> = {}): Place {
  return { path, line, column: 1, endLine: line, endColumn: 9, snippet: 'token = ********', ...rest };
}

export function makeReport(findings: Finding[], scan: Partial<Report['scan']> = {}): Report {
  return {
    schemaVersion: 1,
    tool: { name: 'unleak', version: '0.1.0' },
    scan: {
      source: 'scan',
      started: '2026-01-01T00:00:00Z',
      durationMs: 1,
      bytes: 1,
      blobs: 1,
      commits: 0,
      rules: 1,
      complete: true,
      skipped: [],
      suppressed: { baseline: 0, comment: 0, config: 0 },
      ...scan,
    },
    findings,
  };
}
