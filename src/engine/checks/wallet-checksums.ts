import { createHash, createPrivateKey, createPublicKey } from 'node:crypto';
import { wordlist } from '@scure/bip39/wordlists/english.js';

const BITCOIN = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
const RIPPLE = 'rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz';
const BECH32 = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** Checksums of keys and seeds of wallets. True when the checksum holds. */
export const WALLET_CHECKSUMS: Record<string, (secret: string) => boolean> = {
  /** Bitcoin WIF and extended keys, Tezos: the last 4 bytes are the head of a double SHA-256. https://en.bitcoin.it/wiki/Base58Check_encoding */
  base58check: (secret) => holdsBase58Check(secret, BITCOIN),
  /** XRP Ledger seeds: the same with an alphabet of its own. https://xrpl.org/docs/references/protocol/data-types/base58-encodings */
  'base58check-ripple': (secret) => holdsBase58Check(secret, RIPPLE),
  /** Nostr, Sui, Cardano, age: a BCH code over prefix and data. https://github.com/bitcoin/bips/blob/master/bip-0173.mediawiki */
  bech32: holdsBech32,
  /** Stellar seeds: CRC-16/XMODEM, low byte first, after version and key. https://github.com/stellar/stellar-protocol/blob/master/ecosystem/sep-0023.md */
  strkey: holdsStrKey,
  /** Recovery phrases: one bit of SHA-256 for each 32 bits of entropy. https://github.com/bitcoin/bips/blob/master/bip-0039.mediawiki */
  bip39: holdsBip39,
  /** Solana keypairs: 64 bytes as a JSON array or in base58, the last 32 the public key of the first 32. https://solana.com/docs/intro/installation/solana-cli-basics */
  'ed25519-pair': (secret) =>
    holdsKeyPair(secret.startsWith('[') ? readByteArray(secret) : decodeBase58(secret, BITCOIN)),
};

function holdsBase58Check(text: string, alphabet: string): boolean {
  const bytes = decodeBase58(text, alphabet);
  if (!bytes || bytes.length < 5) return false;
  const body = bytes.subarray(0, -4);
  return sha256(sha256(body)).subarray(0, 4).equals(bytes.subarray(-4));
}

function holdsBech32(text: string): boolean {
  const lower = text.toLowerCase();
  if (text !== lower && text !== text.toUpperCase()) return false;
  const split = lower.lastIndexOf('1');
  const prefix = [...lower.slice(0, split)].map((c) => c.charCodeAt(0));
  const data = [...lower.slice(split + 1)].map((c) => BECH32.indexOf(c));
  if (split < 1 || data.length < 6 || data.includes(-1)) return false;
  return polymod([...prefix.map((c) => c >> 5), 0, ...prefix.map((c) => c & 31), ...data]) === 1;
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

function holdsStrKey(text: string): boolean {
  const bytes = decodeBits(
    [...text].map((c) => BASE32.indexOf(c)),
    5,
  );
  if (bytes?.length !== 35) return false;
  let crc = 0;
  for (const byte of bytes.subarray(0, -2)) {
    crc ^= byte << 8;
    for (let i = 0; i < 8; i++) crc = crc & 0x8000 ? ((crc << 1) ^ 0x1021) & 0xffff : crc << 1;
  }
  return bytes.readUInt16LE(33) === crc;
}

function holdsBip39(text: string): boolean {
  const words = text.trim().split(/\s+/);
  if (words.length < 12 || words.length > 24 || words.length % 3 !== 0) return false;
  const indexes = words.map(indexOfWord);
  if (indexes.some((index) => index < 0)) return false;
  const bits = indexes.map((index) => index.toString(2).padStart(11, '0')).join('');
  const entropy = Buffer.from(
    bits
      .slice(0, words.length * 11 - words.length / 3)
      .match(/.{8}/g)
      ?.map((b) => parseInt(b, 2)) ?? [],
  );
  const checksum = sha256(entropy)[0].toString(2).padStart(8, '0');
  return bits.endsWith(checksum.slice(0, words.length / 3));
}

/** The list is in alphabetical order. */
function indexOfWord(word: string): number {
  let low = 0;
  let high = wordlist.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (wordlist[middle] < word) low = middle + 1;
    else high = middle;
  }
  return wordlist[low] === word ? low : -1;
}

function holdsKeyPair(bytes: Buffer | undefined): boolean {
  if (bytes?.length !== 64) return false;
  // PKCS #8 of an Ed25519 seed: https://www.rfc-editor.org/rfc/rfc8410#section-7
  const pkcs8 = Buffer.concat([
    Buffer.from('302e020100300506032b657004220420', 'hex'),
    bytes.subarray(0, 32),
  ]);
  const key = createPublicKey(createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' }));
  return key.export({ format: 'der', type: 'spki' }).subarray(-32).equals(bytes.subarray(32));
}

function readByteArray(text: string): Buffer | undefined {
  const numbers = text.slice(1, -1).split(',').map(Number);
  return numbers.every((n) => Number.isInteger(n) && n >= 0 && n < 256) ? Buffer.from(numbers) : undefined;
}

function decodeBase58(text: string, alphabet: string): Buffer | undefined {
  let value = 0n;
  for (const c of text) {
    const digit = alphabet.indexOf(c);
    if (digit < 0) return undefined;
    value = value * 58n + BigInt(digit);
  }
  const hex = value === 0n ? '' : value.toString(16);
  const zeros = text.length - text.replace(new RegExp(`^${alphabet[0]}+`), '').length;
  return Buffer.concat([Buffer.alloc(zeros), Buffer.from(hex.length % 2 ? `0${hex}` : hex, 'hex')]);
}

/** Digits of so many bits each as whole bytes. */
function decodeBits(digits: number[], width: number): Buffer | undefined {
  const bytes: number[] = [];
  let rest = 0;
  let bits = 0;
  for (const digit of digits) {
    if (digit < 0) return undefined;
    rest = (rest << width) | digit;
    bits += width;
    if (bits >= 8) {
      bits -= 8;
      bytes.push(rest >> bits);
      rest &= (1 << bits) - 1;
    }
  }
  return Buffer.from(bytes);
}

function sha256(data: Buffer): Buffer {
  return createHash('sha256').update(data).digest();
}
