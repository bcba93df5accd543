/**
 * Finds the lines of a TOML file's tables and keys, which its parser does not tell. Headers are counted in order, so the third
 * `[[rules]]` is `rules[2]`; a table within it, such as `[[rules.allowlists]]`, counts from 0 in each.
 */
export function locateToml(text: string): (path: string) => number {
  const lines = new Map<string, number>();
  const counts = new Map<string, number>();
  let table = '';
  let depth = 0;
  for (const [index, line] of blankValues(text).split('\n').entries()) {
    const header = depth === 0 ? /^\s*(\[\[?)\s*([\w.-]+)\s*\]/.exec(line) : undefined;
    if (header) {
      table = resolveTable(header[2], header[1] === '[[', counts);
      lines.set(table, index + 1);
      continue;
    }
    const key = depth === 0 ? /^\s*([\w-]+)\s*=/.exec(line) : undefined;
    if (key) lines.set(table ? `${table}.${key[1]}` : key[1], index + 1);
    depth = Math.max(0, depth + count(line, '[') - count(line, ']'));
  }
  return (path) => {
    for (let at = path; at; at = at.replace(/\.?[^.]*$/, '')) {
      const line = lines.get(at);
      if (line) return line;
    }
    return 1;
  };
}

/** The text with strings and comments blanked, so that the brackets left are those of tables and lists. */
function blankValues(text: string): string {
  const values = /'''[\s\S]*?'''|"""(?:\\[\s\S]|[\s\S])*?"""|"(?:[^"\\\n]|\\.)*"|'[^'\n]*'|#[^\n]*/g;
  return text.replace(values, (value) => value.replace(/[^\n]/g, ' '));
}

/** Gives each part that is a list the number of its latest element, and begins a new one for `[[name]]`. */
function resolveTable(name: string, isElement: boolean, counts: Map<string, number>): string {
  const parts = name.split('.');
  let path = '';
  for (const [depth, part] of parts.entries()) {
    path = path ? `${path}.${part}` : part;
    const isLast = depth === parts.length - 1;
    if (isLast && isElement) counts.set(path, (counts.get(path) ?? -1) + 1);
    const number = counts.get(path);
    if (number !== undefined) path = `${path}[${number}]`;
  }
  return path;
}

function count(text: string, character: string): number {
  return text.split(character).length - 1;
}
