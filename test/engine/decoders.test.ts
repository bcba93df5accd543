import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BlobScanner } from '../../src/engine/blob-scanner.ts';
import { Scanner } from '../../src/engine/scanner.ts';
import { builtInRules } from '../../src/rules/catalogue.ts';
import { expandTemplate } from '../../src/rules/templates.ts';

const scanner = new BlobScanner(new Scanner(builtInRules()), { now: 0 });
const token = (seed: number) => expandTemplate('ghp_{base62:30}{crc32}', seed);

type Encode = (text: string) => string;
const wrap = (text: string) => text.replace(/.{76}/g, '$&\n');
const each = (form: (code: number) => string) => (text: string) =>
  [...text].map((c) => form(c.charCodeAt(0))).join('');
const hex = (code: number, width: number) => code.toString(16).padStart(width, '0');
const base64: Encode = (text) => Buffer.from(text).toString('base64');

const ENCODINGS: Record<string, Encode> = {
  base64,
  'base64 without padding': (text) => base64(text).replace(/=+$/, ''),
  'base64 for URLs': (text) => Buffer.from(text).toString('base64url'),
  'wrapped base64': (text) => wrap(base64(`${'some text before it, '.repeat(9)}${text}`)),
  hex: (text) => Buffer.from(text).toString('hex'),
  'upper-case hex': (text) => Buffer.from(text).toString('hex').toUpperCase(),
  'percent escapes': each((c) => `%${hex(c, 2)}`),
  'unicode escapes': each((c) => `\\u${hex(c, 4)}`),
  'braced unicode escapes': each((c) => `\\u{${hex(c, 2)}}`),
  'hex escapes': each((c) => `\\x${hex(c, 2)}`),
  'decimal entities': each((c) => `&#${c};`),
  'hex entities': each((c) => `&#x${hex(c, 2)};`),
  'gzip in base64': (text) => gzipSync(`${text}\n`).toString('base64'),
  'UTF-16 in base64': (text) => Buffer.from(text, 'utf16le').toString('base64'),
  'a concatenation': (text) => `"${text.slice(0, 12)}" + "${text.slice(12, 30)}" +\n    "${text.slice(30)}"`,
  'a PHP concatenation': (text) => `'${text.slice(0, 12)}' . '${text.slice(12)}'`,
  'strings side by side': (text) => `("${text.slice(0, 20)}"\n "${text.slice(20)}")`,
  'a continued line': (text) => `${text.slice(0, 20)}\\\n${text.slice(20)}`,
};

describe('a token is found under', () => {
  it.each(Object.entries(ENCODINGS))('%s', (_, encode) => {
    for (let seed = 1; seed <= 20; seed++) {
      const secret = token(seed);
      const text = `first line\nvalue: ${encode(secret)}\nlast line\n`;
      const found = scanner
        .scanBytes('a.txt', Buffer.from(text))
        .filter((d) => d.rule === 'github-personal-access-token');
      expect(
        found.map((d) => d.secret),
        text,
      ).toEqual([secret]);
      expect(found[0].line).toBeGreaterThanOrEqual(2);
      expect(found[0].decoded.length).toBeGreaterThan(0);
      expect(found[0].snippet).not.toContain(secret.slice(8));
    }
  });

  const encoders = fc.constantFrom(
    'base64',
    'base64 for URLs',
    'hex',
    'percent escapes',
    'unicode escapes',
    'hex entities',
    'gzip in base64',
  );
  it('up to four of them, one in another', () => {
    fc.assert(
      fc.property(
        fc.array(encoders, { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 1, max: 1e6 }),
        (names, seed) => {
          const secret = token(seed);
          const text = names.reduce((inner, name) => ENCODINGS[name](inner), `token=${secret}`);
          const found = scanner.scanBytes('a.txt', Buffer.from(`x ${text} y`));
          expect(
            found.map((d) => d.secret),
            names.join(' > '),
          ).toContain(secret);
        },
      ),
      { numRuns: 150 },
    );
  });

  it.each(['utf16le', 'big endian'])('UTF-16, %s, with and without a mark', (order) => {
    for (const mark of ['', '\ufeff']) {
      const secret = token(7);
      const bytes = Buffer.from(`${mark}first\r\nkey = ${secret}\r\n`, 'utf16le');
      if (order === 'big endian') bytes.swap16();
      const [found] = scanner.scanBytes('a.txt', bytes);
      expect(found).toMatchObject({ secret, line: 2, decoded: ['utf-16'] });
      expect(found.column).toBe(7);
    }
  });
});

describe('decoding', () => {
  it('never throws and always ends, whatever the bytes', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        '%',
        '\\u',
        '\\x',
        '&#',
        '&amp;',
        '" + "',
        "' . '",
        'H4sI',
        'eyJ',
        'AKIA',
        'ghp_',
        '-----BEGIN ',
        'password=',
        '\0',
        '\ufeff',
        '\\\n',
      ),
      fc.string({ maxLength: 40 }),
      fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
      fc.string({ maxLength: 60 }).map(base64),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        scanner.scanBytes('a.txt', Buffer.from(pieces.join(''), 'latin1'));
      }),
      { numRuns: 1500 },
    );
  });
});
