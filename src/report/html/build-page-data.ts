import type { Finding, Place } from '../../model/finding.ts';
import type { Report } from '../../model/report.ts';
import { showScope, showSuppressed } from '../figures.ts';
import type { RenderContext } from '../formats.ts';
import { headline } from '../headline.ts';
import { inReadingOrder, mainPlace, otherPlaces } from '../order.ts';
import { findRemedy, type Remedy } from '../remedy.ts';
import { locateInSnippet, makeVisible, showSecret } from '../shown.ts';
import type { PageData, PageFinding, PagePlace, PageRule } from './page-data.ts';

export function buildPageData(report: Report, context: RenderContext): PageData {
  const { scan, tool, findings } = report;
  const remedies = new Map<string, number>();
  const list: Remedy[] = [];
  const toIndex = (remedy: Remedy): number => {
    const key = JSON.stringify(remedy);
    const known = remedies.get(key);
    if (known !== undefined) return known;
    remedies.set(key, list.length);
    return list.push(remedy) - 1;
  };
  const pageFindings = inReadingOrder(findings).map((finding) =>
    toPageFinding(finding, toIndex(findRemedy(finding, context.details.get(finding.rule))), context.reveal),
  );
  return {
    tool,
    headline: headline(findings, scan.complete),
    scope: showScope(scan),
    suppressed: showSuppressed(scan),
    scan: {
      source: scan.source,
      started: scan.started,
      complete: scan.complete,
      skipped: scan.skipped.map(({ path, reason }) => ({
        path: makeVisible(path),
        reason: makeVisible(reason),
      })),
      narrowed: scan.narrowed,
    },
    rules: describeRules(findings, context),
    remedies: list,
    findings: pageFindings,
  };
}

/** Further places are left to the JSON report: a page that holds each of 100,000 does not open. */
const MOST_PLACES = 500;

function describeRules(findings: readonly Finding[], { details }: RenderContext): Record<string, PageRule> {
  const rules: Record<string, PageRule> = {};
  for (const { rule } of findings) {
    const found = details.get(rule);
    if (!found || Object.hasOwn(rules, rule)) continue;
    rules[rule] = { opens: found.opens, docs: /^https?:\/\//.test(found.docs) ? found.docs : undefined };
  }
  return rules;
}

function toPageFinding(finding: Finding, remedy: number, reveal: boolean): PageFinding {
  const { rule, vendor, title, severity, confidence, fingerprint, secret, pair, facts, verdict, suppressed } =
    finding;
  const places = [mainPlace(finding), ...otherPlaces(finding)].slice(0, MOST_PLACES);
  return {
    rule,
    vendor: makeVisible(vendor),
    title: makeVisible(title),
    severity,
    confidence,
    fingerprint,
    secret: showSecret(secret, reveal),
    id: pair?.id,
    facts: showValues(facts),
    verdict: verdict && {
      ...verdict,
      reason: verdict.reason === undefined ? undefined : makeVisible(verdict.reason),
      identity: verdict.identity && showValues(verdict.identity),
    },
    suppressed,
    remedy,
    places: places.map((place) => toPagePlace(finding, place, reveal)),
  };
}

/** Keys and texts as they may be shown. */
function showValues<Value>(values: Record<string, Value>): Record<string, Value> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      makeVisible(name),
      typeof value === 'string' ? (makeVisible(value) as Value) : value,
    ]),
  );
}

function toPagePlace(finding: Finding, place: Place, reveal: boolean): PagePlace {
  const { line, column, commit, date, inHead, reachable, decoded, snippet } = place;
  const show = (text: string | undefined) => (text === undefined ? undefined : makeVisible(text));
  const [start, end] = locateInSnippet(finding, place, reveal) ?? [snippet.length, snippet.length];
  // Made visible piece by piece, so that the mark stays on the secret.
  const pieces = [snippet.slice(0, start), snippet.slice(start, end), snippet.slice(end)].map((piece) =>
    makeVisible(piece.replaceAll('\t', '    ')),
  );
  const marked: [number, number] = [pieces[0].length, pieces[0].length + pieces[1].length];
  return {
    path: makeVisible(place.path),
    line,
    column,
    commit: show(commit),
    author: show(place.author),
    date,
    message: show(place.message),
    inHead,
    reachable,
    decoded,
    snippet: pieces.join(''),
    mark: marked[0] < marked[1] ? marked : undefined,
  };
}
