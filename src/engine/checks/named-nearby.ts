import type { Assignment } from './assignment.ts';
import type { Surroundings } from './run-checks.ts';

/** A URL up to where the value's name begins: its host. */
const URL_BEFORE =
  /\b(?:https?|wss?):\/\/(?:[^\s/@"'`<>]{0,64}@)?([\w.-]{4,80})(?::\d{1,5})?[/?][^\s"'`<>]{0,200}$/i;

/** The host of the URL whose query or login the value stands in. */
export function findHostOfUrl(at: Assignment, { window, index }: Surroundings): string | undefined {
  const login = /^@([\w.-]{4,80})/.exec(at.after);
  return (login ?? URL_BEFORE.exec(window.slice(0, index)))?.[1];
}

/** How far away, in lines, a host or a key may stand. */
const LINES = 5;

/** Whatever opens what stands in it: `acme:`, `"acme": {`, `acme = {`, `Acme(`, `<acme>`, `client = new Acme({`. */
const OPENS =
  /^\s*(?:-\s+)?(?:[\w$.]+\s+)?["']?([\w.-]{2,40})["']?\s*(?::|=>|:=|=)?\s*[[{(]{0,2}\s*$|^\s*<([\w.:-]{2,40})[^<>]*>\s*$|(?<![\w.:])([\w.:]{2,60})\(\s*[[{]?\s*$/;
const SECTION = /^\s*\[{1,2}["']?([\w.: -]{2,60}?)["']?\]{1,2}\s*$/;

/** Names of the keys, elements and sections that the value stands in, the nearest first. */
export function findParents({ before }: Assignment, { window, index }: Surroundings): string[] {
  const lines = window.slice(0, index).split('\n');
  lines.pop();
  const parents: string[] = [];
  let indent = indentOf(before);
  for (let i = lines.length - 1; i >= Math.max(0, lines.length - 2 * LINES); i--) {
    const line = lines[i].replace(/\r$/, '');
    if (line.trim() === '') continue;
    const section = SECTION.exec(line);
    if (section) return [...parents, section[1]];
    if (indentOf(line) >= indent) continue;
    indent = indentOf(line);
    const found = OPENS.exec(line);
    if (!found) return parents;
    parents.push(found[1] ?? found[2] ?? found[3]);
  }
  return parents;
}

const CALL_BEFORE = /(?<![\w.:])([A-Za-z][\w.:]{1,60})\([^()]{0,90}$/;

/** The call that the value is an argument of, on its own line: `acme.Client(id="x", secret="`. */
export function findCall({ before }: Assignment): string | undefined {
  return CALL_BEFORE.exec(before)?.[1];
}

function indentOf(line: string): number {
  return /^[ \t]*/.exec(line)![0].length;
}

const COMMENT = /^\s*(?:\/\/+|#+|--|;+|\/?\*+|<!--|rem\s)\s*([^\s/*#][^\r\n]{1,60}?)\s*(?:\*\/|-->)?\s*:?$/i;
const COMMENT_BEHIND = /^[^\w\s]{0,6}\s+(?:\/\/|#|--|\/\*)\s*([^\s/*#][^\r\n]{1,50}?)\s*(?:\*\/)?\r?$/;
const ASSIGNS = /[\w"'\])]\s{0,8}[:=]/;

/**
 * The comment behind the value, directly above its line, or above the lines of assignments that its line ends: a heading.
 * A link in a comment says where to read more, not whose the value is.
 */
export function findComment(
  { after }: Assignment,
  { window, index }: Surroundings,
): { text: string; isNext: boolean } | undefined {
  const behind = COMMENT_BEHIND.exec(after)?.[1];
  if (behind && !behind.includes('://')) return { text: behind, isNext: true };
  const lines = window.slice(0, index).split('\n');
  lines.pop();
  for (let i = lines.length - 1; i >= Math.max(0, lines.length - LINES); i--) {
    const line = lines[i].replace(/\r$/, '');
    const text = COMMENT.exec(line)?.[1];
    if (text) return text.includes('://') ? undefined : { text, isNext: i === lines.length - 1 };
    if (!ASSIGNS.test(line)) return undefined;
  }
  return undefined;
}

const HOST =
  /(?:\b(?:https?|wss?):\/\/(?:[^\s/@"'`<>]{0,64}@)?|\bhost["']?\s{0,3}[:=]\s{0,3}["']?)([a-z0-9-]+(?:\.[a-z0-9-]+)+)/gi;

/** Hosts of the URLs on the value's own line, else of those on the nearest line that has one. */
export function findHostsNear({ window, start }: Surroundings, value: string): string[] {
  let nearest = LINES + 1;
  let hosts: string[] = [];
  for (const match of window.matchAll(HOST)) {
    const between =
      match.index < start
        ? window.slice(match.index, start)
        : window.slice(start + value.length, match.index);
    const lines = between.split('\n').length - 1;
    if (lines > nearest || lines > LINES) continue;
    if (lines < nearest) hosts = [];
    nearest = lines;
    hosts.push(match[1]);
  }
  return hosts;
}
