import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FORMATS } from '../../src/report/formats.ts';
import { readReport } from '../../src/report/read.ts';
import { buildReport } from './fixture.ts';
import { render } from './render.ts';

/** Any text, rich in what breaks formats: control characters, marks, lone surrogates, markup. */
const hostile = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary', maxLength: 6 }),
      fc.constantFrom(
        '\u001b[2J',
        '\u009b31m',
        '\u202e',
        '\u200b',
        '\ud800',
        '\u{e0041}',
        '</script>',
        '<!--',
        ']]>',
        '\r\n::error::',
        '```',
        '"\'',
        '%0A',
        '__proto__',
      ),
    ),
    { maxLength: 4 },
  )
  .map((parts) => parts.join(''));

const NEVER =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2066-\u2069]/;

describe.each(FORMATS)('%s report of hostile texts', (format) => {
  test('is written, and holds no character that commands a terminal or turns text', async () => {
    await fc.assert(
      fc.asyncProperty(hostile, hostile, hostile, async (one, two, three) => {
        const report = buildReport();
        report.scan.skipped = [{ path: one, reason: two }];
        for (const finding of report.findings) {
          Object.assign(finding, {
            title: one,
            vendor: two,
            facts: { [`k${two}`]: three },
            rule: `r${three}`,
          });
          finding.verdict = { state: 'unknown', reason: one, identity: { [`k${three}`]: two } };
          Object.assign(finding.places[0], {
            path: `p${one}`,
            author: two,
            message: three,
            commit: one,
            snippet: two,
          });
        }
        let summary = '';
        const text = await render(format, report, { summary: (markdown) => (summary += markdown) });
        expect(text).not.toMatch(NEVER);
        expect(summary).not.toMatch(NEVER);
        if (format === 'json') expect(await render('json', readReport(text, { name: 'r' }))).toBe(text);
        if (['sarif', 'gitlab'].includes(format)) JSON.parse(text);
        if (format === 'jsonl') for (const line of text.trimEnd().split('\n')) JSON.parse(line);
      }),
      { numRuns: 100 },
    );
  });
});
