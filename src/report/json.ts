import type { Finding, Pair, Place, Verdict } from '../model/finding.ts';
import type { Report, ScanSummary } from '../model/report.ts';
import type { RenderContext } from './formats.ts';
import { toJsonText } from './json-text.ts';
import { showSecret } from './shown.ts';

/** The report as `docs/report.schema.json` describes it, indented so that two of them can be compared by eye. */
export function* renderJson(report: Report, { reveal }: RenderContext): Generator<string> {
  const { schemaVersion, tool, scan, findings } = report;
  const head = {
    schemaVersion,
    tool: { name: tool.name, version: tool.version },
    scan: toJsonScan(scan, reveal),
  };
  yield `${toJsonText(head, 2).slice(0, -2)},\n  "findings": [`;
  let separator = '\n';
  for (const finding of findings) {
    yield `${separator}    ${toJsonText(toJsonFinding(finding, reveal), 2).replaceAll('\n', '\n    ')}`;
    separator = ',\n';
  }
  yield findings.length > 0 ? '\n  ]\n}\n' : ']\n}\n';
}

/** Fields in the schema's order. JSON leaves out those that are undefined. */
export function toJsonScan(scan: ScanSummary, reveal: boolean) {
  return {
    source: scan.source,
    started: scan.started,
    durationMs: scan.durationMs,
    bytes: scan.bytes,
    blobs: scan.blobs,
    commits: scan.commits,
    rules: scan.rules,
    complete: scan.complete,
    skipped: scan.skipped.map(({ path, reason }) => ({ path, reason })),
    suppressed: {
      baseline: scan.suppressed.baseline,
      comment: scan.suppressed.comment,
      config: scan.suppressed.config,
    },
    narrowed: scan.narrowed,
    // Says that `secret` and `snippet` hold the text itself; never written as false, so that a search for it finds all.
    revealed: reveal || undefined,
  };
}

export function toJsonFinding(finding: Finding, reveal: boolean) {
  return {
    rule: finding.rule,
    vendor: finding.vendor,
    title: finding.title,
    severity: finding.severity,
    confidence: finding.confidence,
    fingerprint: finding.fingerprint,
    secret: showSecret(finding.secret, reveal),
    entropy: finding.entropy,
    pair: finding.pair && toJsonPair(finding.pair, reveal),
    facts: finding.facts,
    verdict: finding.verdict && toJsonVerdict(finding.verdict),
    suppressed: finding.suppressed && { by: finding.suppressed.by, reason: finding.suppressed.reason },
    places: finding.places.map(toJsonPlace),
  };
}

export function toJsonPlace(place: Place) {
  return {
    path: place.path,
    pathBytes: place.pathBytes,
    line: place.line,
    column: place.column,
    endLine: place.endLine,
    endColumn: place.endColumn,
    commit: place.commit,
    author: place.author,
    email: place.email,
    date: place.date,
    message: place.message,
    inHead: place.inHead,
    reachable: place.reachable,
    refs: place.refs,
    lastCommit: place.lastCommit,
    decoded: place.decoded,
    snippet: place.snippet,
  };
}

function toJsonPair({ id, idLine, secret, sessionToken }: Pair, reveal: boolean) {
  return {
    id,
    idLine,
    secret: showSecret(secret, reveal),
    sessionToken: sessionToken && showSecret(sessionToken, reveal),
  };
}

function toJsonVerdict({ state, reason, checkedAt, identity }: Verdict) {
  return { state, reason, checkedAt, identity };
}
