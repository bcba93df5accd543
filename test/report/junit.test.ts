import { describe, expect, test } from 'vitest';
import { buildReport } from './fixture.ts';
import { render } from './render.ts';

describe('JUnit report', () => {
  test('looks like its golden file', async () => {
    await expect(await render('junit')).toMatchFileSnapshot('../golden/report/junit.xml');
  });

  test('counts as many tests, failures and errors as it has', async () => {
    const xml = await render('junit');
    expect(xml).toContain('tests="6" failures="4" errors="2"');
    expect(xml.match(/<testcase/g)).toHaveLength(6);
    expect(xml.match(/<failure/g)).toHaveLength(4);
    expect(xml.match(/<error/g)).toHaveLength(2);
  });

  test('a clean scan is one passed test, so that servers see the suite', async () => {
    const report = buildReport();
    const scan = { ...report.scan, complete: true, skipped: [] };
    const xml = await render('junit', { ...report, scan, findings: [] });
    expect(xml).toContain('tests="1" failures="0" errors="0"');
    expect(xml).toContain('<testcase classname="unleak" name="No secrets found"/>');
  });

  test('has only characters that XML 1.0 permits', async () => {
    expect(await render('junit')).not.toMatch(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u);
  });
});
