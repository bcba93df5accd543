/** Lines put into somebody else's file between two marks, so that they can be taken out again byte for byte. */
const BEGIN = '# >>> unleak';
const END = '# <<< unleak';

/** Says in the first mark that the line before it had no end. */
const UNENDED = ' (line end added)';

export interface Block {
  /** Tells blocks of one file apart. */
  name: string;
  lines: string[];
  /** Where the block goes: an offset at the start of a line, or the end of the text. */
  at: number;
  /** White space before each line. */
  indent?: string;
}

export function insertBlock(text: string, { name, lines, at, indent = '' }: Block): string {
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  // A last line without its end gets one, which the mark remembers.
  const unended = at === text.length && text !== '' && !text.endsWith('\n');
  const begin = `${BEGIN} ${name} >>>${unended ? UNENDED : ''} unleak uninstall removes these lines`;
  const block = [begin, ...lines, `${END} ${name} <<<`].map((line) => `${indent}${line}${newline}`).join('');
  return `${text.slice(0, at)}${unended ? newline : ''}${block}${text.slice(at)}`;
}

/** The text as it was before the block came; unchanged when it has none. */
export function removeBlock(text: string, name: string): string {
  const block = findBlock(text, name);
  if (!block) return text;
  const before = text.slice(0, block.start);
  const after = text.slice(block.end);
  if (!block.unended) return before + after;
  // A block that came later stands on the line end that this one added: it takes over the memory of it.
  const next = new RegExp(`^${BEGIN} [\\w-]+ >>>`).exec(after)?.[0];
  if (next) return before + next + UNENDED + after.slice(next.length);
  return before.replace(/\r?\n$/, '') + after;
}

function findBlock(text: string, name: string): { start: number; end: number; unended: boolean } | undefined {
  const begin = new RegExp(`^[ \\t]*${BEGIN} ${name} >>>([^\\n]*)$`, 'm').exec(text);
  if (!begin) return undefined;
  const end = new RegExp(`^[ \\t]*${END} ${name} <<<[^\\n]*(\\n|$)`, 'm').exec(text.slice(begin.index));
  if (!end) return undefined;
  return {
    start: begin.index,
    end: begin.index + end.index + end[0].length,
    unended: begin[1].startsWith(UNENDED),
  };
}
