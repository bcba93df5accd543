import { crc32 } from 'node:zlib';

/** Checksums that vendors build into their tokens: `checks.checksum` of a rule names one. True when it holds. */
export const CHECKSUMS: Record<string, (secret: string) => boolean> = {
  /** GitHub, npm: the last 6 characters are the CRC-32 of the 30 before them, in base62. https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/ */
  'crc32-base62': (secret) => {
    const body = secret.slice(-36, -6);
    return body.length === 30 && crc32(body) === fromBase62(secret.slice(-6));
  },
};

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

function fromBase62(digits: string): number {
  let value = 0;
  for (const digit of digits) value = value * 62 + BASE62.indexOf(digit);
  return value;
}
