import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { codeSpan, escapeMarkdown } from '../../src/report/markdown-text.ts';
import { buildManyFindings, buildReport } from './fixture.ts';
import { render } from './render.ts';

describe('Markdown report', () => {
  test('looks like its golden file', async () => {
    await expect(await render('markdown')).toMatchFileSnapshot('../golden/report/report.md');
  });

  test('fits into a GitHub comment however much was found, and counts the rest', async () => {
    const report = { ...buildReport(), findings: buildManyFindings(5000) };
    report.scan.skipped = Array.from({ length: 5000 }, () => ({
      path: 'あ'.repeat(4000),
      reason: 'x'.repeat(4000),
    }));
    const markdown = await render('markdown', report);
    expect(Buffer.byteLength(markdown)).toBeLessThan(65_536);
    expect(Buffer.byteLength(markdown)).toBeGreaterThan(40_000);
    const shown = markdown.match(/^\*\*(critical|high|medium|low|info)\*\*/gm)?.length ?? 0;
    expect(markdown).toContain(`**And ${(5000 - shown).toLocaleString('en')} more secrets**`);
  });

  test('one finding of a huge line does not burst the comment', async () => {
    const report = buildReport();
    report.findings[0].places[0].snippet = 'x'.repeat(100_000);
    expect(Buffer.byteLength(await render('markdown', report))).toBeLessThan(65_536);
  });

  test('no escaped text opens markup, a tag, a mention or a reference', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'`*_[]<>@#|~\\$&!()-+=.1ax\n') }), (text) => {
        const escaped = escapeMarkdown(text);
        expect(escaped.replace(/<!-- -->/g, '')).not.toMatch(/[<\n]|(?<!\\)(?:\\\\)*[`*_[\]|~$](?<!\\.)/);
        expect(escaped).not.toMatch(/[@#]\w/);
        expect(escaped).not.toMatch(/^\s*(?:[#>+=-]|\d+[.)])/);
      }),
    );
  });

  test('no text ends its own code span', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'`a |') }), (text) => {
        const span = codeSpan(text);
        const fence = /^`+/.exec(span)![0];
        const inside = span.slice(fence.length, -fence.length);
        expect(inside.match(/`+/g) ?? []).not.toContain(fence);
        expect(inside).not.toMatch(/^`|`$/);
      }),
    );
  });
});
