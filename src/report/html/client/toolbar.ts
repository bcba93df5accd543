import type { PageFinding } from '../page-data.ts';
import { button, count, el, grouped } from './dom.ts';
import { type Filter, isLive, SEVERITIES, type Store } from './model.ts';

/** Search, severities, switches, and the filters that charts have set, each to be taken off alone. */
export function renderToolbar(findings: PageFinding[], store: Store) {
  const search = el('input', { type: 'search', aria: { label: 'Search the findings' } });
  search.placeholder = 'Search path, author, commit, rule… ( / )';
  search.addEventListener('input', () => store.set({ ...store.filter, text: search.value || undefined }));
  const toggles: [HTMLButtonElement, keyof Filter, string][] = [];
  const addToggle = (label: string, field: keyof Filter, value: string, name: string) => {
    const chip = button(label, () => store.toggle({ [field]: value }), {
      class: `chip ${name}`,
      aria: { pressed: 'false' },
    });
    toggles.push([chip, field, value]);
    return chip;
  };
  const chips = SEVERITIES.map((severity) => {
    const number = findings.filter((finding) => finding.severity === severity).length;
    return number > 0 && addToggle(`${severity} ${grouped(number)}`, 'severity', severity, severity);
  });
  const live = findings.some(isLive) && addToggle('still works', 'live', 'yes', 'live');
  const knowsHead = findings.some(({ places }) => places.some(({ inHead }) => inHead !== undefined));
  const head = knowsHead && addToggle('in HEAD', 'head', 'yes', 'head');
  const active = el('div', { class: 'active' });
  const status = el('p', { class: 'status', role: 'status' });
  store.onChange((filter) => {
    if (search.value !== (filter.text ?? '')) search.value = filter.text ?? '';
    for (const [chip, field, value] of toggles)
      chip.setAttribute('aria-pressed', String(filter[field] === value));
    active.replaceChildren(...renderActive(filter, store));
  });
  const showNumber = (shown: number) => {
    status.textContent =
      shown === findings.length
        ? count(shown, 'finding')
        : `${grouped(shown)} of ${count(findings.length, 'finding')}`;
  };
  const bar = el(
    'div',
    { class: 'toolbar' },
    search,
    status,
    el('span', { class: 'break' }),
    ...chips,
    live,
    head,
    active,
  );
  return { bar, search, showNumber };
}

function renderActive(filter: Filter, store: Store): HTMLElement[] {
  const fields = ['vendor', 'account', 'author', 'folder', 'period'] as const;
  const set = fields.filter((field) => filter[field] !== undefined);
  const chips = set.map((field) => {
    const value = field === 'period' ? showPeriod(filter.period as string) : filter[field];
    return button(`${field}: ${value} ×`, () => store.set({ ...store.filter, [field]: undefined }), {
      class: 'chip set',
      title: 'Take this filter off',
    });
  });
  const any = Object.values(filter).some((value) => value !== undefined);
  return any
    ? [...chips, button('Clear all', () => store.set({}), { class: 'chip clear', title: 'Esc' })]
    : chips;
}

function showPeriod(period: string): string {
  return period.replace('..', ' to before ');
}
