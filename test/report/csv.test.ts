import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
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
    expect(rows[1][rows[0].indexOf('path')]).toBe(HOSTILE_PATH);
  });

  test('no cell begins like a formula, and nothing else is changed', async () => {
    const start = fc.constantFrom('', ' ', '\t', '\r\n', '\u0000');
    const sign = fc.constantFrom('=', '+', '-', '@', '＝', '＋', '－', '＠', '"', ',', 'x', '\n');
    await fc.assert(
      fc.asyncProperty(start, sign, fc.string({ unit: 'binary' }), async (before, first, rest) => {
        const report = buildReport();
        const text = before + first + rest;
        report.findings[0].places[0].snippet = text;
        const [header, row] = parse(await render('csv', report));
        const cell = row[header.indexOf('snippet')];
        expect(cell).not.toMatch(/^[\s\u0000]*[=+\-@＝＋－＠]|^[\t\r\n]/);
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
