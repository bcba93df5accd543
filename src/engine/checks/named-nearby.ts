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

/** Whatever opens what stands in it: `acme:`, `"acme": {`, `acme = {`, `Acme(`, `<acme>`. */
const OPENS =
  /^\s*(?:-\s+)?(?:[\w$.]+\s+)?["']?([\w.-]{2,40})["']?\s*(?::|=>|:=|=)?\s*[[{(]{0,2}\s*$|^\s*<([\w.:-]{2,40})[^<>]*>\s*$/;
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
    parents.push(found[1] ?? found[2]);
  }
  return parents;
}

/** A line that is a comment and nothing else, 80 characters long at most and without a URL: a heading such as `# Acme`. */
const COMMENT_LINE = /^\s*(?:\/\/|#|--|;|\/\*|<!--|\*)\s*((?!.*:\/\/)\S.{2,80})$/;

/** The text of the comment on the line above the value's own. */
export function findCommentAbove({ window, index }: Surroundings): string | undefined {
  const above = window.slice(0, index).split('\n').at(-2);
  return above === undefined ? undefined : COMMENT_LINE.exec(above.replace(/\r$/, ''))?.[1];
}

function indentOf(line: string): number {
  return /^[ \t]*/.exec(line)![0].length;
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
