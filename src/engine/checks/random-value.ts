import { randomness } from './entropy.ts';
import { wordness } from './words.ts';

export const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/**
 * Whether a value looks drawn at random from the alphabet of a key: hexadecimal digits, 24 or more; a UUID; or 16 or more
 * letters and digits, with what joins them in tokens. Of random values it takes 98 % and more from 24 characters on, and
 * 95 % of 16.
 */
export function looksDrawn(value: string): boolean {
  if (UUID.test(value)) return randomness(value.replaceAll('-', '')) > 0.8;
  if (/^(?:[0-9a-f]{24,128}|[0-9A-F]{24,128})$/.test(value))
    return /\d/.test(value) && /[A-Fa-f]/.test(value) && randomness(value) > 0.8;
  if (!/^[A-Za-z0-9+/_.~:-]{16,200}={0,2}$/.test(value)) return false;
  const digits = value.match(/\d/g)?.length ?? 0;
  const letters = value.match(/[A-Za-z]/g)?.length ?? 0;
  if (letters < 4 || digits + letters < 0.85 * value.length || randomness(value) < 0.85) return false;
  return changesOf(value) > 0.45 || (digits > 0 && wordness(value) < -0.3);
}

/** Share of neighbours of different kind, small letter, capital or digit: 0.6 of random ones, 0.3 and less of `camelCaseWords2`. */
function changesOf(value: string): number {
  return (value.match(/(?<=[a-z])[^a-z]|(?<=[A-Z])[^A-Z]|(?<=\d)\D/g)?.length ?? 0) / value.length;
}
