import { createHmac, randomBytes } from 'node:crypto';
import { UserError } from '../model/errors.ts';
import type { Finding } from '../model/finding.ts';
import type { ScanSummary } from '../model/report.ts';

/** The file's name, at the root of the repository unless configured otherwise. */
export const BASELINE_FILE = '.unleak-baseline';

/** Raised when older versions would misread the file. */
const FORMAT = 1;

/** One finding that the team has accepted. */
export interface BaselineEntry {
  /** 32 hex digits: HMAC-SHA-256 of the finding's fingerprint under one of the file's keys. */
  hash: string;
  rule: string;
  /** Where it stood when it was accepted. For people: it decides nothing but what `isHistory` reads from it. */
  path: string;
  reason?: string;
}

export interface Baseline {
  /** Hex. Random, so that nobody can look an entry up in a table of known secrets. More than one after a merge of two files made apart. */
  keys: string[];
  entries: BaselineEntry[];
}

export function createBaseline(): Baseline {
  return { keys: [randomBytes(16).toString('hex')], entries: [] };
}

/**
 * Reads the format that `formatBaseline` writes: any order, repeated lines and several keys are fine, because git's union merge makes them.
 * @param name how messages call the file
 * @throws {UserError} naming the line that cannot be read
 */
export function parseBaseline(text: string, name: string): Baseline {
  const keys = new Set<string>();
  const entries = new Map<string, BaselineEntry>();
  let format: number | undefined;
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const where = `${name}:${index + 1}`;
    const header = /^# unleak baseline, format (\d+)/.exec(line);
    if (header) format = Number(header[1]);
    const key = /^# key ([0-9a-f]{32})$/.exec(line);
    if (key) keys.add(key[1]);
    if (/^(?:<{7}|={7}|>{7}|\|{7})(?: |$)/.test(line)) {
      throw new UserError(
        `${where}: conflict marker: delete the lines of markers and keep all others, in any order`,
      );
    }
    if (line.startsWith('#') || line.trim() === '') continue;
    const entry = parseEntry(line);
    if (!entry)
      throw new UserError(
        `${where}: not an entry: it should be HASH RULE PATH -- REASON; correct or delete the line`,
      );
    if (!entries.has(entry.hash)) entries.set(entry.hash, entry);
  }
  if (format === undefined || keys.size === 0) {
    throw new UserError(
      `${name}: not a baseline (no header, or no key): restore it, or delete it and run unleak baseline add`,
    );
  }
  if (format > FORMAT) {
    throw new UserError(
      `${name}: format ${format} is newer than this unleak, which reads ${FORMAT}: update unleak`,
    );
  }
  return { keys: [...keys], entries: [...entries.values()] };
}

/**
 * Writes the file: sorted, one entry a line. A line `#00` to `#ff` stands before the entries whose hash begins so: git merges two
 * insertions without conflict when an unchanged line stands between them, so even in an empty baseline the entries of two branches
 * collide in 1 of 256 cases, and then `merge=union` (see baseline-file.ts) settles it.
 */
export function formatBaseline({ keys, entries }: Baseline): string {
  const lines = [
    `# unleak baseline, format ${FORMAT}: findings this team has accepted, keyed hashes of their secrets. Written by unleak baseline and unleak triage.`,
    ...[...keys].sort().map((key) => `# key ${key}`),
  ];
  const sorted = [...entries].sort((a, b) => (a.hash < b.hash ? -1 : a.hash > b.hash ? 1 : 0));
  let next = 0;
  for (let bucket = 0; bucket < 256; bucket++) {
    const prefix = bucket.toString(16).padStart(2, '0');
    lines.push(`#${prefix}`);
    while (next < sorted.length && sorted[next].hash.startsWith(prefix))
      lines.push(formatEntry(sorted[next++]));
  }
  return `${lines.join('\n')}\n`;
}

