import type { Finding } from '../model/finding.ts';
import type { Report } from '../model/report.ts';
import { annotateFinding, annotateSkipped } from './annotation.ts';
import type { RenderContext } from './formats.ts';
import { headline } from './headline.ts';
import { inReadingOrder, mainPlace, thatCount } from './order.ts';
import { LEVELS } from './sarif-rules.ts';
import { makeVisible } from './shown.ts';

/**
 * Logging commands that Azure Pipelines shows as issues of the run
 * (https://learn.microsoft.com/azure/devops/pipelines/scripts/logging-commands), worst first.
 */
export function* renderAzure({ findings, scan }: Report, context: RenderContext): Generator<string> {
  for (const finding of inReadingOrder(thatCount(findings))) {
    yield logIssue(propertiesOf(finding), annotateFinding(finding, context));
  }
  if (!scan.complete) yield logIssue({ type: 'error' }, `unleak: incomplete: ${annotateSkipped(scan)}`);
  yield `${headline(findings, scan.complete)}\n`;
}

function propertiesOf(finding: Finding): Record<string, string | number> {
  const { path, line, column } = mainPlace(finding);
  return {
    // It knows errors and warnings, no notes.
    type: LEVELS[finding.severity] === 'error' ? 'error' : 'warning',
    sourcepath: path,
    linenumber: line,
    columnnumber: column,
    code: finding.rule,
  };
}

function logIssue(properties: Record<string, string | number>, message: string): string {
  const list = Object.entries(properties).map(([key, value]) => `${key}=${escapeProperty(String(value))};`);
  return `##vso[task.logissue ${list.join('')}]${escapeData(makeVisible(message))}\n`;
}

/** As its own task library does (https://github.com/microsoft/azure-pipelines-task-lib, node/taskcommand.ts). */
function escapeData(text: string): string {
  return text.replaceAll('%', '%AZP25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return makeVisible(escapeData(text)).replaceAll(']', '%5D').replaceAll(';', '%3B');
}
