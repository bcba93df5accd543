import type { Finding } from '../model/finding.ts';
import type { ScanSummary } from '../model/report.ts';
import { count } from './figures.ts';
import type { RenderContext } from './formats.ts';
import { otherPlaces } from './order.ts';
import { findRemedy } from './remedy.ts';
import { showSecret } from './shown.ts';

/** What an annotation in a CI's log says of a finding: what it is, where else it stands, what to do. */
export function annotateFinding(finding: Finding, { reveal, details }: RenderContext): string {
  const remedy = findRemedy(finding, details.get(finding.rule));
  const others = otherPlaces(finding).length;
  return [
    `${finding.title} (${showSecret(finding.secret, reveal)})${finding.verdict?.state === 'active' ? ', still works' : ''}.`,
    ...(others > 0 ? [`Also at ${count(others, 'other place')}.`] : []),
    remedy.command ? `Next: ${remedy.command}` : remedy.steps.join(' '),
  ].join(' ');
}

/** And of what was not read. */
export function annotateSkipped({ skipped }: ScanSummary): string {
  const [first] = skipped;
  const example = first ? `, such as ${first.path} (${first.reason})` : '';
  return `${count(skipped.length, 'thing')} could not be read${example}`;
}
