import { relative, resolve, sep } from 'node:path';
import {
  CONFIDENCES,
  type Finding,
  type Place,
  SEVERITIES,
  type Severity,
  type Suppressed,
} from '../model/finding.ts';
import type { ScanSummary, Skipped } from '../model/report.ts';
import { type Baseline, type BaselineEntry, indexBaseline, staleEntries, whyNotStale } from './baseline.ts';
import type { Config } from './config.ts';
import { compileGlobs } from './globs.ts';

/**
 * A judge of single places, such as one that reads another tool's list of accepted findings: gives the reason why a place is accepted.
 * It sees paths relative to the configuration's folder.
 */
export type AcceptPlace = (finding: Finding, place: Place) => string | undefined;

export interface SuppressOptions {
  config: Config;
  /** The folder that the places' paths are relative to. Absolute; undefined when they are relative to the configuration's own. */
  pathBase?: string;
  baseline?: Baseline;
  /** Further judges: see foreign/. What they accept counts as `baseline`. */
  accept?: AcceptPlace[];
  /** How the scan went; without it no baseline entry is called stale. */
  scan?: ScanSummary;
}

export interface Suppression {
  /** Findings that count, with the severity that the configuration gives them, and only the places that are not suppressed. */
  kept: Finding[];
  /** The others, each with `suppressed`. */
  suppressed: Finding[];
  counts: ScanSummary['suppressed'];
  /** What could not be read and is not excluded: the other entries count in `counts.config`. */
  skipped: Skipped[];
  /** Baseline entries that match nothing any more; empty when the scan cannot tell. */
  stale: BaselineEntry[];
}

/**
 * Takes out what the team has accepted: by baseline as a whole, by allow comment (`place.allowed`) and configuration place by place.
 * A finding goes when all its places do. Nothing is changed in place.
 */
export function suppressFindings(findings: readonly Finding[], options: SuppressOptions): Suppression {
  const accepted = options.baseline ? indexBaseline(options.baseline) : () => undefined;
  const judge = judgeByConfig(options.config, options.pathBase);
  const result: Suppression = {
    kept: [],
    suppressed: [],
    counts: { baseline: 0, comment: 0, config: 0 },
    skipped: [],
    stale: [],
  };
  for (const entry of options.scan?.skipped ?? []) {
    if (judge.excludes(entry)) result.counts.config++;
    else result.skipped.push(entry);
  }
  const suppress = (finding: Finding, by: keyof typeof result.counts, reason?: string) => {
    result.counts[by]++;
    result.suppressed.push({ ...finding, suppressed: { by, ...(reason && { reason }) } });
  };
  for (const finding of findings) {
    const entry = accepted(finding.fingerprint);
    if (entry) {
      suppress(finding, 'baseline', entry.reason);
      continue;
    }
    const reasons = finding.places.map((place) => whySuppressed(finding, place, judge, options.accept ?? []));
    const left = finding.places.filter((_, index) => !reasons[index]);
    const [first] = reasons;
    if (left.length === 0 && first) suppress(finding, first.by, first.reason);
    else result.kept.push(withSeverity({ ...finding, places: left }, judge));
  }
  if (options.baseline && options.scan && !whyNotStale(options.scan)) {
    result.stale = staleEntries(
      options.baseline,
      findings.map((finding) => finding.fingerprint),
      options.scan,
    );
  }
  return result;
}

function whySuppressed(
  finding: Finding,
  place: Place,
  judge: Judge,
  accept: AcceptPlace[],
): Suppressed | undefined {
  const configured = judge.reason(finding, place);
  if (configured) return { by: 'config', reason: configured };
  if (place.allowed) return place.allowed;
  for (const judgePlace of accept) {
    const reason = judgePlace(finding, { ...place, path: judge.path(place) });
    if (reason) return { by: 'baseline', reason };
  }
  return undefined;
}

interface Judge {
  /** The place's path, relative to the configuration. */
  path(place: Pick<Place, 'path'>): string;
  excludes(place: Pick<Place, 'path'>): boolean;
  reason(finding: Finding, place: Place): string | undefined;
  severity(finding: Finding, place: Place): Severity;
}

function judgeByConfig(config: Config, pathBase?: string): Judge {
  const isSame = pathBase === undefined || relative(config.base, pathBase) === '';
  const pathOf = ({ path }: Pick<Place, 'path'>) =>
    normalize(isSame ? path : relative(config.base, resolve(pathBase, path)).replaceAll(sep, '/'));
  const excluded = compileGlobs(config.exclude);
  const rulesOff = new Set(config.rulesOff);
  const paths = config.paths.map((settings) => ({ ...settings, matches: compileGlobs(settings.match) }));
  const allow = config.allow
    .filter(({ linePattern }) => linePattern === undefined)
    .map((rule) => ({
      ...rule,
      matches: rule.path ? compileGlobs([rule.path]) : undefined,
      pathRe: rule.pathPattern === undefined ? undefined : new RegExp(rule.pathPattern),
      secret: rule.secretPattern === undefined ? undefined : new RegExp(rule.secretPattern),
    }));
  return {
    path: pathOf,
    excludes(place) {
      const path = pathOf(place);
      return excluded(path) || paths.some((settings) => settings.exclude && settings.matches(path));
    },
    reason(finding, place) {
      const path = pathOf(place);
      if (excluded(path)) return 'excluded path';
      if (rulesOff.has(finding.rule)) return 'rule off';
      let least = config.minConfidence;
      for (const settings of paths) {
        if (!settings.matches(path)) continue;
        if (settings.exclude) return 'excluded path';
        if (settings.rulesOff.includes(finding.rule)) return 'rule off here';
        least = settings.minConfidence ?? least;
      }
      if (least && CONFIDENCES.indexOf(finding.confidence) < CONFIDENCES.indexOf(least))
        return `confidence below ${least}`;
      for (const { rule, matches, pathRe, commit, secret, fingerprint, reason } of allow) {
        if (rule && rule !== finding.rule) continue;
        if (fingerprint && fingerprint !== finding.fingerprint) continue;
        if (matches && !matches(path)) continue;
        if (pathRe && !pathRe.test(path)) continue;
        if (commit && !place.commit?.startsWith(commit)) continue;
        if (secret && !(finding.secret.known && secret.test(finding.secret.reveal()))) continue;
        return reason;
      }
      return undefined;
    },
    severity(finding, place) {
      let severity = config.severity[finding.rule] ?? finding.severity;
      const path = pathOf(place);
      for (const settings of paths) {
        if (settings.severity[finding.rule] && settings.matches(path))
          severity = settings.severity[finding.rule];
      }
      return severity;
    },
  };
}

/** The highest that the configuration gives it at any of its places. */
function withSeverity(finding: Finding, judge: Judge): Finding {
  const ranks = finding.places.map((place) => SEVERITIES.indexOf(judge.severity(finding, place)));
  return ranks.length === 0 ? finding : { ...finding, severity: SEVERITIES[Math.max(...ranks)] };
}

function normalize(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else if (part !== '.' && part !== '') parts.push(part);
  }
  return parts.join('/');
}
