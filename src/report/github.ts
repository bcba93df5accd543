import type { Finding } from '../model/finding.ts';
import type { Report } from '../model/report.ts';
import { annotateFinding, annotateSkipped } from './annotation.ts';
import type { RenderContext } from './formats.ts';
import { headline } from './headline.ts';
import { describeInMarkdown } from './markdown.ts';
import { inReadingOrder, mainPlace, thatCount } from './order.ts';
import { LEVELS } from './sarif-rules.ts';
import { makeVisible } from './shown.ts';

/** GitHub refuses a step's summary of more than 1 MiB. */
const SUMMARY_LIMIT = 1_000_000;

/**
 * Workflow commands that become annotations
 * (https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions), worst first, because GitHub
 * shows ten errors and ten warnings of a step. The whole report goes into the job's summary.
 */
export function* renderGithub(report: Report, context: RenderContext): Generator<string> {
  const { findings, scan } = report;
  for (const finding of inReadingOrder(thatCount(findings))) yield annotate(finding, context);
  if (!scan.complete) {
    yield command('error', { title: 'unleak: incomplete' }, annotateSkipped(scan));
  }
  yield `${headline(findings, scan.complete)}\n`;
  context.summary?.(describeInMarkdown(report, context, SUMMARY_LIMIT));
}

const COMMANDS = { error: 'error', warning: 'warning', note: 'notice' } as const;

function annotate(finding: Finding, context: RenderContext): string {
  const place = mainPlace(finding);
  const position = {
    file: place.path,
    line: place.line,
    endLine: place.endLine,
    // GitHub refuses columns when the lines differ.
    ...(place.line === place.endLine && { col: place.column, endColumn: place.endColumn }),
    title: `${finding.severity}: ${finding.rule}`,
  };
  return command(COMMANDS[LEVELS[finding.severity]], position, annotateFinding(finding, context));
}

function command(name: string, properties: Record<string, string | number>, message: string): string {
  const list = Object.entries(properties).map(([key, value]) => `${key}=${escapeProperty(String(value))}`);
  return `::${name} ${list.join(',')}::${escapeData(makeVisible(message))}\n`;
}

/** As the runner's own toolkit does (https://github.com/actions/toolkit, packages/core/src/command.ts). */
function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

/** Beyond the toolkit: an escape sequence in a path would reach the log of the run. */
function escapeProperty(text: string): string {
  return makeVisible(escapeData(text)).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
