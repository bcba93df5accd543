import { describe, expect, test } from 'vitest';
import type { Report } from '../../src/model/report.ts';
import { readReport } from '../../src/report/read.ts';
import { buildReport } from './fixture.ts';
import { render } from './render.ts';

/** The live AWS pair is accepted: listed because suppressed findings were asked for, and not counted. */
function withSuppressed(): Report {
  const report = buildReport();
  report.findings[1].suppressed = { by: 'baseline', reason: 'a test <account>' };
  return report;
}

describe('a suppressed finding that was asked for', () => {
  test('is listed last in text, with its reason and without a remedy', async () => {
    const text = await render('text', withSuppressed());
    expect(text).toContain('3 secrets found: 2 high, 1 medium ·');
    expect(text.indexOf('SUPPRESSED')).toBeGreaterThan(text.indexOf('medium: Password'));
    expect(text).toContain('hidden  by baseline: a test <account>');
    expect(text).not.toContain('unleak respond');
    expect(text).not.toContain('STILL WORKS');
  });

  test('leaves a quiet, otherwise clean run quiet', async () => {
    const report = withSuppressed();
    const scan = { ...report.scan, complete: true, skipped: [] };
    expect(await render('text', { ...report, scan, findings: [report.findings[1]] }, { quiet: true })).toBe(
      '',
    );
  });

  test('keeps its reason in JSON, there and back', async () => {
    const text = await render('json', withSuppressed());
    const read = readReport(text, { name: 'r.json' });
    expect(read.findings[1].suppressed).toEqual({ by: 'baseline', reason: 'a test <account>' });
    expect(await render('json', read)).toBe(text);
  });

  test('is a suppressed result in SARIF', async () => {
    const { results } = JSON.parse(await render('sarif', withSuppressed())).runs[0];
    expect(results.at(-1).suppressions).toEqual([
      { kind: 'external', status: 'accepted', justification: 'a test <account>' },
    ]);
    expect(results.slice(0, -1).filter((result: object) => 'suppressions' in result)).toEqual([]);
  });

  test('is a skipped test in JUnit', async () => {
    const xml = await render('junit', withSuppressed());
    expect(xml).toContain('failures="3" errors="2" skipped="1"');
    expect(xml).toContain('<skipped message="suppressed by baseline: a test &#60;account&#62;"/>');
  });

  test.each(['gitlab', 'markdown', 'github', 'azure'] as const)('is left out of %s', async (format) => {
    const text = await render(format, withSuppressed());
    expect(text).toContain('RSA private key');
    expect(text).not.toContain('AWS access key');
  });

  test('is marked in HTML and counts for nothing in its verdict', async () => {
    const html = await render('html', withSuppressed());
    expect(html).toContain('<title>3 secrets found: 2 high, 1 medium – unleak</title>');
    expect(html).toContain('"suppressed":{"by":"baseline"');
  });
});
