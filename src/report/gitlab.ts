import { createHash } from 'node:crypto';
import type { Finding, Place, Severity } from '../model/finding.ts';
import type { Report, ScanSummary } from '../model/report.ts';
import type { RuleDetails } from '../rules/rule.ts';
import type { RenderContext } from './formats.ts';
import { toJsonText } from './json-text.ts';
import { escapeMarkdown } from './markdown-text.ts';
import { inReadingOrder, mainPlace, otherPlaces, thatCount } from './order.ts';
import { findRemedy } from './remedy.ts';
import { makeVisible, showSecret } from './shown.ts';

/**
 * GitLab's secret detection report, schema 15.2.4
 * (https://gitlab.com/gitlab-org/security-products/security-report-schemas). One vulnerability a finding.
 * An older GitLab takes it too: it checks a patch version that it does not know by the latest that it has.
 */
export function* renderGitlab(report: Report, context: RenderContext): Generator<string> {
  const { tool, scan } = report;
  const findings = thatCount(report.findings);
  const program = { id: 'unleak', name: 'unleak', version: tool.version, vendor: { name: 'unleak' } };
  const head = {
    version: '15.2.4',
    schema:
      'https://gitlab.com/gitlab-org/security-products/security-report-schemas/-/raw/v15.2.4/dist/secret-detection-report-format.json',
    scan: {
      analyzer: program,
      scanner: program,
      type: 'secret_detection',
      start_time: toSeconds(Date.parse(scan.started)),
      end_time: toSeconds(Date.parse(scan.started) + scan.durationMs),
      status: scan.complete ? 'success' : 'failure',
      messages: toMessages(scan),
    },
  };
  yield `${toJsonText(head, 2).slice(0, -2)},\n  "vulnerabilities": [`;
  let separator = '\n';
  for (const finding of inReadingOrder(findings)) {
    const details = context.details.get(finding.rule);
    yield `${separator}    ${toJsonText(toVulnerability(finding, details, context.reveal))}`;
    separator = ',\n';
  }
  yield findings.length > 0 ? '\n  ]\n}\n' : ']\n}\n';
}

/** Messages and places beyond this are left out: GitLab stores each with the pipeline. */
const MOST_LISTED = 100;

const SEVERITIES: Record<Severity, string> = {
  critical: 'Critical',
  high: 'High',
  medium: 'Medium',
  low: 'Low',
  info: 'Info',
};

function toVulnerability(finding: Finding, rule: RuleDetails | undefined, reveal: boolean) {
  const place = mainPlace(finding);
  const remedy = findRemedy(finding, rule);
  const steps = remedy.command ? [`Run: ${remedy.command}`, ...remedy.steps] : remedy.steps;
  const links = [
    { name: 'Revoke it', url: remedy.url },
    { name: 'About this format', url: rule?.docs },
  ];
  return {
    id: toUuid(finding.fingerprint),
    name: cut(makeVisible(finding.title), 255),
    description: describe(finding, rule, reveal),
    severity: SEVERITIES[finding.severity],
    solution: cut(makeVisible(steps.join(' ')), 7000),
    identifiers: [
      { type: 'unleak_rule_id', name: `unleak rule ${finding.rule}`, value: finding.rule },
      {
        type: 'unleak_fingerprint',
        name: `unleak fingerprint ${finding.fingerprint}`,
        value: finding.fingerprint,
      },
    ],
    links: links.filter(({ url }) => url !== undefined && /^https?:\/\/./.test(url)),
    location: {
      file: place.path,
      // GitLab's own analyzer writes this for files that are in no commit.
      commit: {
        sha: place.commit ?? '0000000',
        author: place.author,
        date: place.date,
        message: place.message,
      },
      start_line: place.line,
      end_line: place.endLine,
    },
    details: toDetails(finding),
    raw_source_code_extract: place.snippet,
  };
}

function describe(finding: Finding, rule: RuleDetails | undefined, reveal: boolean): string {
  const secret = showSecret(finding.secret, reveal);
  const sentences = [
    `${escapeMarkdown(finding.title)}: ${escapeMarkdown(finding.pair ? `${finding.pair.id} / ${secret}` : secret)}.`,
  ];
  if (rule?.opens) sentences.push(`It opens: ${escapeMarkdown(rule.opens)}`);
  if (finding.verdict?.state === 'active') sentences.push('**It still works.**');
  return sentences.join(' ');
}

function toDetails(finding: Finding) {
  const fields: Record<string, unknown> = {
    confidence: { type: 'text', name: 'Confidence', value: finding.confidence },
  };
  if (finding.verdict) fields.verdict = { type: 'text', name: 'Verdict', value: finding.verdict.state };
  for (const [name, value] of Object.entries(finding.facts)) {
    if (name !== '') fields[`fact_${name}`] = { type: 'value', name, value };
  }
  const others = otherPlaces(finding).slice(0, MOST_LISTED);
  if (others.length > 0) {
    fields.places = { type: 'list', name: 'Other places', items: others.map(toFileLocation) };
  }
  return fields;
}

function toFileLocation({ path, line, endLine }: Place) {
  return { type: 'file-location', file_name: path, line_start: line, line_end: endLine };
}

function toMessages({ skipped }: ScanSummary) {
  return skipped
    .slice(0, MOST_LISTED)
    .map(({ path, reason }) => ({ level: 'warn', value: makeVisible(`Not read: ${path}: ${reason}`) }));
}

/** The same finding keeps its id over reports. */
function toUuid(fingerprint: string): string {
  const hex = createHash('sha256').update(`unleak ${fingerprint}`).digest('hex');
  // Version 8 (RFC 9562): made by the application's own rule.
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

function toSeconds(time: number): string {
  return new Date(time).toISOString().slice(0, 19);
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}
