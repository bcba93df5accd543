import { decodeAwsKeyId } from '../facts/aws-key-id.ts';
import { parseSessionToken } from '../facts/aws-session-token.ts';
import { isEncodedPemBody } from './pem.ts';

/** Formats that a secret must parse as: `checks.structure` of a rule names one. True when it parses. */
export const STRUCTURES: Record<string, (secret: string) => boolean> = {
  /** An AWS access key id whose generation and account are possible. */
  'aws-key-id': (secret) => decodeAwsKeyId(secret) !== undefined,
  /** A service API key: base64 of `<user>-at-<account>:<secret>` after four letters. */
  'aws-api-key': (secret) => /^[\w+=,.@-]{1,128}-at-\d{12}:./.test(decodeBase64(secret.slice(4))),
  /** A short-term Bedrock key: base64 of a presigned URL. */
  'aws-bedrock-session': (secret) =>
    /Action=CallWithBearerToken.*X-Amz-Credential=/s.test(
      decodeBase64(secret.replace('bedrock-api-key-', '')),
    ),
  /** JSON of the key `k`, its name `n` and the organisation's `id`, in base64: what Grafana gave out before service accounts. */
  'grafana-api-key': (secret) => {
    const key = parseJsonPart(secret);
    return typeof key?.k === 'string' && typeof key.n === 'string' && typeof key.id === 'number';
  },
  /** 32 bytes of HMAC-SHA256 after a version byte 2 or 4. */
  'aws-ses-smtp': (secret) => [2, 4].includes(Buffer.from(secret, 'base64')[0]),
  /** A session token of the current form names its region or account; older ones are only known by their start. */
  'aws-session-token': (secret) =>
    !secret.startsWith('IQoJ') || Object.keys(parseSessionToken(secret)).length > 0 || secret.length > 250,
  /** A private key in PEM with a body that may be one. */
  'pem-private-key': isEncodedPemBody, // unleak:allow generic-secret -- the name of a function
  /** `user:password` in base64. */
  'basic-auth': (secret) => /^[\x21-\x39\x3b-\x7e]{1,128}:[\x20-\x7e]{3,256}$/.test(decodeBase64(secret)),
  /** Three base64url parts, the first two JSON objects (RFC 7519). */
  jwt: (secret) => {
    const parts = secret.split('.');
    return (
      parts.length === 3 &&
      parseJsonPart(parts[0])?.alg !== undefined &&
      parseJsonPart(parts[1]) !== undefined
    );
  },
};

function decodeBase64(text: string): string {
  return Buffer.from(text, 'base64').toString('latin1');
}

function parseJsonPart(part: string): Record<string, unknown> | undefined {
  try {
    const value = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    return value && typeof value === 'object' ? value : undefined;
  } catch {
    return undefined;
  }
}
