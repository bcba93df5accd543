import type { PageData, PageFinding, PagePlace } from '../page-data.ts';
import { button, count, el, spellOut } from './dom.ts';

/** Places shown at once; the rest on demand. */
const PLACES_AT_ONCE = 20;

/** Everything about one finding; built when it is opened. */
export function renderDetail(finding: PageFinding, data: PageData): HTMLElement {
  const [main] = finding.places;
  const remedy = data.remedies[finding.remedy];
  const rule = data.rules[finding.rule];
  return el(
    'div',
    { class: 'detail' },
    renderExcerpt(main),
    el(
      'div',
      { class: 'columns' },
      el(
        'section',
        { class: 'next' },
        el('h3', {}, 'What to do next'),
        remedy.command !== undefined && renderCommand(remedy.command),
        el('ol', {}, ...remedy.steps.map((step) => el('li', {}, step))),
        remedy.url !== undefined && el('p', {}, el('a', { href: remedy.url }, "The vendor's page to end it")),
      ),
      el(
        'section',
        { class: 'known' },
        el('h3', {}, 'What is known'),
        renderFacts(finding, rule?.opens, rule?.docs),
      ),
    ),
    renderPlaces(finding.places),
  );
}

function renderExcerpt({ snippet, mark, line, decoded }: PagePlace): HTMLElement {
  const [start, end] = mark ?? [snippet.length, snippet.length];
  return el(
    'figure',
    { class: 'excerpt' },
    el(
      'pre',
      {},
      el('span', { class: 'line' }, String(line)),
      el(
        'code',
        {},
        snippet.slice(0, start),
        start < end && el('mark', {}, snippet.slice(start, end)),
        snippet.slice(end),
      ),
    ),
    decoded !== undefined && decoded.length > 0 && el('figcaption', {}, `inside ${decoded.join(' in ')}`),
  );
}

function renderFacts(finding: PageFinding, opens?: string, docs?: string): HTMLElement {
  const { verdict, facts } = finding;
  const rows: [string, Node | string][] = [];
  const add = (name: string, value: Node | string | undefined) => {
    if (value !== undefined && value !== '') rows.push([name, value]);
  };
  add(
    'verdict',
    verdict && verdict.state !== 'unchecked'
      ? describe(verdict.state, verdict.reason, verdict.checkedAt)
      : undefined,
  );
  for (const [name, value] of Object.entries(verdict?.identity ?? {})) add(spellOut(name), value);
  add(
    'suppressed',
    finding.suppressed &&
      `by ${finding.suppressed.by}${finding.suppressed.reason ? `: ${finding.suppressed.reason}` : ''}`,
  );
  add('secret', el('code', {}, finding.secret));
  add('id', finding.id && el('code', {}, finding.id));
  add('opens', opens);
  for (const [name, value] of Object.entries(facts)) {
    if (value !== finding.id) add(spellOut(name), String(value));
  }
  add('confidence', finding.confidence);
  add('rule', docs ? el('a', { href: docs }, finding.rule) : finding.rule);
  add('fingerprint', el('code', {}, finding.fingerprint));
  return el('dl', {}, ...rows.flatMap(([name, value]) => [el('dt', {}, name), el('dd', {}, value)]));
}

function describe(state: string, reason: string | undefined, checkedAt: string | undefined): string {
  const why = reason ? ` (${reason})` : '';
  return `${state}${why}${checkedAt ? `, asked ${checkedAt.slice(0, 16).replace('T', ' ')} UTC` : ''}`;
}

function renderCommand(command: string): HTMLElement {
  const copy = button('Copy', async () => {
    await navigator.clipboard?.writeText(command).catch(() => undefined);
    copy.textContent = 'Copied';
  });
  return el('p', { class: 'command' }, el('code', {}, command), copy);
}

function renderPlaces(places: PagePlace[]): HTMLElement {
  const hasHistory = places.some(({ commit }) => commit !== undefined);
  const names = hasHistory ? ['Place', 'Since', 'Author', 'Commit', ''] : ['Place'];
  const body = el('tbody');
  const table = el(
    'table',
    {},
    el('thead', {}, el('tr', {}, ...names.map((name) => el('th', {}, name)))),
    body,
  );
  const add = (from: number, to: number) =>
    body.append(...places.slice(from, to).map((place) => renderPlace(place, hasHistory)));
  add(0, PLACES_AT_ONCE);
  const section = el('section', { class: 'places' }, el('h3', {}, count(places.length, 'place')), table);
  if (places.length > PLACES_AT_ONCE) {
    const more = button(`Show ${places.length - PLACES_AT_ONCE} more`, () => {
      add(PLACES_AT_ONCE, places.length);
      more.remove();
    });
    section.append(more);
  }
  return section;
}

function renderPlace(place: PagePlace, hasHistory: boolean): HTMLElement {
  const { path, line, date, author, commit, message, inHead, reachable } = place;
  const where = el('td', {}, el('code', {}, `${path}:${line}`));
  if (!hasHistory) return el('tr', {}, where);
  const state =
    reachable === false ? 'unreachable' : inHead === false ? 'gone from HEAD' : inHead ? 'in HEAD' : '';
  return el(
    'tr',
    {},
    where,
    el('td', {}, date?.slice(0, 10) ?? ''),
    el('td', {}, author ?? ''),
    el('td', { title: message ?? '' }, el('code', {}, commit?.slice(0, 10) ?? '')),
    el('td', { class: inHead ? 'state here' : 'state' }, state),
  );
}
