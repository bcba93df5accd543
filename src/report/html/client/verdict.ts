import type { PageData, PageFinding } from '../page-data.ts';
import { button, count, el, grouped } from './dom.ts';
import { accountOf, isLive, type Store } from './model.ts';

/** The first screen: what is the matter, how sure that is, and which live secrets to end first. */
export function renderVerdict(data: PageData, store: Store): HTMLElement {
  const live = data.findings.filter(isLive);
  const { scan } = data;
  const findings = data.findings.filter(({ suppressed }) => suppressed === undefined);
  const mood = live.length > 0 ? 'live' : findings.length > 0 ? 'found' : scan.complete ? 'clean' : 'open';
  return el(
    'header',
    { class: `verdict ${mood}` },
    el('p', { class: 'source' }, `${data.tool.name} ${scan.source}`, el('span', {}, showTime(scan.started))),
    el('h1', {}, sentence(findings, live, scan.complete)),
    findings.length > 0 && el('p', { class: 'lead' }, lead(data.headline, live)),
    el(
      'p',
      { class: 'scope' },
      [data.scope, data.suppressed, narrowed(data)].filter((part) => part).join(' · '),
    ),
    !scan.complete && renderSkipped(data),
    live.length > 0 && renderLive(live, store),
  );
}

function sentence(findings: PageFinding[], live: PageFinding[], complete: boolean): string {
  if (live.length === 1) return '1 leaked secret still works';
  if (live.length > 1) return `${grouped(live.length)} leaked secrets still work`;
  if (findings.length > 0) return `${count(findings.length, 'secret')} leaked`;
  return complete ? 'No secrets found' : 'No secrets found in what was read';
}

/** The heading has told the number already, unless it tells of live ones. */
function lead(headline: string, live: PageFinding[]): string {
  return live.length > 0 ? headline : headline.slice(headline.indexOf(': ') + 2);
}

function narrowed({ scan }: PageData): string | undefined {
  return scan.narrowed?.length ? `narrowed by ${scan.narrowed.join(', ')}` : undefined;
}

function showTime(iso: string): string {
  return iso.slice(0, 16).replace('T', ' ').concat(' UTC');
}

function renderSkipped({ scan }: PageData): HTMLElement {
  const rows = scan.skipped
    .slice(0, 200)
    .map(({ path, reason }) => el('li', {}, el('code', {}, path), ` ${reason}`));
  const rest = scan.skipped.length - rows.length;
  return el(
    'details',
    { class: 'skipped' },
    el('summary', {}, `Incomplete: ${count(scan.skipped.length, 'thing')} could not be read`),
    el('ul', {}, ...rows, rest > 0 && el('li', {}, `and ${grouped(rest)} more, in the JSON report`)),
  );
}

/** One card a vendor and account, with what to do first. */
function renderLive(live: PageFinding[], store: Store): HTMLElement {
  const groups = new Map<string, PageFinding[]>();
  for (const finding of live) {
    const key = JSON.stringify([finding.vendor, accountOf(finding)]);
    groups.set(key, [...(groups.get(key) ?? []), finding]);
  }
  const cards = [...groups.values()].map((group) => {
    const [first] = group;
    const account = accountOf(first);
    const owner = first.verdict?.identity?.arn ?? Object.values(first.verdict?.identity ?? {})[0];
    return el(
      'button',
      {
        class: 'card',
        type: 'button',
        on: { click: () => store.set({ live: 'yes', vendor: first.vendor, account }) },
      },
      el('strong', {}, first.vendor),
      account !== undefined && el('span', { class: 'account' }, `account ${account}`),
      el('span', { class: 'number' }, `${count(group.length, 'live secret')}`),
      group.length === 1 && owner !== undefined && el('span', { class: 'owner' }, owner),
    );
  });
  const shown = cards.slice(0, 12);
  return el(
    'div',
    { class: 'cards' },
    ...shown,
    cards.length > shown.length &&
      button(`and ${cards.length - shown.length} more owners`, () => store.set({ live: 'yes' }), {
        class: 'card',
      }),
  );
}
