import { el } from './dom.ts';
import type { Store } from './model.ts';

const KEYS: [key: string, meaning: string][] = [
  ['/', 'search'],
  ['j k', 'next, previous finding'],
  ['Enter', 'open or close it'],
  ['l', 'only what still works'],
  ['h', 'only what HEAD holds'],
  ['Esc', 'clear all filters'],
  ['t', 'light or dark'],
];

/** One-letter keys, as long as nobody is typing. */
export function listenToKeys(
  search: HTMLInputElement,
  rows: HTMLElement,
  store: Store,
  switchTheme: () => void,
): void {
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Escape') {
      store.set({});
      search.blur();
      return;
    }
    if (event.target instanceof HTMLInputElement) return;
    const actions: Record<string, () => void> = {
      '/': () => search.focus(),
      j: () => move(rows, 1),
      k: () => move(rows, -1),
      l: () => store.toggle({ live: 'yes' }),
      h: () => store.toggle({ head: 'yes' }),
      t: switchTheme,
    };
    const action = actions[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  });
}

export function renderKeys(): HTMLElement {
  return el(
    'p',
    { class: 'keys' },
    ...KEYS.flatMap(([key, meaning]) => [el('kbd', {}, key), ` ${meaning} `]),
  );
}

function move(rows: HTMLElement, by: number): void {
  const summaries = [...rows.querySelectorAll<HTMLElement>('.finding > summary')];
  const at = summaries.indexOf(document.activeElement as HTMLElement);
  const next = summaries[at < 0 ? (by > 0 ? 0 : summaries.length - 1) : at + by];
  next?.focus();
  next?.scrollIntoView({ block: 'nearest' });
}
