import type { PageFinding } from '../page-data.ts';
import { button, el, grouped } from './dom.ts';
import { firstAuthor, type Store } from './model.ts';

const MOST_ROWS = 7;

export function renderAuthors(findings: PageFinding[], store: Store): HTMLElement | undefined {
  return renderTally('Who committed them', findings, firstAuthor, 'author', store);
}

export function renderVendors(findings: PageFinding[], store: Store): HTMLElement | undefined {
  return renderTally('What they open', findings, ({ vendor }) => vendor, 'vendor', store);
}

/** Names with their number of findings as bars, the greatest first; each filters. */
function renderTally(
  title: string,
  findings: PageFinding[],
  nameOf: (finding: PageFinding) => string | undefined,
  field: 'author' | 'vendor',
  store: Store,
): HTMLElement | undefined {
  const numbers = new Map<string, number>();
  for (const finding of findings) {
    const name = nameOf(finding);
    if (name) numbers.set(name, (numbers.get(name) ?? 0) + 1);
  }
  if (numbers.size === 0) return undefined;
  const sorted = [...numbers].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  const most = sorted[0][1];
  const list = el('ol', { class: 'tally' });
  const rows = sorted.map(([name, number]) => {
    const bar = el('i', { class: 'fill' });
    bar.style.width = `${(number / most) * 100}%`;
    const row = el(
      'button',
      {
        type: 'button',
        title: name,
        data: { name },
        aria: { pressed: 'false' },
        on: { click: () => store.toggle({ [field]: name }) },
      },
      el('span', {}, name),
      el('b', {}, grouped(number)),
      bar,
    );
    return el('li', {}, row);
  });
  list.append(...rows.slice(0, MOST_ROWS));
  if (rows.length > MOST_ROWS) {
    const more = button(
      `${rows.length - MOST_ROWS} more`,
      () => more.parentElement?.replaceWith(...rows.slice(MOST_ROWS)),
      {
        class: 'more',
      },
    );
    list.append(el('li', {}, more));
  }
  store.onChange((filter) => {
    for (const row of rows) {
      const [inner] = row.children;
      inner.setAttribute('aria-pressed', String((inner as HTMLElement).dataset.name === filter[field]));
    }
  });
  return el('section', {}, el('h2', {}, title), list);
}
