/** What an AWS unique id says by itself. */
export interface AwsKeyId {
  /** The first four characters: `AKIA` a long-term key, `ASIA` a session's, `AROA` a role and so on. */
  prefix: string;
  /** Ids made before about March 2019 do not hold their account. */
  generation: 'old' | 'new';
  /** Twelve digits; absent for the old generation. */
  accountId?: string;
}

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const SHAPE = /^(A(?:KIA|SIA|BIA|CCA|PKA|SCA|IDA|ROA|GPA|IPA|NPA|NVA)|A3T[A-Z0-9])[A-Z2-7]{16,17}$/;
const MAX_ACCOUNT = 999_999_999_999n;

/**
 * Decodes an AWS access key id (or user, role, group id) without asking anybody. After the prefix come base32 digits:
 * the first 45 bits are one generation bit, 40 bits of account number and 4 bits that are ignored here.
 *
 * The bit itself is tested, because the usual test for an I or J at the fifth character reads a false account out of
 * old ids that begin otherwise. Old ids seen in the wild have I or J there, so others are taken for noise; together with
 * the account's range this drops 12 of 13 random matches of `AKIA[A-Z0-9]{16}`.
 *
 * @returns undefined for what cannot be an id: wrong alphabet or length, an account above 999999999999
 */
export function decodeAwsKeyId(id: string): AwsKeyId | undefined {
  if (!SHAPE.test(id)) return undefined;
  const prefix = id.slice(0, 4);
  let bits = 0n;
  for (const character of id.slice(4, 13)) bits = bits * 32n + BigInt(BASE32.indexOf(character));
  if (bits >> 44n === 0n) return /^[IJ]$/.test(id[4]) ? { prefix, generation: 'old' } : undefined;
  const account = (bits >> 4n) & ((1n << 40n) - 1n);
  if (account > MAX_ACCOUNT) return undefined;
  return { prefix, generation: 'new', accountId: String(account).padStart(12, '0') };
}
