import type { Report } from '../../src/model/report.ts';
import { type Format, type RenderOptions, renderReport } from '../../src/report/formats.ts';
import { buildReport, DETAILS } from './fixture.ts';

/** The finished document as one string. */
export async function render(
  format: Format,
  report: Report = buildReport(),
  options: RenderOptions = {},
): Promise<string> {
  return [...(await renderReport(format, report, { details: () => DETAILS, ...options }))].join('');
}
