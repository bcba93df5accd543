import type { Finding } from '../model/finding.ts';
import type { Report } from '../model/report.ts';
import type { RenderContext } from './formats.ts';
import { headline } from './headline.ts';
import { inReadingOrder, mainPlace, thatCount } from './order.ts';
import { findRemedy } from './remedy.ts';
import { makeVisible, showSecret } from './shown.ts';

/** JUnit XML as CI servers read it (https://github.com/testmoapp/junitxml): a finding is a failed test, a skipped file an error. */
export function* renderJunit(report: Report, context: RenderContext): Generator<string> {
  const { scan, findings, tool } = report;
  const counts = {
    tests: Math.max(1, findings.length + scan.skipped.length),
    failures: thatCount(findings).length,
    errors: scan.skipped.length,
    skipped: findings.length - thatCount(findings).length,
    time: (scan.durationMs / 1000).toFixed(3),
  };
  yield '<?xml version="1.0" encoding="UTF-8"?>\n';
  yield `<testsuites${attributes({ name: tool.name, ...counts })}>\n`;
  yield `  <testsuite${attributes({ name: `${tool.name} ${scan.source}`, ...counts, timestamp: scan.started.slice(0, 19) })}>\n`;
  for (const finding of inReadingOrder(findings)) yield renderFailure(finding, context);
  for (const { path, reason } of scan.skipped) {
    yield `    <testcase${attributes({ classname: path, name: 'could be read' })}>\n`;
    yield `      <error${attributes({ type: 'skipped', message: reason })}/>\n    </testcase>\n`;
  }
  // Servers take a suite without tests for one that did not run.
  if (findings.length + scan.skipped.length === 0) {
    yield `    <testcase${attributes({ classname: tool.name, name: headline(findings, scan.complete) })}/>\n`;
  }
  yield '  </testsuite>\n</testsuites>\n';
}

function renderFailure(finding: Finding, { reveal, details }: RenderContext): string {
  const place = mainPlace(finding);
  const where = `${place.path}:${place.line}:${place.column}`;
  if (finding.suppressed) {
    const { by, reason } = finding.suppressed;
    return [
      `    <testcase${attributes({ classname: place.path, name: `${finding.title} at ${where}` })}>`,
      `      <skipped${attributes({ message: `suppressed by ${by}${reason ? `: ${reason}` : ''}` })}/>`,
      '    </testcase>\n',
    ].join('\n');
  }
  const remedy = findRemedy(finding, details.get(finding.rule));
  const lines = [
    `${where}: ${finding.title} (${showSecret(finding.secret, reveal)})`,
    place.snippet,
    `${finding.severity}, rule ${finding.rule}, fingerprint ${finding.fingerprint}`,
    ...(finding.verdict ? [`verdict: ${finding.verdict.state}`] : []),
    ...finding.places
      .filter((other) => other !== place)
      .slice(0, MOST_PLACES)
      .map((other) => `also ${other.path}:${other.line}:${other.column}`),
    ...(remedy.command ? [remedy.command] : remedy.steps),
  ];
  return [
    `    <testcase${attributes({ classname: place.path, name: `${finding.title} at ${where}`, file: place.path, line: place.line })}>`,
    `      <failure${attributes({ type: finding.rule, message: `${finding.title} at ${where}` })}>`,
    `${lines.map(escapeXml).join('\n')}</failure>`,
    '    </testcase>\n',
  ].join('\n');
}

const MOST_PLACES = 20;

function attributes(values: Record<string, string | number>): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${escapeXml(String(value))}"`)
    .join('');
}

/** Control characters are made visible: XML 1.0 has no way to write them. */
function escapeXml(text: string): string {
  return makeVisible(text).replace(/[<>&"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
