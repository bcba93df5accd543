import { UserError } from '../model/errors.ts';
import type { Finding, Place } from '../model/finding.ts';
import { REPORT_SCHEMA_VERSION, type Report } from '../model/report.ts';
import { Secret } from '../model/secret.ts';
import { reportSchema } from './schema.ts';

/**
 * Reads a JSON report back. Secrets are known only when it was written with `--show-secrets`; snippets come back
 * masked unless they are asked for.
 * @param name how messages call the report: its file's name
 * @throws {UserError} saying what is wrong and where
 */
export function readReport(
  text: string,
  { name, showSecrets = false }: { name: string; showSecrets?: boolean },
): Report {
  const value = parseJson(text, name);
  checkVersion(value, name);
  const parsed = reportSchema.safeParse(value);
  if (!parsed.success) {
    const [{ path, message }] = parsed.error.issues;
    const more = parsed.error.issues.length - 1;
    throw new UserError(
      `${name} is not a report of unleak: ${showPath(path)}: ${message}${more > 0 ? ` (and ${more} more mistakes)` : ''}`,
    );
  }
  const { tool, scan, findings } = parsed.data;
  const { revealed = false, ...summary } = scan;
  return {
    schemaVersion: REPORT_SCHEMA_VERSION,
    tool,
    scan: summary,
    findings: findings.map((finding) => toFinding(finding, revealed, showSecrets)),
  };
}

type ReadFinding = (typeof reportSchema)['_output']['findings'][number];

function toFinding(finding: ReadFinding, revealed: boolean, showSecrets: boolean): Finding {
  const toSecret = (text: string) => (revealed ? Secret.of(text) : Secret.masked(text));
  const { pair } = finding;
  const secret = toSecret(finding.secret);
  return {
    ...finding,
    secret,
    pair: pair && {
      ...pair,
      secret: toSecret(pair.secret),
      sessionToken: pair.sessionToken === undefined ? undefined : toSecret(pair.sessionToken),
    },
    places:
      revealed && !showSecrets ? finding.places.map((place) => hideSnippet(place, secret)) : finding.places,
  };
}

/** The line may hold other secrets, whole, cut or encoded: none of it can be kept but the mask. */
function hideSnippet(place: Place, secret: Secret): Place {
  return { ...place, snippet: secret.mask };
}

function parseJson(text: string, name: string): unknown {
  const bare = text.replace(/^\ufeff/, '');
  if (bare.trim() === '') throw new UserError(`${name} is empty: write it with --format json`);
  try {
    return JSON.parse(bare);
  } catch (error) {
    if (/^\{"(?:rule|scan)":.*\}\r?\n/.test(bare)) {
      throw new UserError(`${name} has one JSON value a line: write it with --format json, not jsonl`);
    }
    throw new UserError(`${name} is not JSON: ${describePosition(error, bare)}`);
  }
}

function checkVersion(value: unknown, name: string): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new UserError(
      `${name} is not a report of unleak: it must be an object with schemaVersion and findings`,
    );
  }
  if ('runs' in value) {
    throw new UserError(`${name} is a SARIF file: only reports written with --format json can be read`);
  }
  const version = 'schemaVersion' in value ? value.schemaVersion : undefined;
  if (version === undefined)
    throw new UserError(`${name} is not a report of unleak: schemaVersion is missing`);
  if (typeof version === 'number' && version > REPORT_SCHEMA_VERSION) {
    throw new UserError(
      `${name} has schemaVersion ${version}, and this unleak reads up to ${REPORT_SCHEMA_VERSION}: update unleak`,
    );
  }
}

/** `findings[3].places[0].line` */
function showPath(path: readonly PropertyKey[]): string {
  return path
    .map((key, index) => (typeof key === 'number' ? `[${key}]` : `${index > 0 ? '.' : ''}${String(key)}`))
    .join('');
}

/** V8 gives an offset for some mistakes; people look for lines. Its message may quote the text, so it is not shown. */
function describePosition(error: unknown, text: string): string {
  const message = error instanceof Error ? error.message : '';
  const offset = /position (\d+)/.exec(message)?.[1];
  if (/end of JSON/.test(message) || Number(offset) >= text.trimEnd().length)
    return 'it ends too early, was it cut?';
  if (offset === undefined) return 'write it with --format json';
  const lines = text.slice(0, Number(offset)).split('\n');
  return `a mistake at line ${lines.length}, column ${lines[lines.length - 1].length + 1}`;
}
