import { describe, expect, test } from 'vitest';
import { CHECKSUMS } from '../../../src/engine/checks/checksums.ts';
import { expandTemplate } from '../../../src/rules/templates.ts';

/** Published test vectors, joined at run time so that no scanner takes them for live keys. */
const VECTORS: [string, string, string][] = [
  // https://en.bitcoin.it/wiki/Wallet_import_format
  ['base58check', ['5HueCGU8rMjxEXxiPuD5BDku4MkFq', 'eZyd4dZ1jvhTVqvbTLvyTJ'].join(''), 'Bitcoin WIF'],
  // https://github.com/bitcoin/bips/blob/master/bip-0032.mediawiki, test vector 1
  [
    'base58check',
    [
      'xprv9s21ZrQH143K3QTDL4LXw2F7HEK3wJUD2nW2nRk4stbPy6cq3j',
      'PPqjiChkVvvNKmPGJxWUtg6LnF5kejMRNNU3TGtRBeJgk33yuGBxrMPHi',
    ].join(''),
    'BIP-32',
  ],
  // https://xrpl.org/docs/concepts/accounts/cryptographic-keys: the seed of "masterpassphrase"
  ['base58check-ripple', ['snoPBrXtMeMyMHUVTg', 'buqAfg1SUTb'].join(''), 'XRP Ledger'],
  // https://github.com/nostr-protocol/nips/blob/master/19.md
  ['bech32', ['nsec1vl029mgpspedva04g90vltkh6fvh2', '40zqtv9k0t9af8935ke9laqsnlfe5'].join(''), 'NIP-19'],
  // https://github.com/bitcoin/bips/blob/master/bip-0173.mediawiki
  ['bech32', 'A12UEL5L', 'BIP-173'],
  // https://github.com/stellar/stellar-protocol/blob/master/ecosystem/sep-0005.md, test 1
  ['strkey', ['SBGWSG6BTNCKCOB3DIFBGCVMUPQFYPA2', 'G4O34RMTB343OYPXU5DJDVMN'].join(''), 'SEP-5'],
  // https://github.com/trezor/python-mnemonic/blob/master/vectors.json
  ['bip39', 'legal winner thank year wave sausage worth useful legal winner thank yellow', 'BIP-39'],
  [
    'bip39',
    `${'letter advice cage absurd amount doctor acoustic avoid '.repeat(2)}letter always`,
    'BIP-39, 18 words',
  ],
];

describe('a published vector holds, and with one character changed it does not', () => {
  test.each(VECTORS)('%s %s (%s)', (name, text) => {
    expect(CHECKSUMS[name](text)).toBe(true);
    const at = Math.floor(text.length / 2);
    const other =
      text[at] === 'a' ? 'c' : text[at] === 'A' ? 'C' : text[at] === text[at].toLowerCase() ? 'a' : 'A';
    expect(CHECKSUMS[name](text.slice(0, at) + other + text.slice(at + 1))).toBe(false);
  });
});

test('a Solana keypair holds as an array and in base58, and not with halves of two pairs', () => {
  const pair = (seed: number) => expandTemplate('{solana-keypair}', seed);
  expect(CHECKSUMS['ed25519-pair'](pair(1))).toBe(true);
  expect(CHECKSUMS['ed25519-pair'](expandTemplate('{solana-keypair:base58}', 1))).toBe(true);
  const mixed = [...JSON.parse(pair(1)).slice(0, 32), ...JSON.parse(pair(2)).slice(32)];
  expect(CHECKSUMS['ed25519-pair'](JSON.stringify(mixed))).toBe(false);
});

test.each([
  ['matrix', '{matrix:mct}'],
  ['matrix', '{matrix:mat}'],
  ['matrix', '{matrix:syt:alice}'],
  ['crc32-base62-37', 'polar_oat_{base62:37}{crc32:37}'],
  ['crc32-base62', 'nbp_{base62:30}{crc32}'],
  ['base58check', '{base58check:80:32:01}'],
  ['base58check-ripple', '{base58check-ripple:21:16}'],
  ['bech32', '{bech32:suiprivkey:33}'],
  ['strkey', '{strkey}'],
  ['bip39', '{bip39:15}'],
])('%s holds for %s whatever the seed', (name, template) => {
  for (let seed = 0; seed < 50; seed++) expect(CHECKSUMS[name](expandTemplate(template, seed))).toBe(true);
});

test.each(['matrix', 'crc32-base62-37', 'base58check', 'bech32', 'strkey', 'bip39', 'ed25519-pair'])(
  '%s holds for no random text',
  (name) => {
    for (let seed = 0; seed < 200; seed++) {
      expect(CHECKSUMS[name](expandTemplate('mct_{base62:30}_{base62:6}', seed))).toBe(false);
    }
  },
);
