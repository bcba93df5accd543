import type { Finding, Place } from '../model/finding.ts';
import { Secret } from '../model/secret.ts';
import type { RuleDetails } from '../rules/rule.ts';
import { entropy } from './checks/entropy.ts';
import type { Detection } from './detection.ts';
import { fingerprintOf } from './fingerprint.ts';

/** Where a detection's blob stands: the part of a place that the engine does not know. */
export type BlobPlace = Omit<Place, 'line' | 'column' | 'endLine' | 'endColumn' | 'snippet' | 'decoded'>;

/** Merges detections into findings: one for each secret under a rule, with all its places. */
export class FindingSet {
  readonly #findings = new Map<string, Finding>();
  readonly #details: (rule: string) => RuleDetails | undefined;
  readonly #showSecrets: boolean;

  constructor(details: (rule: string) => RuleDetails | undefined, showSecrets: boolean) {
    this.#details = details;
    this.#showSecrets = showSecrets;
  }

  add(detection: Detection, where: BlobPlace): void {
    const { pair } = detection;
    const key = `${detection.rule}\0${pair ? `${pair.id}\0` : ''}${detection.secret}`;
    let finding = this.#findings.get(key);
    if (!finding) this.#findings.set(key, (finding = this.#create(detection)));
    const place: Place = {
      ...where,
      line: detection.line,
      column: detection.column,
      endLine: detection.endLine,
      endColumn: detection.endColumn,
      ...(detection.decoded.length > 0 && { decoded: detection.decoded }),
      snippet: this.#showSecrets ? detection.rawSnippet : detection.snippet,
    };
    finding.places.push(place);
    if (pair?.token && finding.pair && !finding.pair.sessionToken)
      finding.pair.sessionToken = Secret.of(pair.token);
  }

  /** The findings in a fixed order, with their places in order and once each. */
  toArray(): Finding[] {
    const findings = [...this.#findings.values()];
    for (const finding of findings) {
      finding.places.sort(comparePlaces);
      finding.places = finding.places.filter(
        (place, i) => i === 0 || comparePlaces(place, finding.places[i - 1]) !== 0,
      );
    }
    return findings.sort(
      (a, b) =>
        comparePlaces(a.places[0], b.places[0]) ||
        compare(a.rule, b.rule) ||
        compare(a.fingerprint, b.fingerprint),
    );
  }

  #create(detection: Detection): Finding {
    const { rule, severity, confidence, secret, prefix, pair, facts } = detection;
    const details = this.#details(rule);
    return {
      rule,
      vendor: details?.vendor ?? '',
      title: details?.title ?? rule,
      severity,
      confidence,
      fingerprint: fingerprintOf(rule, secret, pair?.id),
      secret: Secret.of(secret, prefix),
      entropy: Math.round(entropy(secret) * 100) / 100,
      ...(pair && {
        pair: {
          id: pair.id,
          idLine: pair.idLine,
          secret: Secret.of(pair.secret),
          ...(pair.token && { sessionToken: Secret.of(pair.token) }),
        },
      }),
      facts,
      places: [],
    };
  }
}

function comparePlaces(a: Place, b: Place): number {
  return (
    compare(a.path, b.path) ||
    a.line - b.line ||
    a.column - b.column ||
    compare(a.commit ?? '', b.commit ?? '')
  );
}

/** By code unit: the same on every machine, whatever its language. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
