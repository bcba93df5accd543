import type { Facts } from '../../model/finding.ts';
import type { FactSource } from './decode-facts.ts';

/** Whether a private key is encrypted: by its label, its RFC 1421 headers, PuTTY's header, or the cipher in an OpenSSH key. */
export function pemFacts({ secret }: FactSource): Facts {
  const kind = /BEGIN ([A-Z0-9 ]*?)\s?PRIVATE KEY/.exec(secret)?.[1];
  const encrypted =
    /BEGIN ENCRYPTED|Proc-Type: ?4,ENCRYPTED|Encryption: (?!none)\w/.test(secret) ||
    isEncryptedOpenSsh(secret);
  return { ...(kind && { kind: kind.toLowerCase() }), encrypted };
}

/** https://github.com/openssh/openssh-portable/blob/master/PROTOCOL.key: magic, then the cipher's name with its length. */
function isEncryptedOpenSsh(secret: string): boolean {
  const body = /BEGIN OPENSSH PRIVATE KEY-----([\s\S]*?)-----END/.exec(secret)?.[1];
  if (!body) return false;
  const bytes = Buffer.from(body.replace(/\\n|\s/g, '').slice(0, 64), 'base64');
  const length = bytes.length > 19 ? bytes.readUInt32BE(15) : 0;
  return length > 0 && bytes.toString('latin1', 19, 19 + length) !== 'none';
}
