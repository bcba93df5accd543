import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { UserError } from '../../model/errors.ts';
import type { Finding, Place } from '../../model/finding.ts';
import type { AcceptPlace } from '../apply.ts';
import { readText } from '../read-text.ts';

/** Bytes. */
const MAX_SIZE = 64 * 2 ** 20;

/** Another tool's list of accepted findings, read as it is. */
export interface AcceptedList {
  accept: AcceptPlace;
  /** How many findings it names. */
  size: number;
  /** What it holds that has no effect here. */
  warnings: string[];
}

/**
 * Reads a `.gitleaksignore` (or `.betterleaksignore`), or a detect-secrets baseline, by its content.
 * @throws {UserError} when it cannot be read or is neither
 */
export async function readAcceptedList(path: string): Promise<AcceptedList> {
  const text = await readText(path, path, MAX_SIZE);
  if (text === undefined) throw new UserError(`${path}: no such file`);
  return text.trimStart().startsWith('{') ? parseDetectSecrets(text, path) : parseGitleaksIgnore(text, path);
}

/**
 * Lines `commit:path:rule:line` or `path:rule:line`, as https://github.com/gitleaks/gitleaks#gitleaksignore has them.
 * Rules are called otherwise here, so commit, path and line decide.
 */
export function parseGitleaksIgnore(text: string, name: string): AcceptedList {
  const entries = new Map<string, (string | undefined)[]>();
  const warnings: string[] = [];
  let size = 0;
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const line = raw.replace(/^\ufeff/, '').trim();
    if (line === '' || line.startsWith('#')) continue;
    const found = /^(?:([0-9a-f]{7,64}):)?(.+):([^:]+):(\d+)$/.exec(line);
    if (!found) {
      warnings.push(
        `${basename(name)}:${index + 1}: not read: the line is no fingerprint (commit:path:rule:line)`,
      );
      continue;
    }
    const [, commit, path, , number] = found;
    const key = `${path.replaceAll('\\', '/').replace(/^\.\//, '')}:${number}`;
    entries.set(key, [...(entries.get(key) ?? []), commit]);
    size++;
  }
  const accept = (_: Finding, { path, line, commit }: Place) => {
    const commits = entries.get(`${path}:${line}`);
    const fits = commits?.some((accepted) => accepted === undefined || commit?.startsWith(accepted));
    return fits ? `accepted in ${basename(name)}` : undefined;
  };
  return { accept, size, warnings };
}

interface DetectSecretsBaseline {
  results?: Record<
    string,
    { type?: string; hashed_secret?: string; is_secret?: boolean; line_number?: number }[]
  >;
  filters_used?: { path?: string; pattern?: unknown }[];
  exclude?: { files?: string | null; lines?: string | null };
}

/**
 * A baseline of https://github.com/Yelp/detect-secrets, which names secrets by file and SHA-1. One that was audited as a real
 * secret (`is_secret: true`) is not accepted.
 */
export function parseDetectSecrets(text: string, name: string): AcceptedList {
  let data: DetectSecretsBaseline;
  try {
    data = JSON.parse(text);
  } catch {
    throw new UserError(`${name}: neither JSON of detect-secrets nor a list of gitleaks fingerprints`);
  }
  if (typeof data?.results !== 'object' || data.results === null) {
    throw new UserError(`${name}: no detect-secrets baseline: it has no results`);
  }
  const hashes = new Map<string, Set<string>>();
  const warnings: string[] = [];
  const warn = (what: string) => warnings.push(`${basename(name)}: not read: ${what}`);
  let size = 0;
  let real = 0;
  for (const [file, entries] of Object.entries(data.results)) {
    const accepted = new Set<string>();
    for (const { hashed_secret, is_secret } of Array.isArray(entries) ? entries : []) {
      if (is_secret) real++;
      else if (typeof hashed_secret === 'string') accepted.add(hashed_secret);
    }
    hashes.set(file.replaceAll('\\', '/').replace(/^\.\//, ''), accepted);
    size += accepted.size;
  }
  if (real > 0) warn(`${real} entries that were audited as real secrets: they stay findings`);
  for (const { path, pattern } of data.filters_used ?? []) {
    if (path?.includes('regex.should_exclude'))
      warn(`its filter ${path} ${JSON.stringify(pattern)}: say it under exclude or allow`);
  }
  if (data.exclude?.files ?? data.exclude?.lines) warn('its exclude: say it under exclude or allow');
  const accept = (finding: Finding, { path }: Place) => {
    const accepted = hashes.get(path);
    if (!accepted?.size || !finding.secret.known) return undefined;
    return secretsOf(finding).some((secret) => accepted.has(sha1(secret)))
      ? `accepted in ${basename(name)}`
      : undefined;
  };
  return { accept, size, warnings };
}

/** What detect-secrets may have hashed: the secret, the id of a pair, and of a private key the name in its first line. */
function secretsOf({ secret, pair }: Finding): string[] {
  const texts = [secret.reveal()];
  if (pair) texts.push(pair.id);
  if (pair?.secret.known) texts.push(pair.secret.reveal());
  const label = /-----(BEGIN [A-Z ]{0,40}PRIVATE KEY)/.exec(texts[0])?.[1];
  if (label) texts.push(label);
  return texts;
}

function sha1(text: string): string {
  return createHash('sha1').update(text).digest('hex');
}
