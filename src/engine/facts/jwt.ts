import type { Facts } from '../../model/finding.ts';
import type { FactSource } from './decode-facts.ts';

/** Algorithm, issuer, audience and end of a JSON web token (RFC 7519). */
export function jwtFacts({ secret }: FactSource): Facts {
  const [head, body] = secret.split('.').map(parsePart);
  const facts: Facts = {};
  if (typeof head?.alg === 'string') facts.algorithm = head.alg;
  if (typeof body?.iss === 'string') facts.issuer = body.iss;
  if (typeof body?.aud === 'string') facts.audience = body.aud;
  if (typeof body?.exp === 'number' && body.exp > 0 && body.exp < 1e11) {
    facts.expires = new Date(body.exp * 1000).toISOString();
  }
  return facts;
}

function parsePart(part: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}
