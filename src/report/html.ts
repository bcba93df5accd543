import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Report } from '../model/report.ts';
import { assetUrl } from '../wasm/asset-url.ts';
import type { RenderContext } from './formats.ts';
import { buildPageData } from './html/build-page-data.ts';
import { toJsonText } from './json-text.ts';

/**
 * One file that needs no network: the style, the script and the report as data. The policy lets nothing but these two
 * run, and no request leave; trusted types forbid the script to make markup out of text.
 */
export function* renderHtml(report: Report, context: RenderContext): Generator<string> {
  const { style, script } = loadPage();
  const data = buildPageData(report, context);
  const policy = [
    "default-src 'none'",
    `style-src '${hash(style)}'`,
    `script-src '${hash(script)}'`,
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ');
  yield `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(data.headline)} – unleak</title>
<style>${style}</style>
</head>
<body>
<noscript><h1>${escapeHtml(data.headline)}</h1><p>${escapeHtml(data.scope)}</p>
<p>The findings are shown by the script in this file: allow JavaScript to read them, or use another format.</p></noscript>
<div id="page"></div>
<script type="application/json" id="data">`;
  const { findings, ...head } = data;
  yield escapeJson(`${toJsonText(head).slice(0, -1)},"findings":[`);
  for (const [index, finding] of findings.entries()) {
    yield escapeJson(`${index > 0 ? ',\n' : ''}${toJsonText(finding)}`);
  }
  yield `]}</script>\n<script>${script}</script>\n</body>\n</html>\n`;
}

interface Page {
  style: string;
  script: string;
}

let page: Page | undefined;

/** Written by the build from `html/`. */
function loadPage(): Page {
  page ??= JSON.parse(readFileSync(assetUrl('page.json'), 'utf8')) as Page;
  return page;
}

function hash(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

function escapeHtml(text: string): string {
  return text.replace(/[<>&"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** In a script element only `<` matters: neither an end tag nor `<!--` can be written without it. */
function escapeJson(json: string): string {
  return json.replaceAll('<', '\\u003c');
}
