import type { Assignment } from './assignment.ts';
import { findPlaceholder } from './placeholder.ts';
import { findVendorPrefix } from './vendor-form.ts';
import { hasOtherScript, readWording } from './vocabulary.ts';

/**
 * Whether a value is a note to its reader, in words: where to get the secret, that one goes here, that this is none. In clear,
 * or in base64 as the examples of Kubernetes and of HTTP's basic authentication have it.
 * @param isToken its name says that nobody made it up to remember: then words that name things are no value either
 * @returns why it is no secret
 */
export function findNote(value: string, at: Assignment, isToken: boolean): string | undefined {
  if (hasOtherScript(value)) return 'it is in another script';
  const names = new Set(at.name.toLowerCase().match(/[a-z]{2,}/g) ?? []);
  const prefix = findVendorPrefix(value);
  const text = prefix ? value.slice(prefix.length) : value.replace(/^(?:sk|pk|rk|ak|tk|pat)[-_]/, '');
  const wording = readWording(text, names);
  if (wording === 'telling' && !(isWeakPassword(value) && !isToken)) return 'it is words for a placeholder';
  if (wording === 'plain' || (wording && (isToken || prefix))) return 'it is words that name things';
  if (wording && /^\s+\w+\s+\w/.test(at.after)) return 'it begins a phrase';
  if (/^["'`]?\s*[[(<](?:redacted|hidden|masked|truncated|removed)/i.test(at.after))
    return 'a part of it is hidden';
  if (/\s\S+\s/.test(value) && saysSecret(value)) return 'it is a phrase about a secret';
  const decoded = decodeText(value, 4);
  if (
    decoded &&
    (/^(?:\d+|\W*)$/.test(decoded) ||
      findPlaceholder(decoded) ||
      readWording(decoded, names) ||
      (/^(?:user|admin|root|foo|test)\w*:/.test(decoded) && readWording(decoded.replace(':', ' '), names)))
  )
    return 'it is a placeholder in base64';
  return undefined;
}

/** The same of a token that has a form of its own: nothing that people choose, so no word is one. */
export function findNoteInToken(value: string): string | undefined {
  const text = value.slice(findVendorPrefix(value)?.length ?? 0);
  if (readWording(text)) return 'words for a placeholder';
  const decoded = decodeText(value, 8);
  return decoded && readWording(decoded) ? 'a placeholder in base64' : undefined;
}

/** `Test2019!`, `demo42`: as people make one up. */
function isWeakPassword(value: string): boolean {
  return /^[A-Za-z]+\d{2,4}[!@#$*?]?$/.test(value) && !/(?:\D|^)(?:1234?|0+)$/.test(value);
}

function saysSecret(value: string): boolean {
  return (
    /^[A-Za-z\d\s,.:'()/"-]+$/.test(value) &&
    /\b(?:pass|pwd|passw(?:or)?d|token|secret|key|credentials?|default|dashboard|configured|generate|obtain|your)\b/i.test(
      value,
    )
  );
}

/** What a base64 text of at least so many characters encodes, if that is printable. */
export function decodeText(value: string, least = 12): string | undefined {
  if (value.length < least || !/^[A-Za-z0-9+/]{3,400}={0,2}$/.test(value)) return undefined;
  const bytes = Buffer.from(value, 'base64');
  const text = bytes.toString('latin1');
  if (!/^[\x20-\x7e]+$/.test(text)) return undefined;
  return value.length >= 12 || bytes.toString('base64') === value ? text : undefined;
}
