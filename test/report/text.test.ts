import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Report } from '../../src/model/report.ts';
import { columnsOf } from '../../src/report/columns.ts';
import { buildManyFindings, buildReport, HOSTILE_PATH } from './fixture.ts';
import { render } from './render.ts';

const GOLDEN = '../golden/report';

describe('text report', () => {
  test('looks like its golden file', async () => {
    await expect(await render('text')).toMatchFileSnapshot(`${GOLDEN}/text.txt`);
  });

  test('looks like its golden file in colour, with links', async () => {
    const terminal = { colour: true, hyperlinks: true, width: 80 };
    const text = await render('text', buildReport(), { terminal, root: '/repo' });
    await expect(text).toMatchFileSnapshot(`${GOLDEN}/text-colour.txt`);
  });

  test('looks like its golden file in a narrow terminal without UTF-8', async () => {
    const text = await render('text', buildReport(), { terminal: { unicode: false, width: 60 } });
    expect(text).toMatch(/^[\n\x20-\x7e]*$/);
    await expect(text).toMatchFileSnapshot(`${GOLDEN}/text-ascii.txt`);
  });

  test('colour adds nothing but colour', async () => {
    const plain = await render('text');
    const coloured = await render('text', buildReport(), { terminal: { colour: true } });
    expect(coloured).not.toBe(plain);
    expect(stripVTControlCharacters(coloured)).toBe(plain);
  });

  test('a clean result is one line, and none at all when quiet', async () => {
    const clean: Report = { ...buildReport(), findings: [] };
    clean.scan = { ...clean.scan, complete: true, skipped: [], source: 'scan', commits: 0, blobs: 1 };
    expect(await render('text', clean)).toBe(
      'No secrets found · 1 file, 391 MB in 4.2 s (93 MB/s) · 3 suppressed (2 by baseline, 1 by comment)\n',
    );
    expect(await render('text', clean, { quiet: true })).toBe('');
  });

  test('an incomplete scan without findings never reads as a clean one', async () => {
    const text = await render('text', { ...buildReport(), findings: [] }, { quiet: true });
    expect(text).toContain('Incomplete: 2 things could not be read.');
    expect(text).toContain('No secrets found in what was read');
  });

  test('skipped things beyond ten are counted, not listed', async () => {
    const report = buildReport();
    report.scan.skipped = Array.from({ length: 400 }, (_, index) => ({
      path: `p${index}`,
      reason: 'unreadable',
    }));
    const text = await render('text', report);
    expect(text).toContain('  p9: unreadable\n  and 390 more');
    expect(text).not.toContain('p10:');
  });

  test('no control character of a path, an author or a snippet reaches the terminal', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: 'binary' }),
        fc.string({ unit: 'binary-ascii' }),
        async (wide, control) => {
          const report = buildReport();
          const [place] = report.findings[0].places;
          Object.assign(place, {
            path: `a${wide}`,
            author: control,
            snippet: control + wide,
            commit: control,
          });
          report.findings[0].title = wide;
          report.findings[0].facts = { [control]: wide };
          report.scan.skipped[0] = { path: control, reason: wide };
          expect(await render('text', report)).not.toMatch(
            /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069]/,
          );
        },
      ),
      { numRuns: 200 },
    );
  });

  test.each([40, 60, 80, 132])(
    'excerpts fit a terminal of %i columns and are underlined exactly',
    async (width) => {
      const report = buildReport();
      const [finding] = report.findings;
      const [place] = finding.places;
      place.snippet = `${'設定'.repeat(60)}\tkey = "${finding.secret.mask}" ${'あ'.repeat(60)}`;
      place.column = place.snippet.indexOf(finding.secret.mask) + 1;
      const lines = (await render('text', report, { terminal: { width } })).split('\n');
      const at = lines.findIndex((line) => line.startsWith('7 │'));
      expect(columnsOf(lines[at])).toBeLessThanOrEqual(width);
      const before = columnsOf(lines[at].slice(0, lines[at].indexOf(finding.secret.mask)));
      expect(lines[at + 1]).toBe(`${'  │ '.padEnd(before)}${'^'.repeat(8)}`);
    },
  );

  test("of two equal masks in a line the one at the secret's column is underlined", async () => {
    const report = buildReport();
    const [place] = report.findings[0].places;
    place.snippet = 'a=********, b=********';
    place.column = 15;
    const text = await render('text', report);
    expect(text).toContain(`7 │ a=********, b=********\n  │ ${' '.repeat(14)}^^^^^^^^\n`);
  });

  test('a hostile key id never becomes part of a command', async () => {
    const report = buildReport();
    report.findings[1].pair!.id = 'AKIA; rm -rf ~';
    expect(await render('text', report)).not.toContain('--key AKIA;');
  });

  test('a hostile path is shown with its escape sequence spelt out', async () => {
    expect(await render('text')).toContain(
      HOSTILE_PATH.replace('\u001b', '\\e').replace('\u202e', '\\u{202e}'),
    );
  });

  test('ten thousand findings take less than 700 characters each', async () => {
    const text = await render('text', { ...buildReport(), findings: buildManyFindings(10_000) });
    expect(text.length).toBeLessThan(10_000 * 700);
    expect(text).toMatch(/10,000 secrets found: 2,000 critical/);
  });
});
