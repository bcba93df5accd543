import type { Report } from '../model/report.ts';
import type { RenderContext } from './formats.ts';
import { toJsonFinding, toJsonPlace, toJsonScan } from './json.ts';
import { toJsonText } from './json-text.ts';

/** One line a place, with the finding's fields repeated, then a last line with the scan: made for `grep`, `jq` and logs. */
export function* renderJsonLines(report: Report, { reveal }: RenderContext): Generator<string> {
  for (const finding of report.findings) {
    const { places: _, ...fields } = toJsonFinding(finding, reveal);
    for (const place of finding.places) yield `${toJsonText({ ...fields, ...toJsonPlace(place) })}\n`;
  }
  yield `${toJsonText({ scan: toJsonScan(report.scan, reveal) })}\n`;
}
