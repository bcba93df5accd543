import type { Facts, Finding, Place, Suppressed } from '../model/finding.ts';
import type { Report } from '../model/report.ts';
import type { Secret } from '../model/secret.ts';

/**
 * The engine masks what matched in a line. The same secret may stand there once more in a form that matches nothing, or in
 * a commit's subject, a name of a file, branch or person, or the reason of an allow comment: with all secrets of the report
 * at hand, those are masked as well.
 */
export function maskEverywhere(report: Report): Report {
  const secrets = collectSecrets(report.findings);
  if (secrets.size === 0) return report;
  const lines = indexByEnds(secrets, LEAST_IN_LINE);
  const names = indexByEnds(secrets, LEAST_IN_NAME);
  const name = <Text extends string | undefined>(text: Text) =>
    (text === undefined ? text : maskText(text, names)) as Text;
  const maskSuppressed = (by: Suppressed | undefined) => by && { ...by, reason: name(by.reason) };
  const maskPlace = (place: Place): Place => {
    const masked = { ...place, path: name(place.path), snippet: maskText(place.snippet, lines) };
    // In base64 the name would say what its text does not.
    if (masked.path !== place.path) delete masked.pathBytes;
    for (const field of ['message', 'author', 'email'] as const) {
      if (place[field] !== undefined) masked[field] = name(place[field]);
    }
    if (place.refs) masked.refs = place.refs.map(name);
    if (place.allowed) masked.allowed = maskSuppressed(place.allowed);
    return masked;
  };
  const maskFacts = (facts: Facts): Facts =>
    Object.fromEntries(
      // An id is not secret, and tells whether a report was edited.
      Object.entries(facts).map(([key, value]) => [
        key,
        typeof value === 'string' && key !== 'keyId' ? name(value) : value,
      ]),
    );
  const findings = report.findings.map((finding) => ({
    ...finding,
    facts: maskFacts(finding.facts),
    ...(finding.suppressed && { suppressed: maskSuppressed(finding.suppressed) }),
    places: finding.places.map(maskPlace),
  }));
  const skipped = report.scan.skipped.map(({ path, reason }) => ({ path: name(path), reason: name(reason) }));
  return { ...report, scan: { ...report.scan, skipped }, findings };
}

/** Characters by which a secret is looked up; a shorter one is too likely to be a word by chance. */
const KEY = 8;
const LEAST_IN_LINE = KEY;
/** Names are words more often than lines are: a password such as `production` must not hide folders. */
const LEAST_IN_NAME = 16;

interface Ends {
  /** By their first and by their last characters. */
  heads: Map<string, [text: string, mask: string][]>;
  tails: Map<string, [text: string, mask: string][]>;
}

function collectSecrets(findings: readonly Finding[]): Map<string, string> {
  const texts = new Map<string, string>();
  const add = (secret: Secret | undefined) => {
    if (!secret?.known) return;
    // Of a secret of several lines, each line is one.
    for (const line of secret.reveal().split(/[\r\n]+/)) {
      if (line.length >= KEY && !line.startsWith('-----')) texts.set(line, secret.mask);
    }
  };
  for (const { secret, pair } of findings) {
    // An id is not secret: it is shown in full beside its secret.
    if (secret.known && secret.reveal() !== pair?.id) add(secret);
    add(pair?.secret);
    add(pair?.sessionToken);
  }
  return texts;
}

function indexByEnds(secrets: Map<string, string>, least: number): Ends {
  const ends: Ends = { heads: new Map(), tails: new Map() };
  for (const entry of secrets) {
    const [text] = entry;
    if (text.length < least) continue;
    push(ends.heads, text.slice(0, KEY), entry);
    push(ends.tails, text.slice(-KEY), entry);
  }
  return ends;
}

function push<Value>(map: Map<string, Value[]>, key: string, value: Value): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}

function maskText(text: string, ends: Ends): string {
  let masked = '';
  let from = 0;
  const cut = findCutBeginning(text, ends);
  if (cut) {
    masked = cut[1];
    from = cut[0];
  }
  for (let at = from; at + KEY <= text.length; at++) {
    // The end of an excerpt may cut a secret: its beginning alone counts too.
    const found = ends.heads
      .get(text.slice(at, at + KEY))
      ?.find(([secret]) => text.startsWith(secret, at) || secret.startsWith(text.slice(at)));
    if (!found) continue;
    masked += text.slice(from, at) + found[1];
    from = Math.min(text.length, at + found[0].length);
    at = from - 1;
  }
  return from === 0 ? text : masked + text.slice(from);
}

/** The end of a secret at the beginning of the text: where it ends, and its mask. */
function findCutBeginning(text: string, { tails }: Ends): [end: number, mask: string] | undefined {
  for (let end = text.length; end >= KEY; end--) {
    const found = tails
      .get(text.slice(end - KEY, end))
      ?.find(([secret]) => secret.endsWith(text.slice(0, end)));
    if (found) return [end, found[1]];
  }
  return undefined;
}
