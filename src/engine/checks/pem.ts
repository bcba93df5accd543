import { randomness } from './entropy.ts';

/** DER begins with a sequence; the container of OpenSSH with its magic; what is encrypted with anything. */
const OPENSSH = 'openssh-key-v1';
/** The shortest private key, an Ed25519 one in PKCS #8, has 48 bytes. */
const LEAST_BYTES = 44;
/** Bytes without the beginning of a key that count as one, in a block marked as a key. */
const LEAST_UNKNOWN = 96;

/** Whether the block between the marks of a PEM private key can be a key, and not `...` or a drawing of one. */
export function isEncodedPemBody(block: string): boolean {
  const inner = /-----BEGIN[^-]*-----([\s\S]*?)-----END/.exec(block)?.[1];
  if (inner === undefined) return false;
  const plain = inner.replace(/\\[nrt]/g, '\n');
  // Headers of RFC 1421 and of PGP end with an empty line.
  const body = plain.replace(/^(?:.*\n)?(?:[^\n]*[A-Za-z-]{4,20}: [^\n]*\n){1,8}/, '');
  const characters = body.replace(/^[ \t]*(?:#|\/\/|\*|>|\|)[ \t]?/gm, '').replace(/[\s"'`,+\\]/g, '');
  const base64 = /^[A-Za-z0-9+/]*={0,3}/.exec(characters)?.[0] ?? '';
  if (base64.length < characters.length * 0.8) return false;
  const bytes = Buffer.from(base64, 'base64');
  if (bytes.length < LEAST_BYTES || new Set(base64.slice(0, 64)).size < 12) return false;
  if (/ENCRYPTED|PGP/.test(block)) return true;
  if (bytes[0] === 0x30 || bytes.toString('latin1', 0, OPENSSH.length) === OPENSSH) return true;
  // Cut, reordered or disguised: still what nobody types, and not for a scanner to call harmless.
  return bytes.length >= LEAST_UNKNOWN && randomness(base64.slice(0, 256)) > 0.9;
}
