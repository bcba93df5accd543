import type { Finding, Place, Severity } from '../model/finding.ts';
import type { Report, ScanSummary } from '../model/report.ts';
import type { RenderContext } from './formats.ts';
import { toJsonText } from './json-text.ts';
import { inReadingOrder, mainPlace, otherPlaces } from './order.ts';
import { describeRules, LEVELS } from './sarif-rules.ts';
import { showSecret } from './shown.ts';
import { toUri } from './uri.ts';

/**
 * SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0/), within what GitHub code scanning reads
 * (https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning).
 */
export function* renderSarif(report: Report, context: RenderContext): Generator<string> {
  const findings = inReadingOrder(report.findings).slice(0, MOST_RESULTS);
  const rules = describeRules(findings, context.details);
  const indexes = new Map(rules.map(({ id }, index) => [id, index]));
  const run = {
    tool: {
      driver: {
        name: report.tool.name,
        semanticVersion: report.tool.version,
        rules,
      },
    },
    automationDetails: { id: `unleak/${report.scan.source.split(' ')[0]}/` },
    columnKind: 'utf16CodeUnits',
    originalUriBaseIds: { [ROOT]: { description: { text: 'The folder that the scan was started in.' } } },
    invocations: [toInvocation(report.scan, report.findings.length - findings.length)],
    properties: {
      bytes: report.scan.bytes,
      blobs: report.scan.blobs,
      commits: report.scan.commits,
      suppressed: report.scan.suppressed,
    },
  };
  const head = { $schema: SCHEMA, version: '2.1.0', runs: [run] };
  // The results come last in the run, so that they can be written one by one.
  yield `${toJsonText(head).slice(0, -'}]}'.length)},"results":[`;
  let separator = '\n';
  for (const finding of findings) {
    yield separator + toJsonText(toResult(finding, indexes.get(finding.rule) as number, context.reveal));
    separator = ',\n';
  }
  yield '\n]}]}\n';
}

const SCHEMA = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';

/** The base that GitHub resolves against the repository's root. */
const ROOT = '%SRCROOT%';

/** GitHub refuses a run with more results. */
const MOST_RESULTS = 25_000;

/** GitHub refuses a result with more than 1,000 locations. */
const MOST_LOCATIONS = 1000;

function toResult(finding: Finding, ruleIndex: number, reveal: boolean) {
  const others = otherPlaces(finding);
  const related = others.slice(0, MOST_LOCATIONS - 1);
  return {
    ruleId: finding.rule,
    ruleIndex,
    level: LEVELS[finding.severity],
    rank: RANKS[finding.severity],
    message: { text: describe(finding, others, reveal) },
    locations: [toLocation(mainPlace(finding))],
    ...(related.length > 0 && {
      relatedLocations: related.map((place, index) => ({
        id: index + 1,
        ...toLocation(place),
        message: { text: escapeMessage(`Also at ${place.path}:${place.line}${since(place)}`) },
      })),
    }),
    ...(finding.suppressed && {
      suppressions: [
        {
          kind: finding.suppressed.by === 'comment' ? 'inSource' : 'external',
          status: 'accepted',
          ...(finding.suppressed.reason && { justification: finding.suppressed.reason }),
        },
      ],
    }),
    // Of content alone: a line that moves or a file that is renamed keeps its alert.
    partialFingerprints: {
      primaryLocationLineHash: `${finding.fingerprint}:1`,
      'unleak/v1': finding.fingerprint,
    },
    properties: {
      confidence: finding.confidence,
      severity: finding.severity,
      vendor: finding.vendor,
      entropy: finding.entropy,
      facts: finding.facts,
      ...(finding.verdict && { verdict: finding.verdict.state }),
      places: finding.places.length,
    },
  };
}

const RANKS: Record<Severity, number> = { critical: 100, high: 80, medium: 55, low: 25, info: 5 };

function toLocation(place: Place) {
  const uri = toUri(place);
  return {
    physicalLocation: {
      artifactLocation: uri.startsWith('file:') ? { uri } : { uri, uriBaseId: ROOT },
      region: {
        startLine: place.line,
        startColumn: place.column,
        endLine: place.endLine,
        endColumn: place.endColumn,
        snippet: { text: place.snippet },
      },
    },
    ...(place.commit && {
      properties: { commit: place.commit, author: place.author, date: place.date, inHead: place.inHead },
    }),
  };
}

function describe(finding: Finding, others: Place[], reveal: boolean): string {
  const secret = finding.pair
    ? `${finding.pair.id} / ${showSecret(finding.pair.secret, reveal)}`
    : showSecret(finding.secret, reveal);
  const sentences = [escapeMessage(`${finding.title} (${secret})${since(mainPlace(finding))}.`)];
  const account = finding.facts.accountId;
  if (account !== undefined) sentences.push(`Account ${escapeMessage(String(account))}.`);
  if (finding.verdict?.state === 'active') sentences.push('It still works.');
  if (others.length === 1) sentences.push('Also at [one other place](1).');
  if (others.length > 1) sentences.push(`Also at ${others.length} other places, [the first](1).`);
  return sentences.join(' ');
}

function since({ commit, date, inHead }: Place): string {
  if (!commit) return '';
  const gone = inHead === false ? ', no longer in HEAD' : '';
  return `, in commit ${commit.slice(0, 10)}${date ? ` of ${date.slice(0, 10)}` : ''}${gone}`;
}

/** Brackets make links in a SARIF message (3.11.6), backslashes escape them. */
function escapeMessage(text: string): string {
  return text.replace(/[\\[\]]/g, '\\$&');
}

function toInvocation(scan: ScanSummary, leftOut: number) {
  const end = new Date(Date.parse(scan.started) + scan.durationMs);
  return {
    executionSuccessful: scan.complete,
    startTimeUtc: scan.started,
    ...(!Number.isNaN(end.getTime()) && { endTimeUtc: end.toISOString() }),
    toolExecutionNotifications: [
      ...scan.skipped.map(({ path, reason }) => ({
        level: 'error',
        descriptor: { id: 'skipped' },
        message: { text: escapeMessage(`Not read: ${path}: ${reason}`) },
        locations: [{ physicalLocation: { artifactLocation: { uri: toUri({ path }) } } }],
      })),
      ...(leftOut > 0
        ? [
            {
              level: 'warning',
              descriptor: { id: 'left-out' },
              message: {
                text: `${leftOut} findings of the least severity are left out: a run may hold ${MOST_RESULTS}.`,
              },
            },
          ]
        : []),
    ],
  };
}
