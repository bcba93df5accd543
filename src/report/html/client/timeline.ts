import type { PageFinding } from '../page-data.ts';
import { count, el } from './dom.ts';
import { firstDate, SEVERITIES, type Store } from './model.ts';

interface Bucket {
  /** Beginnings of ISO dates. */
  from: string;
  to: string;
  label: string;
  findings: PageFinding[];
}

/** More bars than this are too thin to hit. */
const MOST_BARS = 90;

/** Labels that stand side by side without touching; a phone hides every second. */
const MOST_TICKS = 12;

/** Months between two labels. */
const TICKS = [1, 3, 6, 12, 24, 60, 120, 240, 600, 1200];

/**
 * When each secret first leaked, up to the day of the scan, as stacked bars that filter; undefined when no date is known.
 */
export function renderTimeline(
  findings: PageFinding[],
  until: string,
  store: Store,
): HTMLElement | undefined {
  const dated = findings.filter((finding) => firstDate(finding) !== undefined);
  if (dated.length === 0) return undefined;
  const { buckets, step } = makeBuckets(dated, until);
  const most = Math.max(...buckets.map((bucket) => bucket.findings.length));
  const bars = buckets.map((bucket) => renderBar(bucket, most, store));
  store.onChange(({ period }) => {
    for (const bar of bars) bar.setAttribute('aria-pressed', String(bar.dataset.period === period));
  });
  const undated = findings.length - dated.length;
  return el(
    'section',
    { class: 'timeline' },
    el(
      'h2',
      {},
      'When they leaked',
      el('small', {}, `${dated.length === 1 ? '' : `most in one bar: ${most}`}`),
    ),
    el('div', { class: 'bars' }, ...bars),
    el('div', { class: 'axis' }, ...axis(buckets, step)),
    undated > 0 && el('p', { class: 'note' }, `${count(undated, 'finding')} without a date`),
  );
}

function renderBar(bucket: Bucket, most: number, store: Store): HTMLElement {
  const period = `${bucket.from}..${bucket.to}`;
  const bar = el('button', {
    type: 'button',
    class: 'bar',
    title: `${bucket.label}: ${count(bucket.findings.length, 'finding')}`,
    data: { period },
    aria: { pressed: 'false', label: `${bucket.label}: ${count(bucket.findings.length, 'finding')}` },
    on: { click: () => store.toggle({ period }) },
  });
  if (bucket.findings.length === 0) bar.disabled = true;
  for (const severity of [...SEVERITIES].reverse()) {
    const number = bucket.findings.filter((finding) => finding.severity === severity).length;
    if (number === 0) continue;
    const part = el('i', { class: `fill ${severity}` });
    part.style.height = `${Math.max(2, (number / most) * 100)}%`;
    bar.prepend(part);
  }
  return bar;
}

function makeBuckets(findings: PageFinding[], until: string): { buckets: Bucket[]; step: number } {
  const months = findings.map((finding) => fromIso(firstDate(finding) as string));
  const first = Math.min(...months);
  const last = Math.max(...months, fromIso(until));
  const step = [1, 3, 12, 60].find((size) => (last - first) / size < MOST_BARS) ?? 120;
  const start = Math.floor(first / step) * step;
  const buckets: Bucket[] = [];
  for (let month = start; month <= last; month += step) {
    buckets.push({ from: toIso(month), to: toIso(month + step), label: toLabel(month, step), findings: [] });
  }
  findings.forEach((finding, index) => {
    buckets[Math.floor((months[index] - start) / step)].findings.push(finding);
  });
  return { buckets, step };
}

/** Labels where years, or equal parts of them, begin; none that would run over the right edge. */
function axis(buckets: Bucket[], step: number): HTMLElement[] {
  const first = fromIso(buckets[0].from);
  const months = buckets.length * step;
  const every = TICKS.find((size) => size % step === 0 && months / size <= MOST_TICKS) ?? months;
  const ticks: HTMLElement[] = [];
  for (let month = Math.ceil(first / every) * every; month < first + months * 0.95; month += every) {
    const tick = el('span', {}, every % 12 === 0 ? String(month / 12) : toLabel(month, step));
    tick.style.left = `${((month - first) / months) * 100}%`;
    ticks.push(tick);
  }
  return ticks;
}

/** Months since the year 0, so that buckets are plain arithmetic. */
function fromIso(iso: string): number {
  return Number(iso.slice(0, 4)) * 12 + Number(iso.slice(5, 7)) - 1;
}

function toIso(month: number): string {
  return `${String(Math.floor(month / 12)).padStart(4, '0')}-${String((month % 12) + 1).padStart(2, '0')}`;
}

function toLabel(month: number, step: number): string {
  const year = String(Math.floor(month / 12));
  if (step >= 12) return step === 12 ? year : `${year}–${Number(year) + step / 12 - 1}`;
  if (step === 3) return `${year} Q${(month % 12) / 3 + 1}`;
  return toIso(month);
}
