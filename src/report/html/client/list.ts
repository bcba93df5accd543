import type { PageData, PageFinding } from '../page-data.ts';
import { renderDetail } from './detail.ts';
import { button, count, el, grouped } from './dom.ts';
import { isLive } from './model.ts';

/** Rows added at a time: about four screens, 5 ms of work. */
const CHUNK = 60;

/** Rows put on paper: more than this no one prints. */
const MOST_PRINTED = 500;

/** The findings, as many as have been scrolled to: ten thousand cost no more than sixty. */
export function renderList(data: PageData) {
  const rows = el('div', { class: 'rows' });
  const end = el('div', { class: 'end' });
  let shown: PageFinding[] = [];
  let drawn = 0;
  const draw = (to: number) => {
    rows.append(...shown.slice(drawn, to).map((finding) => renderRow(finding, data)));
    drawn = Math.min(to, shown.length);
    end.replaceChildren(
      ...(drawn < shown.length ? [renderMore(shown.length - drawn, () => draw(drawn + CHUNK))] : []),
    );
  };
  const observer = new IntersectionObserver(
    (entries) => {
      if (entries.some((entry) => entry.isIntersecting) && drawn < shown.length) draw(drawn + CHUNK);
    },
    { rootMargin: '800px' },
  );
  observer.observe(end);
  addEventListener('beforeprint', () => {
    draw(Math.max(drawn, MOST_PRINTED));
    for (const row of rows.children) (row as HTMLDetailsElement).open ||= shown.length <= 100;
  });
  const show = (findings: PageFinding[]) => {
    shown = findings;
    drawn = 0;
    rows.replaceChildren();
    draw(CHUNK);
    if (findings.length === 0) {
      rows.append(
        el(
          'p',
          { class: 'empty' },
          data.findings.length === 0 ? 'Nothing to show.' : 'No finding matches these filters.',
        ),
      );
    }
    // The observer tells only of changes: an end that stays in view must be looked at anew.
    observer.unobserve(end);
    observer.observe(end);
  };
  return { element: el('main', {}, rows, end), rows, show };
}

function renderMore(rest: number, onClick: () => void): HTMLElement {
  return button(`${grouped(rest)} more`, onClick, { class: 'more' });
}

function renderRow(finding: PageFinding, data: PageData): HTMLElement {
  const [main] = finding.places;
  const others = finding.places.length - 1;
  const gone = finding.places.every(({ inHead }) => inHead === false);
  const summary = el(
    'summary',
    {},
    el('span', { class: `badge ${finding.severity}` }, finding.severity),
    el(
      'span',
      { class: 'what' },
      el('strong', {}, finding.title),
      el('code', {}, finding.id ? `${finding.id} / ${finding.secret}` : finding.secret),
      isLive(finding) && el('span', { class: 'alive' }, 'still works'),
      finding.suppressed !== undefined &&
        el('span', { class: 'others' }, `suppressed by ${finding.suppressed.by}`),
    ),
    el(
      'span',
      { class: 'where' },
      el('code', { title: main.path }, ...breakable(shorten(main.path)), el('i', {}, `:${main.line}`)),
      others > 0 && el('span', { class: 'others' }, `+ ${count(others, 'place')}`),
      gone && el('span', { class: 'others' }, 'history only'),
    ),
  );
  const row = el('details', { class: 'finding', data: { fingerprint: finding.fingerprint } }, summary);
  row.addEventListener('toggle', () => {
    if (row.open && row.children.length === 1) row.append(renderDetail(finding, data));
  });
  return row;
}

/** Long paths lose their middle: their ends say the most. */
function shorten(path: string): string {
  return path.length <= 90 ? path : `${path.slice(0, 30)}…${path.slice(-58)}`;
}

/** A path that is too long for its line goes on after a slash, not within a name. */
function breakable(path: string): (HTMLElement | string)[] {
  return path.split(/(?<=\/)/).flatMap((part, index) => (index === 0 ? [part] : [el('wbr'), part]));
}
