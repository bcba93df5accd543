import { crc32 } from 'node:zlib';
import { WALLET_CHECKSUMS } from './wallet-checksums.ts';

/** Checksums that vendors build into their tokens: `checks.checksum` of a rule names one. True when it holds. */
export const CHECKSUMS: Record<string, (secret: string) => boolean> = {
  ...WALLET_CHECKSUMS,
  /** GitHub, npm: the last 6 characters are the CRC-32 of the 30 before them, in base62. https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/ */
  'crc32-base62': (secret) => {
    const body = secret.slice(-36, -6);
    return body.length === 30 && crc32(body) === fromBase62(secret.slice(-6));
  },
  /** Polar: the same over 37 characters. https://github.com/polarsource/polar/blob/main/server/polar/kit/crypto.py */
  'crc32-base62-37': (secret) => crc32(secret.slice(-43, -6)) === fromBase62(secret.slice(-6)),
  /**
   * Matrix: after the last underscore the CRC-32 of all before it in base62, by Synapse with the highest digit first, by the
   * Matrix authentication service with the lowest first. https://github.com/element-hq/synapse/blob/develop/synapse/handlers/auth.py
   * and https://github.com/element-hq/matrix-authentication-service/blob/main/crates/data-model/src/tokens.rs
   */
  matrix: (secret) => {
    const base = secret.slice(0, secret.lastIndexOf('_'));
    const digits = secret.slice(base.length + 1);
    if (secret.startsWith('sy')) return crc32(base) === fromBase62(digits);
    // Its padding stands before the lowest digit, so the number of digits is not known.
    for (let at = 0; at < 6; at++) {
      if (crc32(base) === fromBase62([...digits.slice(at)].reverse().join(''))) return true;
      if (digits[at] !== '0') return false;
    }
    return false;
  },
};

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

function fromBase62(digits: string): number {
  let value = 0;
  for (const digit of digits) value = value * 62 + BASE62.indexOf(digit);
  return value;
}
