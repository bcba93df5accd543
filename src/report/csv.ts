import type { Finding, Place } from '../model/finding.ts';
import type { Report } from '../model/report.ts';
import type { RenderContext } from './formats.ts';
import { makeVisible, showSecret } from './shown.ts';

/** One row a place (RFC 4180), for spreadsheets. */
export function* renderCsv({ findings }: Report, { reveal }: RenderContext): Generator<string> {
  yield toRow(Object.keys(COLUMNS));
  for (const finding of findings) {
    for (const place of finding.places) {
      yield toRow(Object.values(COLUMNS).map((cell) => cell(finding, place, reveal)));
    }
  }
}

type Cell = (finding: Finding, place: Place, reveal: boolean) => string | number | boolean | undefined;

const COLUMNS: Record<string, Cell> = {
  severity: ({ severity }) => severity,
  rule: ({ rule }) => rule,
  vendor: ({ vendor }) => vendor,
  title: ({ title }) => title,
  secret: ({ secret }, _, reveal) => showSecret(secret, reveal),
  id: ({ pair }) => pair?.id,
  verdict: ({ verdict }) => verdict?.state,
  path: (_, { path }) => path,
  line: (_, { line }) => line,
  column: (_, { column }) => column,
  inHead: (_, { inHead }) => inHead,
  reachable: (_, { reachable }) => reachable,
  commit: (_, { commit }) => commit,
  author: (_, { author }) => author,
  email: (_, { email }) => email,
  date: (_, { date }) => date,
  message: (_, { message }) => message,
  decoded: (_, { decoded }) => decoded?.join(' '),
  snippet: (_, { snippet }) => snippet,
  confidence: ({ confidence }) => confidence,
  facts: ({ facts }) =>
    Object.entries(facts)
      .map(([name, value]) => `${name}=${value}`)
      .join('; '),
  suppressed: ({ suppressed }) => suppressed?.by,
  fingerprint: ({ fingerprint }) => fingerprint,
};

function toRow(cells: (string | number | boolean | undefined)[]): string {
  return `${cells.map(toCell).join(',')}\r\n`;
}

/**
 * A spreadsheet runs a cell that begins like a formula, also after a quote has opened it, so an apostrophe is put before
 * (https://owasp.org/www-community/attacks/CSV_Injection).
 */
function toCell(value: string | number | boolean | undefined): string {
  if (typeof value !== 'string') return value === undefined ? '' : String(value);
  const shown = makeVisible(value);
  const safe = /^\s*[=+\-@＝＋－＠]/.test(shown) ? `'${shown}` : shown;
  return /[",;']|^\s|\s$/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
