import { createHmac } from 'node:crypto';
import type { Finding } from '../model/finding.ts';

/**
 * 20 hex digits that stand for one secret under one rule, the same on every machine. The key is public: it keeps the digest
 * from being found in tables of hashed secrets, no more.
 * @param pairId the id that the secret is paired with
 */
export function fingerprintOf(rule: string, secret: string, pairId?: string): string {
  const text = `${rule}\0${pairId === undefined ? '' : `${pairId}\0`}${secret}`;
  return createHmac('sha256', 'unleak fingerprint 1').update(text).digest('hex').slice(0, 20);
}

/** Whether rule, id or secret of a finding that was read back are not those it was found with. A masked secret tells nothing. */
export function isEdited({ rule, secret, pair, fingerprint, facts }: Finding): boolean {
  const half = pair?.secret ?? secret;
  if (half.known) return fingerprintOf(rule, half.reveal(), pair?.id) !== fingerprint;
  // An id alone is its own secret, and is never hidden among the facts.
  const isLoneId =
    !pair && typeof facts.keyId === 'string' && secret.mask.startsWith(facts.keyId.slice(0, 4));
  return isLoneId && fingerprintOf(rule, String(facts.keyId)) !== fingerprint;
}
