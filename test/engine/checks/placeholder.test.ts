import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findPlaceholder } from '../../../src/engine/checks/placeholder.ts';
import { countsInPairs, isKeyboardWalk, isPeriodic } from '../../../src/engine/checks/sequence.ts';
import { hasOtherScript, readWording } from '../../../src/engine/checks/vocabulary.ts';

const DIGITS = '0123456789';
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Text that repeats with the seed: a multiplicative generator, whose high bits are even. */
function draw(alphabet: string, length: number, seed: number): string {
  let state = BigInt(seed) * 6364136223846793005n + 1442695040888963407n;
  return Array.from({ length }, () => {
    state = BigInt.asUintN(64, state * 6364136223846793005n + 1442695040888963407n);
    return alphabet[Number((state >> 33n) % BigInt(alphabet.length))];
  }).join('');
}

describe('no secret is', () => {
  it.each([
    ['a masked value', ['abcd****', 'Kd1R...', 'x7XXXX', '1234-XXXX', '\u2022\u2022\u2022\u2022Ab3d']],
    ['groups of one sign each', ['XXXX-0000-1111', 'xx.XX.00.11', '000-aaa-000']],
    ['a prefix and no more', ['nfp_000', 'AKIAxxx', 'gsk_......']],
    ['counting in pairs', ['00112233445566', '0f1e2d3c4b5a69788796', '000102030405060708']],
    ['a unit said again', ['a1b2c3d4e5f6a1b2c3d4e5f6a1b2', 'token_fakefakefakefakefake', 'testtest']],
    [
      'a walk over the keyboard',
      ['1qaz2wsx3edc', 'poiuytrewq', 'zaq12wsx', 'qazwsxedc_passwd', '!@#$%^&*()'],
    ],
    ['words in hexadecimal', [`${'dead'}beef00112a`, 'cafebabe01', 'c0ffee1234']],
    ['a UUID out of a standard', ['123e4567-e89b-12d3-a456-426614174000']],
  ])('%s', (_, values) => {
    for (const value of values) expect([value, findPlaceholder(value)]).toEqual([value, expect.any(String)]);
  });

  it('what documentation shows to everybody', () => {
    expect(findPlaceholder(`ghp_16C7e42F292c69${'12E7710c838347Ae178B4a'}`)).toContain('documentation');
    expect(findPlaceholder(`ghp_16C7e42F292c69${'12E7710c838347Ae178B4b'}`)).toBeUndefined();
  });
});

describe('a random value is no placeholder', () => {
  it.each([
    ['hexadecimal', '0123456789abcdef', 32],
    ['capitals and digits', LETTERS.slice(0, 26) + DIGITS, 24],
    ['letters and digits', LETTERS + DIGITS, 20],
    ['base64', `${LETTERS + DIGITS}+/`, 40],
  ])('of %s, but for one in five hundred', (_, alphabet, length) => {
    const values = Array.from({ length: 4000 }, (__, seed) => draw(alphabet, length, seed));
    const lost = values.filter((value) => findPlaceholder(value) ?? readWording(value));
    expect(lost.length).toBeLessThanOrEqual(8);
  });

  it('nor does it count, walk or repeat', () => {
    const values = Array.from({ length: 4000 }, (_, seed) => draw('0123456789abcdef', 32, seed + 9000));
    expect(
      values.filter((value) => countsInPairs(value) || isKeyboardWalk(value) || isPeriodic(value)),
    ).toEqual([]);
  });
});

describe('a text of known words says', () => {
  it.each([
    ['put_your_token_here', 'telling'],
    ['MyApiKey', 'telling'],
    ['yoursecretkeyhere', 'telling'],
    ['tu-clave-aqui', 'telling'],
    ['vložte_klíč', 'telling'],
    ['ditt_lösenord', 'telling'],
    ['token_123', 'word'],
    ['slack-signing-secret', 'plain'],
    ['super_secret_key', 'plain'],
  ])('%s: %s', (text, wording) => {
    expect(readWording(text)).toBe(wording);
    // As the engine sees it: UTF-8 read byte by byte.
    expect(readWording(Buffer.from(text).toString('latin1'))).toBe(wording);
  });

  it.each(['hunter2', 'monkey', 'Passw0rd!', 'Secret2019', 'my-blue-falcon', 'rocket.sunshine59'])(
    '%s: nothing',
    (text) => expect(readWording(text)).toBeUndefined(),
  );

  it('nothing of nine in ten English words', () => {
    const words = readFileSync('build/words/american-english.txt', 'utf8')
      .split('\n')
      .filter((word) => /^[a-z]{5,}$/.test(word));
    const told = words.filter((word) => readWording(word));
    expect(words.length).toBeGreaterThan(10_000);
    expect(told.length / words.length).toBeLessThan(0.02);
  });

  it('nothing, and throws at nothing', () => {
    fc.assert(fc.property(fc.string(), (text) => void readWording(text)));
  });
});

it('instructions in another script are told from letters with accents', () => {
  for (const text of ['введите_пароль', '请输入密码', 'パスワード', '비밀번호', 'كلمة'])
    expect([text, hasOtherScript(text), hasOtherScript(Buffer.from(text).toString('latin1'))]).toEqual([
      text,
      true,
      true,
    ]);
  for (const text of ['Müller42', 'contraseña', 'plain'])
    expect([text, hasOtherScript(text)]).toEqual([text, false]);
});
