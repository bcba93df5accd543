import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Report } from '../../src/model/report.ts';
import { makeVisible } from '../../src/report/shown.ts';
import { CHROMIUM, launchChromium } from './chromium.ts';
import { AWS_ID, buildManyFindings, buildReport, HOSTILE_PATH } from './fixture.ts';
import { render } from './render.ts';

describe('HTML report', () => {
  test('holds the whole report as data that no text in it can end', async () => {
    const html = await render('html');
    const [, data] = /<script type="application\/json" id="data">([\s\S]*?)<\/script>/.exec(html)!;
    expect(JSON.parse(data).findings).toHaveLength(4);
    expect(data).not.toContain('<');
    expect(html.match(/<script/g)).toHaveLength(2);
  });

  test('names no address that a browser would load', async () => {
    const html = (await render('html')).replace(/<script type="application\/json"[\s\S]*?<\/script>/, '');
    expect(html).not.toMatch(/<(?:link|img|iframe|object|embed)\b|\bsrc=|@import|url\(/);
  });
});

describe.skipIf(!CHROMIUM)(`HTML report in ${CHROMIUM ?? 'Chromium: none is installed'}`, () => {
  let browser: Browser;
  let folder: string;
  let page: Page;
  let complaints: string[];

  beforeAll(async () => {
    browser = await launchChromium();
    folder = mkdtempSync(join(tmpdir(), 'unleak-html-'));
  });
  afterEach(async () => {
    await page.context().close();
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true });
  });

  /** Opens a report from disk; errors, dialogs, refusals of the policy and requests are complaints. */
  async function open(report: Report, options: { width?: number } = {}): Promise<void> {
    const file = join(folder, 'report.html');
    writeFileSync(file, await render('html', report));
    const context = await browser.newContext({ viewport: { width: options.width ?? 1200, height: 900 } });
    page = await context.newPage();
    complaints = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => complaints.push(message.text()));
    page.on('dialog', (dialog) => complaints.push(`dialog ${dialog.message()}`));
    const url = pathToFileURL(file).href;
    page.on('request', (request) => request.url() !== url && complaints.push(request.url()));
    await page.goto(url);
  }

  /** Runs a function's body in the page: as text, for the browser's types are not the project's. */
  const run = <Result>(body: string) => page.evaluate<Result>(`(async () => { ${body} })()`);
  const titles = () => page.locator('.finding .what strong').allTextContents();
  const status = () => page.locator('.status').textContent();

  test('opens without an error, a refusal or a request, and says the verdict first', async () => {
    await open(buildReport());
    expect(await page.locator('h1').textContent()).toBe('1 leaked secret still works');
    expect(await page.locator('.card').allInnerTexts()).toEqual([
      expect.stringMatching(/aws\s+account 123456789012\s+1 live secret/),
    ]);
    expect(await page.locator('.skipped summary').textContent()).toContain('2 things could not be read');
    expect(complaints).toEqual([]);
  });

  test('hostile names, authors and lines are text and not markup', async () => {
    await open(buildReport());
    for (const summary of await page.locator('.finding > summary').all()) await summary.click();
    await expect.poll(() => page.locator('.detail').count()).toBe(4);
    const shown = await page.locator('#page').textContent();
    expect(shown).toContain(makeVisible(HOSTILE_PATH));
    expect(shown).toContain('<script>alert(1)</script>');
    expect(shown).toContain('Eve <script>');
    expect(await page.locator('#page img, #page script, #page b > *').count()).toBe(0);
    expect(complaints).toEqual([]);
  });

  test('the policy stops markup made of text, foreign scripts and requests', async () => {
    await open(buildReport());
    const outcome = await run<{ refused: string[]; assignment: string }>(`
      const refused = [];
      addEventListener('securitypolicyviolation', (event) => refused.push(event.effectiveDirective));
      let assignment = 'allowed';
      try {
        document.body.innerHTML = '<b>x</b>';
      } catch (error) {
        assignment = error.name;
      }
      new Image().src = 'https://example.invalid/pixel';
      await fetch('https://example.invalid/').catch(() => undefined);
      await new Promise((done) => setTimeout(done, 100));
      return { refused, assignment };
    `);
    expect(outcome.assignment).toBe('TypeError');
    expect(outcome.refused).toEqual(
      expect.arrayContaining(['require-trusted-types-for', 'img-src', 'connect-src']),
    );
  });

  test('severities, live secrets and search filter the list, and Escape brings all back', async () => {
    await open(buildReport());
    expect(await titles()).toHaveLength(4);
    await page.getByRole('button', { name: 'high 2' }).click();
    expect(await titles()).toEqual(['RSA private key, not encrypted', 'GitHub personal access token']);
    expect(await status()).toBe('2 of 4 findings');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'still works' }).click();
    expect(await titles()).toEqual(['AWS access key with its secret']);
    await page.keyboard.press('Escape');
    await page.locator('input[type=search]').fill('設定 TOKEN');
    expect(await titles()).toEqual(['GitHub personal access token']);
    await page.locator('input[type=search]').fill('nowhere to be found');
    expect(await titles()).toEqual([]);
    expect(await page.locator('.empty').textContent()).toBe('No finding matches these filters.');
    await page.keyboard.press('Escape');
    expect(await status()).toBe('4 findings');
    expect(complaints).toEqual([]);
  });

  test('the timeline, the treemap, vendors and authors filter, and a reload keeps the view', async () => {
    await open({ ...buildReport(), findings: buildManyFindings(300) });
    const number = async () => Number(/^\d+/.exec((await status()) ?? '')?.[0]);
    await page.locator('.bar:not([disabled])').first().click();
    const inBar = await number();
    expect(inBar).toBeGreaterThan(0);
    expect(inBar).toBeLessThan(300);
    expect(await page.locator('.bar[aria-pressed=true]').getAttribute('title')).toContain(`${inBar} finding`);
    await page.reload();
    expect(await number()).toBe(inBar);
    await page.getByRole('button', { name: 'Clear all' }).click();
    await page.locator('.box', { hasText: 'p7/' }).first().click();
    expect(await page.locator('.finding .where code').allInnerTexts()).toEqual(
      Array(8).fill(expect.stringMatching(/^packages\/p7\//)),
    );
    await page.getByRole('button', { name: 'all folders' }).click();
    expect(await number()).toBe(300);
    await page.locator('.tally button[data-name="Stripe"]').click();
    expect(await number()).toBe(75);
    await page.locator('.tally button[data-name="李 雷"]').click();
    const both = await number();
    await page.locator('.tally button[data-name="Stripe"]').click();
    expect(await number()).toBeGreaterThan(both);
    expect(complaints).toEqual([]);
  });

  test('the treemap is as high as its neighbours, and its boxes fill it', async () => {
    await open({ ...buildReport(), findings: buildManyFindings(300) });
    const bottoms = await run<number[]>(`
      const bottom = (query) => Math.max(...[...document.querySelectorAll(query)].map((one) => one.getBoundingClientRect().bottom));
      return [bottom('.treemap'), bottom('.treemap .box'), bottom('.tallies') - 18];
    `);
    for (const one of bottoms) expect(Math.abs(one - bottoms[0])).toBeLessThan(3);
  });

  test('the axis of the timeline names years, and none runs over its edge', async () => {
    await open({ ...buildReport(), findings: buildManyFindings(300) });
    const ticks = await page.locator('.axis span').allTextContents();
    expect(ticks.length).toBeGreaterThan(1);
    for (const tick of ticks) expect(tick).toMatch(/^\d{4}(?:-\d\d| Q[1-4])?$/);
    expect(
      await run(`
        const edge = document.querySelector('.axis').getBoundingClientRect().right;
        return [...document.querySelectorAll('.axis span')].filter((one) => one.getBoundingClientRect().right > edge).length;
      `),
    ).toBe(0);
  });

  test('a finding opens to its line, facts, next step and all its places', async () => {
    await open(buildReport());
    await page.locator('.finding > summary').first().click();
    const detail = page.locator('.detail').first();
    expect(await detail.locator('.excerpt mark').textContent()).toMatch(/^\*{8}.{4}$/);
    expect(await detail.locator('.command code').textContent()).toBe(`unleak respond plan --key ${AWS_ID}`);
    expect(await detail.locator('tbody tr').count()).toBe(9);
    expect(await detail.locator('dl').textContent()).toContain('account id123456789012');
    expect(await detail.locator('dl').textContent()).toContain('arn:aws:iam::123456789012:user/deploy');
    await page.locator('.finding > summary', { hasText: 'GitHub' }).click();
    const link = page.getByRole('link', { name: "The vendor's page to end it" });
    expect(await link.getAttribute('href')).toBe('https://github.com/settings/tokens');
    expect(await link.getAttribute('rel')).toContain('noreferrer');
  });

  test('can be read with the keyboard alone', async () => {
    await open(buildReport());
    await page.keyboard.press('/');
    await page.keyboard.type('password');
    expect(await titles()).toEqual(['Password in an assignment']);
    await page.keyboard.press('Escape');
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    expect(await page.locator('.finding[open] .what strong').allTextContents()).toEqual([
      'RSA private key, not encrypted',
    ]);
    await page.keyboard.press('l');
    expect(await titles()).toEqual(['AWS access key with its secret']);
  });

  test('of ten thousand findings only those scrolled to are drawn', async () => {
    await open({ ...buildReport(), findings: buildManyFindings(10_000) });
    expect(await status()).toBe('10,000 findings');
    const rows = page.locator('.finding');
    const before = await rows.count();
    expect(before).toBeLessThan(300);
    await run('scrollTo(0, document.body.scrollHeight)');
    await expect.poll(() => rows.count()).toBeGreaterThan(before);
    await page.locator('input[type=search]').fill('file9999.ts');
    expect(await rows.count()).toBe(1);
  });

  test('fits a phone without scrolling sideways', async () => {
    await open(
      { ...buildReport(), findings: [...buildReport().findings, ...buildManyFindings(50)] },
      { width: 360 },
    );
    await page.locator('.finding > summary').first().click();
    expect(await run('return document.documentElement.scrollWidth')).toBe(360);
    const [path] = await page.locator('.places td').all();
    expect((await path.boundingBox())!.width).toBeGreaterThan(250);
  });

  test('on paper it is light, open and without controls', async () => {
    await open(buildReport());
    await run("dispatchEvent(new Event('beforeprint'))");
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    expect(await page.locator('.finding[open] .detail').count()).toBe(4);
    expect(await page.locator('.toolbar').isVisible()).toBe(false);
    expect(await run('return getComputedStyle(document.body).backgroundColor')).toBe('rgb(255, 255, 255)');
    expect(await run('return getComputedStyle(document.body).color')).toBe('rgb(29, 28, 26)');
  });

  test('a clean report is a calm page', async () => {
    const report = buildReport();
    await open({ ...report, scan: { ...report.scan, complete: true, skipped: [] }, findings: [] });
    expect(await page.locator('h1').textContent()).toBe('No secrets found');
    expect(complaints).toEqual([]);
  });

  test('the JUnit report is well-formed for its XML parser', async () => {
    page = await (await browser.newContext()).newPage();
    const xml = JSON.stringify(await render('junit'));
    const found = await run<{ errors: number; paths: string[] }>(`
      const parsed = new DOMParser().parseFromString(${xml}, 'application/xml');
      const paths = [...parsed.querySelectorAll('testcase')].map((one) => one.getAttribute('classname'));
      return { errors: parsed.querySelectorAll('parsererror').length, paths };
    `);
    expect(found.errors).toBe(0);
    expect(found.paths).toContain(makeVisible(HOSTILE_PATH));
  });
});
