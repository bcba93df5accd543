import type { Finding, Place, Verdict } from '../model/finding.ts';
import { columnsOf, wrap } from './columns.ts';
import { excerpt } from './excerpt.ts';
import { count } from './figures.ts';
import type { RenderContext } from './formats.ts';
import { isLive, mainPlace, otherPlaces } from './order.ts';
import { fileUrl, type Paint } from './paint.ts';
import { findRemedy } from './remedy.ts';
import { makeVisible, showSecret } from './shown.ts';

/** Further places listed by name; an audit can hold thousands of one secret. */
const MOST_PLACES = 5;

/** Columns of the labels under an excerpt: `verdict` is the longest. */
const LABEL = 8;

/** Least columns that a line is laid out for; a narrower terminal breaks it itself. */
const LEAST_WIDTH = 40;

/** One finding: what it is, where it stands with its line underlined, what is known of it, what to do. */
export function renderFinding(finding: Finding, context: RenderContext, paint: Paint): string {
  const { terminal, details } = context;
  const width = Math.max(terminal.width, LEAST_WIDTH);
  const place = mainPlace(finding);
  const gutter = String(place.line).length;
  const edge = `${' '.repeat(gutter)} ${paint.dim(paint.glyphs.bar)}`;
  const lines = [
    heading(finding, context, paint, width),
    `${' '.repeat(gutter)} ${paint.dim(paint.glyphs.open)} ${located(place, context, paint)}`,
    ...excerptLines(finding, place, context, paint, width - gutter - 3, gutter),
  ];
  const others = otherPlaces(finding);
  for (const other of others.slice(0, MOST_PLACES)) {
    lines.push(
      `${' '.repeat(gutter)} ${paint.dim(`${paint.glyphs.branch} also`)} ${located(other, context, paint)}`,
    );
  }
  if (others.length > MOST_PLACES) {
    lines.push(`${edge} ${paint.dim(`     and ${count(others.length - MOST_PLACES, 'more place')}`)}`);
  }
  const notes = describe(finding, context, paint);
  for (const [label, texts] of notes) {
    const wrapped = texts.flatMap((text) => wrap(text, Math.max(20, width - gutter - 3 - LABEL)));
    wrapped.forEach((line, index) => {
      lines.push(
        `${edge} ${paint.dim((index === 0 ? label : '').padEnd(LABEL))}${paintNote(label, line, finding, paint)}`,
      );
    });
  }
  const docs = details.get(finding.rule)?.docs;
  lines.push(
    `${edge} ${paint.dim('rule'.padEnd(LABEL))}${paint.link(makeVisible(finding.rule, terminal.unicode), docs)}`,
  );
  return `${lines.join('\n')}\n`;
}

function heading(finding: Finding, { reveal, terminal }: RenderContext, paint: Paint, width: number): string {
  const show = (text: string) => makeVisible(text, terminal.unicode);
  const { pair } = finding;
  const secrets = pair
    ? [
        pair.id,
        showSecret(pair.secret, reveal),
        ...(pair.sessionToken ? [showSecret(pair.sessionToken, reveal)] : []),
      ]
    : [showSecret(finding.secret, reveal)];
  const title = `${finding.severity}: ${show(finding.title)}`;
  const masks = show(secrets.join(' / '));
  const head =
    paint.severity(finding.severity, `${finding.severity}:`) +
    paint.bold(title.slice(finding.severity.length + 1));
  const state = finding.suppressed
    ? paint.dim('SUPPRESSED')
    : isLive(finding)
      ? paint.bad('STILL WORKS')
      : '';
  const live = state && `  ${state}`;
  const room = width - columnsOf(title) - 2 - columnsOf(live);
  return columnsOf(masks) <= room
    ? `${head}  ${paint.accent(masks)}${live}`
    : `${head}${live}\n  ${paint.accent(masks)}`;
}

function excerptLines(
  finding: Finding,
  place: Place,
  { reveal, terminal }: RenderContext,
  paint: Paint,
  columns: number,
  gutter: number,
): string[] {
  const { ellipsis, bar, caret } = paint.glyphs;
  const shown = excerpt(finding, place, { columns, reveal, unicode: terminal.unicode, ellipsis });
  const lines = [`${paint.dim(`${place.line} ${bar}`)} ${shown.text}`];
  if (shown.width > 0) {
    const mark = paint.severity(finding.severity, caret.repeat(shown.width));
    lines.push(`${' '.repeat(gutter)} ${paint.dim(bar)} ${' '.repeat(shown.caret)}${mark}`);
  }
  return lines;
}

/** `config/prod.env:12:24  2023-04-01 Ann Example 4f3a2b1c9d, no longer in HEAD`. */
function located(place: Place, { root, terminal }: RenderContext, paint: Paint): string {
  const show = (text: string) => makeVisible(text, terminal.unicode);
  const url = place.inHead === false ? undefined : fileUrl(root, place.path);
  const where = paint.link(`${show(place.path)}:${place.line}:${place.column}`, url);
  const origin = [place.date?.slice(0, 10), place.author, place.commit?.slice(0, 10)].filter((part) => part);
  const notes = [show(origin.join(' '))];
  if (place.inHead === false) notes.push('no longer in HEAD');
  if (place.reachable === false) notes.push('unreachable');
  if (place.decoded?.length) notes.push(`inside ${show(place.decoded.join(' in '))}`);
  const note = notes.filter((part) => part !== '').join(', ');
  return note === '' ? where : `${where}  ${paint.dim(note)}`;
}

function describe(
  finding: Finding,
  { details, terminal }: RenderContext,
  paint: Paint,
): [label: string, lines: string[]][] {
  const show = (text: string) => makeVisible(text, terminal.unicode);
  const notes: [string, string[]][] = [];
  const facts = Object.entries(finding.facts)
    .filter(([, value]) => value !== finding.pair?.id)
    .map(([name, value]) => `${spellOut(show(name))} ${show(String(value))}`);
  if (facts.length > 0) notes.push(['facts', [facts.join(', ')]]);
  if (finding.verdict && finding.verdict.state !== 'unchecked') {
    notes.push(['verdict', [show(describeVerdict(finding.verdict))]]);
  }
  if (finding.suppressed) {
    const { by, reason } = finding.suppressed;
    return [...notes, ['hidden', [show(`by ${by}${reason ? `: ${reason}` : ''}`)]]];
  }
  const rule = details.get(finding.rule);
  if (rule?.opens) notes.push(['opens', [show(rule.opens)]]);
  const remedy = findRemedy(finding, rule);
  const steps = remedy.command ? [remedy.command] : remedy.steps.map(show);
  if (remedy.url && !remedy.command) steps.push(paint.link(remedy.url, remedy.url));
  notes.push(['next', steps]);
  return notes;
}

function describeVerdict({ state, reason, checkedAt, identity }: Verdict): string {
  const owner = Object.entries(identity ?? {}).map(([name, value]) => `${spellOut(name)} ${value}`);
  const parts = [reason ? `${state} (${reason})` : state, ...owner];
  if (checkedAt) parts.push(`asked ${checkedAt}`);
  return parts.join(', ');
}

function paintNote(label: string, line: string, finding: Finding, paint: Paint): string {
  if (label === 'verdict' && isLive(finding)) return paint.bad(line);
  return label === 'next' ? paint.bold(line) : line;
}

/** `accountId` -> `account id`. */
function spellOut(name: string): string {
  return name.replace(/(?<=[a-z0-9])[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
