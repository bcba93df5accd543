import type { Finding, Place } from '../model/finding.ts';
import { columnsOf, takeEnd, takeStart } from './columns.ts';
import { locateInSnippet, makeVisible } from './shown.ts';

/** A snippet made ready for a terminal: `caret` and `width` are columns of `text`. */
export interface Excerpt {
  text: string;
  caret: number;
  /** Columns to underline; 0 when the secret is not to be seen in the snippet. */
  width: number;
}

/** Columns kept free of the line before the secret when it must be cut: enough for the name it was assigned to. */
const LEAST_BEFORE = 24;

/** Cuts the snippet to `columns` around its secret, tabs expanded and control characters made visible. */
export function excerpt(
  finding: Finding,
  place: Place,
  {
    columns,
    reveal,
    unicode,
    ellipsis,
  }: { columns: number; reveal: boolean; unicode: boolean; ellipsis: string },
): Excerpt {
  const show = (text: string) => makeVisible(text.replaceAll('\t', '    '), unicode);
  const indent = /^\s*/.exec(place.snippet)?.[0].length ?? 0;
  const [start, end] = locateInSnippet(finding, place, reveal) ?? [
    place.snippet.length,
    place.snippet.length,
  ];
  const before = show(place.snippet.slice(Math.min(indent, start), start));
  const marked = show(place.snippet.slice(start, end));
  const after = show(place.snippet.slice(end)).trimEnd();
  const dots = columnsOf(ellipsis);

  let head = before;
  const wanted = columnsOf(marked) + Math.min(columnsOf(after), LEAST_BEFORE);
  const room = Math.max(columns - wanted, Math.min(LEAST_BEFORE, columns >> 1));
  if (columnsOf(head) > room) head = ellipsis + takeEnd(head, Math.max(0, room - dots));
  const caret = columnsOf(head);
  let text = head + marked + after;
  if (columnsOf(text) > columns) text = takeStart(text, columns - dots) + ellipsis;
  return { text, caret, width: Math.max(0, Math.min(columnsOf(marked), columnsOf(text) - caret)) };
}
