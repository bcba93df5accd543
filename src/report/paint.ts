import { pathToFileURL } from 'node:url';
import type { Severity } from '../model/finding.ts';
import type { Terminal } from './formats.ts';
import { makeVisible } from './shown.ts';

/** Styles for one terminal. Meaning never rests on colour alone: each severity is a word as well. */
export interface Paint {
  bold(text: string): string;
  dim(text: string): string;
  accent(text: string): string;
  severity(severity: Severity, text: string): string;
  good(text: string): string;
  bad(text: string): string;
  /** @param url where the text leads, when the terminal has links; anything but http(s) and file is left out */
  link(text: string, url: string | undefined): string;
  glyphs: Glyphs;
}

export interface Glyphs {
  open: string;
  bar: string;
  branch: string;
  caret: string;
  ellipsis: string;
  dot: string;
}

export function createPaint({ colour, hyperlinks, unicode }: Terminal): Paint {
  const style = (on: string, off: string) => (text: string) =>
    colour && text !== '' ? `\u001b[${on}m${text}\u001b[${off}m` : text;
  const severities = {
    critical: style('1;35', '22;39'),
    high: style('1;31', '22;39'),
    medium: style('33', '39'),
    low: style('36', '39'),
    info: style('2', '22'),
  };
  return {
    bold: style('1', '22'),
    dim: style('2', '22'),
    accent: style('36', '39'),
    // Blue and orange hues stay apart for every common colour blindness; red and green would not.
    good: style('34', '39'),
    bad: style('1;31', '22;39'),
    severity: (severity, text) => severities[severity](text),
    link: (text, url) =>
      hyperlinks && url !== undefined && SAFE_URL.test(url)
        ? `\u001b]8;;${url}\u001b\\${text}\u001b]8;;\u001b\\`
        : text,
    glyphs: unicode ? UNICODE : ASCII,
  };
}

/** A link to a file of the work tree, or undefined for paths that leave it. */
export function fileUrl(root: string | undefined, path: string): string | undefined {
  if (root === undefined || path.includes('!/') || makeVisible(path) !== path) return undefined;
  return pathToFileURL(path.startsWith('/') ? path : `${root}/${path}`).href;
}

/** Printable ASCII only: nothing in it can end the link or the escape sequence it stands in. */
const SAFE_URL = /^(?:https?|file):\/\/[\x21-\x7e]*$/;

const UNICODE: Glyphs = {
  open: '╭─',
  bar: '│',
  branch: '├─',
  caret: '^',
  ellipsis: '…',
  dot: '·',
};

const ASCII: Glyphs = {
  open: '+-',
  bar: '|',
  branch: '+-',
  caret: '^',
  ellipsis: '...',
  dot: '-',
};
