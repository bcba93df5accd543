import type { Finding, Place } from '../model/finding.ts';
import type { Report } from '../model/report.ts';
import { count, grouped, showScope, showSuppressed } from './figures.ts';
import type { RenderContext } from './formats.ts';
import { headline } from './headline.ts';
import { codeSpan, escapeMarkdown } from './markdown-text.ts';
import { inReadingOrder, isLive, mainPlace, otherPlaces, thatCount } from './order.ts';
import { findRemedy } from './remedy.ts';
import { makeVisible, showSecret } from './shown.ts';

/** GitHub refuses a comment of more than 65,536 characters; GitLab takes a million. */
const COMMENT_LIMIT = 65_000;

/** For a comment on a pull request. */
export function* renderMarkdown(report: Report, context: RenderContext): Generator<string> {
  yield describeInMarkdown(report, context, COMMENT_LIMIT);
}

/** @param limit greatest length in UTF-8 bytes: what does not fit is counted */
export function describeInMarkdown(report: Report, context: RenderContext, limit: number): string {
  const { scan } = report;
  const findings = inReadingOrder(thatCount(report.findings));
  const parts = [
    // Lets a CI job find its own comment and replace it.
    '<!-- unleak -->',
    `### ${findings.some(isLive) ? '🚨 ' : ''}${headline(findings, scan.complete)}`,
  ];
  const skipped = describeSkipped(report);
  const foot = `<sub>${[showScope(scan), showSuppressed(scan)].filter((part) => part).join(' · ')} · unleak ${escapeMarkdown(report.tool.version)}</sub>`;
  let left = limit - size([...parts, skipped, foot].join('\n\n')) - ROOM_FOR_REST;
  let shown = 0;
  for (const finding of findings) {
    const block = describeFinding(finding, context);
    left -= size(block) + 2;
    if (left < 0) break;
    parts.push(block);
    shown++;
  }
  if (shown < findings.length) {
    parts.push(`**And ${count(findings.length - shown, 'more secret')}**: see the full report.`);
  }
  return `${[...parts, skipped, foot].filter((part) => part !== '').join('\n\n')}\n`;
}

/** Bytes kept for the line that counts what did not fit. */
const ROOM_FOR_REST = 100;

const MOST_PLACES = 10;
const MOST_SKIPPED = 20;

function describeFinding(finding: Finding, context: RenderContext): string {
  const place = mainPlace(finding);
  const others = otherPlaces(finding);
  const secret = showSecret(finding.secret, context.reveal);
  const shown = finding.pair ? `${finding.pair.id} / ${secret}` : secret;
  const live = isLive(finding) ? ' · **still works**' : '';
  const lines = [
    `**${finding.severity}** · ${escapeMarkdown(finding.title)} ${codeSpan(shown)}${live}`,
    '',
    `${locate(place)}`,
    '',
    fence(place.snippet),
    '',
  ];
  const facts = Object.entries(finding.facts).map(
    ([name, value]) => `${escapeMarkdown(name)} ${codeSpan(String(value))}`,
  );
  if (facts.length > 0) lines.push(`${facts.join(', ')}`, '');
  const remedy = findRemedy(finding, context.details.get(finding.rule));
  if (remedy.command) lines.push(`1. Run ${codeSpan(remedy.command)}`);
  else lines.push(...remedy.steps.map((step, index) => `${index + 1}. ${escapeMarkdown(step)}`));
  if (remedy.url && !remedy.command)
    lines.push(
      '',
      `[Revoke it](${encodeURI(decodeSafely(remedy.url)).replace(/[()]/g, encodeURIComponent)})`,
    );
  if (others.length > 0) {
    lines.push('', `<details><summary>Also at ${count(others.length, 'other place')}</summary>`, '');
    lines.push(...others.slice(0, MOST_PLACES).map((other) => `- ${locate(other)}`));
    if (others.length > MOST_PLACES) lines.push(`- and ${grouped(others.length - MOST_PLACES)} more`);
    lines.push('', '</details>');
  }
  return `${lines.join('\n').trimEnd()}\n\n---`;
}

function locate({ path, line, commit, date, author, inHead }: Place): string {
  const notes = [
    commit && `in ${codeSpan(commit.slice(0, 10))}`,
    date && `of ${escapeMarkdown(date.slice(0, 10))}`,
    author && `by ${escapeMarkdown(author)}`,
  ].filter((note) => note);
  const gone = inHead === false ? ', no longer in HEAD' : '';
  return `${codeSpan(`${path}:${line}`)}${notes.length > 0 ? ` ${notes.join(' ')}` : ''}${gone}`;
}

function describeSkipped({ scan }: Report): string {
  if (scan.complete) return '';
  const lines = [`> **Incomplete:** ${count(scan.skipped.length, 'thing')} could not be read.`];
  for (const { path, reason } of scan.skipped.slice(0, MOST_SKIPPED)) {
    lines.push(`> - ${codeSpan(path.slice(0, 300))}: ${escapeMarkdown(reason.slice(0, 300))}`);
  }
  const rest = scan.skipped.length - MOST_SKIPPED;
  if (rest > 0) lines.push(`> - and ${grouped(rest)} more`);
  return lines.join('\n');
}

/** A code block that its own text cannot end. */
function fence(text: string): string {
  const shown = makeVisible(text.replaceAll('\t', '    '));
  const longest = Math.max(2, ...(shown.match(/`+/g) ?? []).map((run) => run.length));
  const mark = '`'.repeat(longest + 1);
  return `${mark}\n${shown}\n${mark}`;
}

function size(text: string): number {
  return Buffer.byteLength(text);
}

function decodeSafely(url: string): string {
  try {
    return decodeURI(url);
  } catch {
    return url;
  }
}
