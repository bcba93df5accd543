import type { Random } from './random.ts';
import { WALLET_GENERATORS } from './wallet-generators.ts';

type Generator = (argument: string, random: Random) => string;

const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const LOWER = UPPER.toLowerCase();
const DIGITS = '0123456789';
const BASE32 = `${UPPER}234567`;
const BASE64 = `${UPPER}${LOWER}${DIGITS}+/`;
const BASE64URL = `${UPPER}${LOWER}${DIGITS}-_`;

/** `{base62:40}`: 40 random characters of the alphabet; `{base62:40-60}`: a random number of them. */
function from(alphabet: string): Generator {
  return (argument, random) => {
    const [least, most = least] = argument.split('-').map(Number);
    if (!(least > 0) || most < least) throw new Error(`a length is missing or wrong: ${argument}`);
    const length = least + random(most - least + 1);
    return Array.from({ length }, () => alphabet[random(alphabet.length)]).join('');
  };
}

/** All generators that a template may call. */
export const GENERATORS: Record<string, Generator> = {
  ...WALLET_GENERATORS,
  base62: from(UPPER + LOWER + DIGITS),
  base64: from(BASE64),
  base64url: from(BASE64URL),
  base58: from('123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'),
  base36: from(LOWER + DIGITS),
  base32: from(BASE32),
  hex: from('0123456789abcdef'),
  HEX: from('0123456789ABCDEF'),
  upper: from(UPPER),
  lower: from(LOWER),
  letters: from(UPPER + LOWER),
  digits: from(DIGITS),
  upnum: from(UPPER + DIGITS),
  printable: from(`${UPPER}${LOWER}${DIGITS}!#%&()*+,-./:;=?@^_~`),
  /** `{pick:a|b|c}`: one of them. */
  pick: (argument, random) => {
    const choices = argument.split('|');
    return choices[random(choices.length)];
  },
  /** `{repeat:x:36}`: the same text over and over. */
  repeat: (argument) => {
    const colon = argument.lastIndexOf(':');
    return argument.slice(0, colon).repeat(Number(argument.slice(colon + 1)));
  },
  uuid: (_, random) => {
    const hex = from('0123456789abcdef')('32', random);
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
  },
  /** `{aws-id:AKIA}`: an access key id of the new generation with a possible account; `{aws-id:AKIA:123456789012}` of that account. */
  'aws-id': (argument, random) => {
    const [prefix, account = String(100_000_000_000 + random(899_999_999_999))] = argument.split(':');
    return prefix + awsIdBody(BigInt(account), BigInt(random(16)), random);
  },
  /** 40 characters of base64 with all three classes, as 30 random bytes nearly always have. */
  'aws-secret': (_, random) =>
    `${from(BASE64)('37', random)}${from(UPPER)('1', random)}${from(LOWER)('1', random)}${from(DIGITS)('1', random)}`,
  /** `{pem:RSA PRIVATE KEY}`: a block of random base64 that begins like DER; `{pem:LABEL:1200}` with so many characters. */
  pem: (argument, random) => {
    const [label, length = '1200'] = argument.split(':');
    const body = `MIIEpAIBAAKCAQEA${from(BASE64)(length, random)}`;
    return `-----BEGIN ${label}-----\n${body.replace(/.{64}/g, '$&\n').trimEnd()}\n-----END ${label}-----`;
  },
  /** `{jwt}`: an HS256 token that expires in 2099; `{jwt:expired}` expired in 2020. */
  jwt: (argument, random) => {
    const part = (data: object) => Buffer.from(JSON.stringify(data)).toString('base64url');
    const exp = argument === 'expired' ? 1577836800 : 4070908800;
    const body = { sub: from(DIGITS)('10', random), iat: exp - 3600, exp };
    return `${part({ alg: 'HS256', typ: 'JWT' })}.${part(body)}.${from(BASE64URL)('43', random)}`;
  },
};

/** 80 bits in base32: generation bit, 40 bits of account, 4 of its own, 35 random (see `facts/aws-key-id.ts`). */
function awsIdBody(account: bigint, low: bigint, random: Random): string {
  let head = (1n << 44n) | (account << 4n) | low;
  let text = '';
  for (let i = 0; i < 9; i++, head >>= 5n) text = BASE32[Number(head & 31n)] + text;
  return text + from(BASE32)('7', random);
}
