import type { PageData } from '../page-data.ts';
import { button, el } from './dom.ts';
import { listenToKeys, renderKeys } from './keys.ts';
import { renderList } from './list.ts';
import { createMatcher, type Filter, Store } from './model.ts';
import { renderAuthors, renderVendors } from './tally.ts';
import { renderTimeline } from './timeline.ts';
import { renderToolbar } from './toolbar.ts';
import { renderTreemap } from './treemap.ts';
import { renderVerdict } from './verdict.ts';

const data = JSON.parse(document.getElementById('data')?.textContent ?? '') as PageData;
const store = new Store();
const { findings } = data;
const toolbar = renderToolbar(findings, store);
const list = renderList(data);

document
  .getElementById('page')
  ?.append(
    button('Light / dark', switchTheme, { class: 'theme', title: 't' }),
    renderVerdict(data, store),
    ...(findings.length > 0 ? [renderCharts(), toolbar.bar, list.element] : []),
    el(
      'footer',
      {},
      findings.length > 0 && renderKeys(),
      el('p', {}, `${data.tool.name} ${data.tool.version} · ${data.headline}`),
    ),
  );

store.onChange((filter) => {
  const matching = findings.filter(createMatcher(filter));
  toolbar.showNumber(matching.length);
  list.show(matching);
  writeHash(filter);
});
listenToKeys(toolbar.search, list.rows, store, switchTheme);
store.set(readHash());
addEventListener('hashchange', () => {
  if (location.hash !== toHash(store.filter)) store.set(readHash());
});

function renderCharts(): HTMLElement {
  const parts = [renderTimeline(findings, data.scan.started, store), renderTreemap(findings, store)];
  const tallies = [renderVendors(findings, store), renderAuthors(findings, store)];
  const isElement = (part: HTMLElement | undefined): part is HTMLElement => part !== undefined;
  return el(
    'div',
    { class: 'charts' },
    ...parts.filter(isElement),
    el('div', { class: 'tallies' }, ...tallies.filter(isElement)),
  );
}

/** The filter stands in the address, so that a view can be linked to and found again. */
function writeHash(filter: Filter): void {
  const hash = toHash(filter);
  if (hash !== location.hash) history.replaceState(null, '', hash || location.href.split('#')[0]);
}

function toHash(filter: Filter): string {
  const set = Object.entries(filter).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return set.length === 0 ? '' : `#${new URLSearchParams(set)}`;
}

function readHash(): Filter {
  return Object.fromEntries(new URLSearchParams(location.hash.slice(1)));
}

function switchTheme(): void {
  const root = document.documentElement;
  const dark = root.dataset.theme
    ? root.dataset.theme === 'dark'
    : matchMedia('(prefers-color-scheme: dark)').matches;
  root.dataset.theme = dark ? 'light' : 'dark';
}
