import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Locator } from '../../src/engine/locate.ts';

/** Line and column by splitting all that stands before the offset. */
function place(text: Buffer, offset: number, wide: boolean) {
  const lines = text.toString('latin1', 0, offset).split('\n');
  const last = Buffer.from(lines.at(-1)!, 'latin1');
  const characters = wide ? last.length >> 1 : [...last].filter((byte) => (byte & 0xc0) !== 0x80).length;
  return { line: lines.length, column: characters + 1 };
}

const texts = fc
  .array(fc.constantFrom('a', 'bc', '\n', '\r\n', 'é', '漢', 'ordinary text of a line'), { maxLength: 60 })
  .map((parts) => Buffer.from(parts.join('')));
const spans = fc.array(fc.tuple(fc.nat(), fc.nat(9)), { maxLength: 30 });

describe('Locator', () => {
  test('tells the line and column that counting from the beginning tells, in whatever order it is asked', () => {
    fc.assert(
      fc.property(texts, spans, fc.boolean(), (bytes, asked, wide) => {
        const locator = new Locator({ bytes, line: 1, column: 0 });
        for (const [at, length] of asked) {
          const start = at % (bytes.length + 1);
          const end = Math.min(bytes.length, start + length);
          const [from, to] = [place(bytes, start, wide), place(bytes, end, wide)];
          const wanted = { ...from, endLine: to.line, endColumn: to.column };
          expect(locator.locate(start, end, wide)).toEqual(wanted);
          expect(locator.lineOf(end)).toBe(to.line);
        }
      }),
    );
  });

  test('finds both ends of a line, as far as it may look', () => {
    fc.assert(
      fc.property(texts, spans, (bytes, asked) => {
        const locator = new Locator({ bytes, line: 1, column: 0 });
        for (const [at, reach] of asked) {
          const offset = at % (bytes.length + 1);
          const first = bytes.subarray(0, offset).lastIndexOf(10) + 1;
          const newline = bytes.indexOf(10, offset);
          const last = newline < 0 ? bytes.length : newline;
          expect(locator.lineStart(offset, reach)).toBe(Math.max(first, offset - reach));
          expect(locator.lineEnd(offset, reach)).toBe(Math.min(last, offset + reach));
        }
      }),
    );
  });

  test('goes on from the line and column at which a piece of a file begins', () => {
    const locator = new Locator({ bytes: Buffer.from('tail\nnext'), line: 7, column: 30 });
    expect(locator.locate(2, 7, false)).toEqual({ line: 7, column: 33, endLine: 8, endColumn: 3 });
  });
});
