import type { Finding, Place } from '../model/finding.ts';
import type { Secret } from '../model/secret.ts';

/** The one way from a secret to an output. */
export function showSecret(secret: Secret, reveal: boolean): string {
  return reveal ? secret.reveal() : secret.mask;
}

/**
 * Makes hostile text harmless on a terminal or a log: control characters (escape sequences among them), marks that
 * reorder text and characters without a width are written as escapes. Trojan Source: https://trojansource.codes
 * @param unicode whether characters beyond ASCII may stay
 */
export function makeVisible(text: string, unicode = true): string {
  const shown = text.replace(INVISIBLE, escapeCharacter);
  return unicode ? shown : shown.replace(/[^\x20-\x7e]/gu, escapeCharacter);
}

/** Where the secret stands in its snippet, as string offsets; undefined when the snippet was cut so that none is left. */
export function locateInSnippet(
  finding: Finding,
  place: Place,
  reveal: boolean,
): [start: number, end: number] | undefined {
  const { snippet } = place;
  const secrets = finding.pair ? [finding.pair.secret, finding.secret] : [finding.secret];
  for (const secret of secrets) {
    const needle = showSecret(secret, reveal);
    const start = nearestIndex(snippet, needle, place.column - 1);
    if (start >= 0) return [start, start + needle.length];
  }
  const mask = /\*{8}[\w+/=-]{0,4}/.exec(snippet);
  if (mask) return [mask.index, mask.index + mask[0].length];
  const start = place.column - 1;
  if (start >= snippet.length) return undefined;
  const end = place.endLine === place.line ? Math.min(place.endColumn - 1, snippet.length) : snippet.length;
  return end > start ? [start, end] : undefined;
}

const INVISIBLE =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]|[\u{e0000}-\u{e007f}]/gu;

function escapeCharacter(character: string): string {
  const code = character.codePointAt(0) as number;
  const named = { 9: '\\t', 10: '\\n', 13: '\\r', 27: '\\e' }[code];
  if (named) return named;
  return code < 256 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
}

/** Masks are alike, so several may stand in one line: the one nearest to the secret's own column is it. */
function nearestIndex(text: string, needle: string, wanted: number): number {
  let best = -1;
  for (let at = text.indexOf(needle); at >= 0; at = text.indexOf(needle, at + 1)) {
    if (best < 0 || Math.abs(at - wanted) < Math.abs(best - wanted)) best = at;
  }
  return best;
}
