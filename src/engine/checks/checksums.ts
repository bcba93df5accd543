import { crc32 } from 'node:zlib';

/** Checksums that vendors build into their tokens: `checks.checksum` of a rule names one. True when it holds. */
export const CHECKSUMS: Record<string, (secret: string) => boolean> = {
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
};

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

function fromBase62(digits: string): number {
  let value = 0;
  for (const digit of digits) value = value * 62 + BASE62.indexOf(digit);
  return value;
}