/** Finds the entry that accepts a finding, by its fingerprint. */
export function indexBaseline({
  keys,
  entries,
}: Baseline): (fingerprint: string) => BaselineEntry | undefined {
  const byHash = new Map(entries.map((entry) => [entry.hash, entry]));
  return (fingerprint) => {
    for (const key of keys) {
      const entry = byHash.get(hashUnder(key, fingerprint));
      if (entry) return entry;
    }
    return undefined;
  };
}

/** The baseline with one more finding accepted; one that is accepted already keeps its entry, with the new reason if there is one. */
export function acceptFinding(baseline: Baseline, finding: Finding, reason?: string): Baseline {
  const old = indexBaseline(baseline)(finding.fingerprint);
  const entry: BaselineEntry = {
    hash: old?.hash ?? hashUnder(baseline.keys[0], finding.fingerprint),
    rule: finding.rule,
    path: old?.path ?? describePlace(finding.places),
    ...((reason ?? old?.reason) && { reason: oneLine(reason ?? old?.reason ?? '') }),
  };
  return { keys: baseline.keys, entries: [...baseline.entries.filter((other) => other !== old), entry] };
}

/**
 * Entries that none of `fingerprints`, which are all that a scan found, matches. Only an audit looks at the history, so only its
 * findings make an entry stale that was accepted from there.
 */
export function staleEntries(
  baseline: Baseline,
  fingerprints: Iterable<string>,
  { source }: Pick<ScanSummary, 'source'>,
): BaselineEntry[] {
  const accepted = indexBaseline(baseline);
  const seen = new Set<BaselineEntry | undefined>();
  for (const fingerprint of fingerprints) seen.add(accepted(fingerprint));
  const isAudit = source.startsWith('audit');
  return baseline.entries.filter((entry) => !seen.has(entry) && (isAudit || !isHistory(entry)));
}

/** Why a scan cannot tell which entries are stale, or undefined when it can. */
export function whyNotStale(scan: ScanSummary): string | undefined {
  if (!scan.complete) return 'the scan was incomplete';
  if (scan.narrowed?.length) return `the scan was narrowed (${scan.narrowed.join(', ')})`;
  if (!/^(?:scan|audit)\b/.test(scan.source)) return `${scan.source} looks at changes alone`;
  return undefined;
}

function hashUnder(key: string, fingerprint: string): string {
  return createHmac('sha256', Buffer.from(key, 'hex')).update(fingerprint).digest('hex').slice(0, 32);
}

function parseEntry(line: string): BaselineEntry | undefined {
  const found = /^([0-9a-f]{32}) (\S+) (\S+)(?: -- (.*))?$/.exec(line.trimEnd());
  if (!found) return undefined;
  const [, hash, rule, path, reason] = found;
  return { hash, rule, path, ...(reason && { reason }) };
}

function formatEntry({ hash, rule, path, reason }: BaselineEntry): string {
  return `${hash} ${rule} ${path}${reason ? ` -- ${reason}` : ''}`;
}

/** Whether it stood in the history alone when it was accepted: then the commit follows its path. */
function isHistory({ path }: BaselineEntry): boolean {
  return /@[0-9a-f]{10}$/.test(path);
}

/** `config/prod.env`, and `config/prod.env@4f3a2b1c9d` when it is in no file of HEAD any more. */
function describePlace([place, ...others]: Finding['places']): string {
  if (!place) return '.';
  const path = escapePath(place.path).replace(/@(?=[0-9a-f]{10}$)/, '%40');
  const isGone = place.commit !== undefined && [place, ...others].every(({ inHead }) => inHead === false);
  return isGone ? `${path}@${place.commit?.slice(0, 10)}` : path;
}

/** A path as one word: white space, controls and what turns the direction of text are percent-encoded. */
function escapePath(path: string): string {
  return path.replace(/[\s\p{C}]/gu, (c) => (/\p{Cs}/u.test(c) ? '%EF%BF%BD' : encodeURIComponent(c))) || '.';
}

function oneLine(text: string): string {
  return text.replace(/[\s\p{C}]+/gu, ' ').trim();
}
