import { createHash, createPrivateKey, createPublicKey } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { wordlist } from '@scure/bip39/wordlists/english.js';
import type { Random } from './random.ts';

const BITCOIN = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
const RIPPLE = 'rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz';
const BECH32 = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const LETTERS = BASE62.slice(10);

/** Generators of keys and tokens with the checksums that `src/engine/checks/` asks for. */
export const WALLET_GENERATORS: Record<string, (argument: string, random: Random) => string> = {
  /** `{base58check:80:32:01}`: the bytes 80 (hex), 32 random ones, 01, and their checksum. */
  base58check: (argument, random) => base58Check(argument, random, BITCOIN),
  'base58check-ripple': (argument, random) => base58Check(argument, random, RIPPLE),
  /** `{bech32:nsec:32}`: 32 random bytes under the prefix `nsec`. */
  bech32: (argument, random) => bech32(argument, random),
  /** `{bech32-upper:AGE-SECRET-KEY-:32}`: the same in capitals. */
  'bech32-upper': (argument, random) => bech32(argument.toLowerCase(), random).toUpperCase(),
  /** `{strkey}`: a Stellar secret seed. */
  strkey: (_, random) => {
    const body = Buffer.concat([Buffer.from([18 << 3]), randomBytes(32, random)]);
    let crc = 0;
    for (const byte of body) {
      crc ^= byte << 8;
      for (let i = 0; i < 8; i++) crc = crc & 0x8000 ? ((crc << 1) ^ 0x1021) & 0xffff : crc << 1;
    }
    const bytes = Buffer.concat([body, Buffer.from([crc & 255, crc >> 8])]);
    return toDigits(bytes)
      .map((digit) => BASE32[digit])
      .join('');
  },
  /** `{bip39:12}`: a recovery phrase of 12 words. */
  bip39: (argument, random) => {
    const words = Number(argument || 12);
    const entropy = randomBytes((words / 3) * 4, random);
    const bits = [...entropy, sha256(entropy)[0]].map((byte) => byte.toString(2).padStart(8, '0')).join('');
    return Array.from(
      { length: words },
      (_, i) => wordlist[parseInt(bits.slice(i * 11, i * 11 + 11), 2)],
    ).join(' ');
  },
  /** `{solana-keypair}`: 64 numbers in brackets; `{solana-keypair:base58}` the same bytes in base58. */
  'solana-keypair': (argument, random) => {
    const seed = randomBytes(32, random);
    const pkcs8 = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]);
    const key = createPublicKey(createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' }));
    const pair = Buffer.concat([seed, key.export({ format: 'der', type: 'spki' }).subarray(-32)]);
    return argument === 'base58' ? base58(pair, BITCOIN) : `[${[...pair].join(',')}]`;
  },
  /** `{matrix:mct}`: a token of the Matrix authentication service; `{matrix:syt:bob}` one of Synapse for bob. */
  matrix: (argument, random) => {
    const [prefix, user] = argument.split(':');
    if (!user) {
      const base = `${prefix}_${pick(BASE62, 30, random)}`;
      return `${base}_${base62Reversed(crc32(base)).padStart(6, '0')}`;
    }
    const local = Buffer.from(user).toString('base64').replaceAll('=', '');
    const base = `${prefix}_${local}_${pick(LETTERS, 20, random)}`;
    return `${base}_${[...base62Reversed(crc32(base))].reverse().join('').padStart(6, '0')}`;
  },
};

function bech32(argument: string, random: Random): string {
  const [prefix, length] = argument.split(':');
  const codes = [...prefix].map((c) => c.charCodeAt(0));
  const head = [...codes.map((c) => c >> 5), 0, ...codes.map((c) => c & 31)];
  const data = toDigits(randomBytes(Number(length), random));
  const sum = polymod([...head, ...data, 0, 0, 0, 0, 0, 0]) ^ 1;
  const check = [25, 20, 15, 10, 5, 0].map((shift) => (sum >> shift) & 31);
  return `${prefix}1${[...data, ...check].map((digit) => BECH32[digit]).join('')}`;
}

function base58Check(argument: string, random: Random, alphabet: string): string {
  const [version, length, end = ''] = argument.split(':');
  const body = Buffer.concat([
    Buffer.from(version, 'hex'),
    randomBytes(Number(length), random),
    Buffer.from(end, 'hex'),
  ]);
  return base58(Buffer.concat([body, sha256(sha256(body)).subarray(0, 4)]), alphabet);
}

function base58(bytes: Buffer, alphabet: string): string {
  let out = '';
  for (let value = BigInt(`0x${bytes.toString('hex')}`); value > 0n; value /= 58n)
    out = alphabet[Number(value % 58n)] + out;
  return alphabet[0].repeat(bytes.findIndex((byte) => byte !== 0)) + out;
}

/** Bytes as digits of five bits, the last one filled up with zeros. */
function toDigits(bytes: Buffer): number[] {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return (bits.match(/.{1,5}/g) ?? []).map((digit) => parseInt(digit.padEnd(5, '0'), 2));
}

function polymod(values: number[]): number {
  const generators = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];
  let sum = 1;
  for (const value of values) {
    const top = sum >>> 25;
    sum = ((sum & 0x1ffffff) << 5) ^ value;
    for (let i = 0; i < 5; i++) if ((top >> i) & 1) sum ^= generators[i];
  }
  return sum;
}

function base62Reversed(value: number): string {
  let digits = '';
  for (let rest = value; rest > 0; rest = Math.floor(rest / 62)) digits += BASE62[rest % 62];
  return digits;
}

function pick(alphabet: string, length: number, random: Random): string {
  return Array.from({ length }, () => alphabet[random(alphabet.length)]).join('');
}

function randomBytes(length: number, random: Random): Buffer {
  return Buffer.from(Array.from({ length }, () => random(256)));
}

function sha256(data: Buffer): Buffer {
  return createHash('sha256').update(data).digest();
}
