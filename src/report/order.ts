import { CONFIDENCES, type Finding, type Place, SEVERITIES, type Severity } from '../model/finding.ts';

/** What to read first: what counts, then live secrets, then by severity and confidence; places decide the rest, so that runs compare. */
export function inReadingOrder(findings: readonly Finding[]): Finding[] {
  return [...findings].sort(
    (a, b) =>
      Number(a.suppressed !== undefined) - Number(b.suppressed !== undefined) ||
      Number(isLive(b)) - Number(isLive(a)) ||
      SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity) ||
      CONFIDENCES.indexOf(b.confidence) - CONFIDENCES.indexOf(a.confidence) ||
      comparePlaces(mainPlace(a), mainPlace(b)),
  );
}

/** Without those that are only listed because suppressed findings were asked for. */
export function thatCount(findings: readonly Finding[]): Finding[] {
  return findings.filter(({ suppressed }) => suppressed === undefined);
}

/** The place to open first: one that the current files still hold, when there is one. */
export function mainPlace({ places }: Finding): Place {
  return places.find((place) => place.inHead !== false) ?? places[0];
}

/** All places but the main one, in their order. */
export function otherPlaces(finding: Finding): Place[] {
  const main = mainPlace(finding);
  return finding.places.filter((place) => place !== main);
}

export function isLive({ verdict, suppressed }: Finding): boolean {
  return verdict?.state === 'active' && suppressed === undefined;
}

/** Findings per severity, worst first, without those that have none. */
export function countSeverities(findings: readonly Finding[]): [Severity, number][] {
  return [...SEVERITIES]
    .reverse()
    .map((severity): [Severity, number] => [
      severity,
      findings.filter((finding) => finding.severity === severity).length,
    ])
    .filter(([, count]) => count > 0);
}

function comparePlaces(a: Place, b: Place): number {
  if (a.path !== b.path) return a.path < b.path ? -1 : 1;
  return a.line - b.line || a.column - b.column;
}
