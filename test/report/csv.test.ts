import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { makeVisible } from '../../src/report/shown.ts';
import { buildReport, HOSTILE_PATH } from './fixture.ts';
import { render } from './render.ts';

describe('CSV report', () => {
  test('looks like its golden file', async () => {
    await expect(await render('csv')).toMatchFileSnapshot('../golden/report/report.csv');
  });

  test('has a row a place under its header, all of the same length', async () => {
    const rows = parse(await render('csv'));
    expect(rows).toHaveLength(1 + buildReport().findings.flatMap(({ places }) => places).length);
    expect(new Set(rows.map((row) => row.length)).size).toBe(1);
    expect(rows[1][rows[0].indexOf('path')]).toBe(makeVisible(HOSTILE_PATH));
  });

  test('no cell begins like a formula, and nothing else is changed', async () => {
    const start = fc.constantFrom('', ' ', '\u3000');
    const sign = fc.constantFrom('=', '+', '-', '@', '＝', '＋', '－', '＠', '"', ',', "'", 'x');
    const visible = fc.string({ unit: fc.constantFrom(...' "\',;=@aé漢😀') });
    await fc.assert(
      fc.asyncProperty(start, sign, visible, async (before, first, rest) => {
        const report = buildReport();
        const text = before + first + rest;
        report.findings[0].places[0].snippet = text;
        const [header, row] = parse(await render('csv', report));
        const cell = row[header.indexOf('snippet')];
        expect(cell).not.toMatch(/^\s*[=+\-@＝＋－＠]/);
        expect(cell === text || cell === `'${text}`).toBe(true);
      }),
    );
  });
});

/** RFC 4180, written apart from the product. */
function parse(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  for (const [, quoted, bare, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)) {
    row.push(quoted === undefined ? bare : quoted.replaceAll('""', '"'));
    if (end === ',') continue;
    rows.push(row);
    row = [];
  }
  return rows;
}

test('no control character is left in a CSV report', async () => {
  expect(await render('csv')).not.toMatch(/[\u0000-\u0009\u000b\u000c\u000e-\u001f\u007f-\u009f\u202e]/);
});
