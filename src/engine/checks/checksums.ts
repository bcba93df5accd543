import { crc32 } from 'node:zlib';
import { WALLET_CHECKSUMS } from './wallet-checksums.ts';

/**
 * Checksums of tokens that their prefix and length tell already. One that is wrong makes such a token doubtful and drops no
 * finding: an edited or made-up token, but also one that somebody mistyped on purpose to get past a scanner.
 */
export const DOUBTING: ReadonlySet<string> = new Set([
  'crc32-base62',
  'crc32-base62-37',
  'github-installation',
  'gitlab-routable',
  'grafana-crc32',
]);

/** Checksums that vendors build into their tokens: `checks.checksum` of a rule names one. True when it holds. */
export const CHECKSUMS: Record<string, (secret: string) => boolean> = {
  ...WALLET_CHECKSUMS,
  /** GitHub, npm: the last 6 characters are the CRC-32 of the 30 before them, in base62. https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/ */
  'crc32-base62': (secret) => {
    const body = secret.slice(-36, -6);
    return body.length === 30 && crc32(body) === fromBase62(secret.slice(-6));
  },
  /** GitHub App installation tokens: the classic form ends in the same CRC-32; `ghs_APPID_JWT`, issued since April 2026, carries none. https://github.blog/changelog/2026-05-15-github-app-installation-tokens-per-request-override-header/ */
  'github-installation': (secret) => secret.includes('.') || CHECKSUMS['crc32-base62'](secret),
  /** GitLab's routable tokens: `PAYLOAD.01.LLCCCCCCC`, L the payload's length and C the CRC-32 of all before it, in base36. Tokens without a dot are older and carry none. https://handbook.gitlab.com/handbook/engineering/architecture/design-documents/cells/routable_tokens/ */
  'gitlab-routable': (secret) => {
    if (!secret.includes('.')) return true;
    return crc32(secret.slice(0, -7)) === Number.parseInt(secret.slice(-7), 36);
  },
  /** Grafana: `glsa_SECRET_CCCCCCCC`, C the CRC-32 of what stands before the second `_`, in hex, lowest byte first. https://github.com/grafana/grafana/blob/main/pkg/components/satokengen/tokengen.go */
  'grafana-crc32': (secret) => {
    const sum = Buffer.alloc(4);
    sum.writeUInt32LE(crc32(secret.slice(0, -9)));
    return sum.toString('hex') === secret.slice(-8);
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
