import type { PageFinding } from '../page-data.ts';

export const SEVERITIES = ['critical', 'high', 'medium', 'low', 'info'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** What of the findings is shown. An absent field lets everything through. */
export interface Filter {
  text?: string;
  severity?: string;
  vendor?: string;
  author?: string;
  account?: string;
  folder?: string;
  /** `from..to`, both as beginnings of ISO dates, the end not included. */
  period?: string;
  live?: string;
  head?: string;
}

/** The filter and everybody who wants to know of a change. */
export class Store {
  filter: Filter = {};
  readonly #listeners: ((filter: Filter) => void)[] = [];

  onChange(listener: (filter: Filter) => void): void {
    this.#listeners.push(listener);
  }

  /** Sets the fields given; the same value once more takes it off again. */
  toggle(change: Filter): void {
    const next = { ...this.filter };
    for (const [key, value] of Object.entries(change) as [keyof Filter, string | undefined][]) {
      next[key] = next[key] === value ? undefined : value;
    }
    this.set(next);
  }

  set(filter: Filter): void {
    this.filter = filter;
    for (const listener of this.#listeners) listener(filter);
  }
}

export function isLive({ verdict, suppressed }: PageFinding): boolean {
  return verdict?.state === 'active' && suppressed === undefined;
}

export function accountOf({ facts }: PageFinding): string | undefined {
  return facts.accountId === undefined ? undefined : String(facts.accountId);
}

/** When the secret first leaked: the earliest date of its places, as ISO 8601. */
export function firstDate({ places }: PageFinding): string | undefined {
  let first: string | undefined;
  for (const { date } of places) if (date && (first === undefined || date < first)) first = date;
  return first;
}

/** Who leaked it first. */
export function firstAuthor(finding: PageFinding): string | undefined {
  const first = firstDate(finding);
  return finding.places.find(({ date, author }) => author && (!first || date === first))?.author;
}

export function createMatcher(filter: Filter): (finding: PageFinding) => boolean {
  const words = (filter.text ?? '').toLowerCase().split(/\s+/).filter(Boolean);
  const [from, to] = filter.period?.split('..') ?? [];
  return (finding) => {
    if (filter.severity && finding.severity !== filter.severity) return false;
    if (filter.vendor && finding.vendor !== filter.vendor) return false;
    if (filter.live && !isLive(finding)) return false;
    if (filter.account && accountOf(finding) !== filter.account) return false;
    if (filter.author && firstAuthor(finding) !== filter.author) return false;
    if (filter.head && !finding.places.some(({ inHead }) => inHead !== false)) return false;
    if (filter.folder && !finding.places.some(({ path }) => isInside(path, filter.folder as string)))
      return false;
    if (from) {
      const date = firstDate(finding);
      if (!date || date < from || date >= to) return false;
    }
    return words.length === 0 || words.every((word) => searchText(finding).includes(word));
  };
}

export function isInside(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}

const texts = new WeakMap<PageFinding, string>();

function searchText(finding: PageFinding): string {
  let text = texts.get(finding);
  if (text === undefined) {
    const { title, rule, vendor, severity, secret, id, facts, verdict, fingerprint, places } = finding;
    const parts = [
      title,
      rule,
      vendor,
      severity,
      secret,
      id,
      verdict?.state,
      fingerprint,
      ...Object.values(facts),
    ];
    for (const place of places)
      parts.push(place.path, place.author, place.commit, place.message, place.snippet);
    text = parts.join('\n').toLowerCase();
    texts.set(finding, text);
  }
  return text;
}
