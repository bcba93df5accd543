// node bench/run.mjs html-report [report.json]: how long Chromium takes to open the page of 10,000 findings, or of a
// JSON report, from disk until its list stands and answers, next to the page of the same report without findings.
import { copyFileSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import type { Report } from '../src/model/report.ts';
import { renderReport } from '../src/report/formats.ts';
import { readReport } from '../src/report/read.ts';
import { writeFileWhole } from '../src/report/write.ts';
import { launchChromium } from '../test/report/chromium.ts';
import { buildManyFindings, buildReport } from '../test/report/fixture.ts';

const ROUNDS = 5;

const here = fileURLToPath(new URL('.', import.meta.url));
copyFileSync(join(here, '../../src/generated/page.json'), join(here, 'page.json'));
const folder = mkdtempSync(join(tmpdir(), 'unleak-bench-'));
const browser = await launchChromium();
try {
  const [name] = process.argv.slice(2);
  const report: Report = name
    ? readReport(readFileSync(name, 'utf8'), { name })
    : { ...buildReport(), findings: buildManyFindings(10_000) };
  const full = await measure(browser, report);
  const empty = await measure(browser, { ...report, findings: [] });
  console.log(
    `${report.findings.length} findings, ${(full.bytes / 1e6).toFixed(1)} MB: ${full.ms.toFixed(0)} ms`,
  );
  console.log(`no findings: ${empty.ms.toFixed(0)} ms, ratio ${(full.ms / empty.ms).toFixed(1)}`);
} finally {
  await browser.close();
  rmSync(folder, { recursive: true });
}

/** Median milliseconds from navigation to the first frame after the load, each in a fresh context. */
async function measure(browser: Browser, report: Report): Promise<{ ms: number; bytes: number }> {
  const file = join(folder, 'report.html');
  await writeFileWhole(file, await renderReport('html', report));
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(pathToFileURL(file).href);
    times.push(
      await page.evaluate<number>(
        'new Promise((done) => requestAnimationFrame(() => done(performance.now())))',
      ),
    );
    await context.close();
  }
  return { ms: times.sort((a, b) => a - b)[ROUNDS >> 1], bytes: statSync(file).size };
}
