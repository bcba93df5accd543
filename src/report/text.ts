import type { Finding } from '../model/finding.ts';
import type { Report, ScanSummary } from '../model/report.ts';
import { wrap } from './columns.ts';
import { count, grouped, showScope, showSuppressed } from './figures.ts';
import type { RenderContext } from './formats.ts';
import { headline } from './headline.ts';
import { inReadingOrder, thatCount } from './order.ts';
import { createPaint, type Paint } from './paint.ts';
import { makeVisible } from './shown.ts';
import { renderFinding } from './text-finding.ts';

/** Skipped things listed by name; the rest is counted, and the JSON report names them all. */
const MOST_SKIPPED = 10;

/** For people at a terminal: one block a finding, what was not read, and one line that sums up. */
export function* renderText(report: Report, context: RenderContext): Generator<string> {
  const { scan, findings } = report;
  const paint = createPaint(context.terminal);
  if (thatCount(findings).length === 0 && scan.complete && context.quiet) return;
  for (const finding of inReadingOrder(findings)) yield `${renderFinding(finding, context, paint)}\n`;
  if (!scan.complete) yield `${renderSkipped(scan, context, paint)}\n`;
  yield summarise(findings, scan, context, paint);
}

function renderSkipped({ skipped }: ScanSummary, { terminal }: RenderContext, paint: Paint): string {
  const lines = [paint.bad(`Incomplete: ${count(skipped.length, 'thing')} could not be read.`)];
  for (const { path, reason } of skipped.slice(0, MOST_SKIPPED)) {
    lines.push(`  ${makeVisible(path, terminal.unicode)}: ${makeVisible(reason, terminal.unicode)}`);
  }
  const rest = skipped.length - MOST_SKIPPED;
  if (rest > 0) lines.push(paint.dim(`  and ${grouped(rest)} more: --format json lists them all`));
  return `${lines.join('\n')}\n`;
}

function summarise(
  findings: readonly Finding[],
  scan: ScanSummary,
  { terminal }: RenderContext,
  paint: Paint,
): string {
  const verdict = headline(findings, scan.complete);
  const parts = [showScope(scan), showSuppressed(scan)].filter((part) => part !== undefined);
  if (scan.narrowed?.length)
    parts.push(`narrowed by ${makeVisible(scan.narrowed.join(', '), terminal.unicode)}`);
  if (scan.skipped.length > 0) parts.push(`${grouped(scan.skipped.length)} skipped`);
  const tail = parts.join(` ${paint.glyphs.dot} `);
  const painted =
    thatCount(findings).length > 0 || !scan.complete ? paint.bad(verdict) : paint.bold(paint.good(verdict));
  const line = `${verdict} ${paint.glyphs.dot} ${tail}`;
  // The head is painted as a whole, so only the tail may break.
  const [first, ...more] = wrap(line, Math.max(terminal.width, verdict.length + 2));
  return `${[painted + paint.dim(first.slice(verdict.length)), ...more.map(paint.dim)].join('\n')}\n`;
}
