import truncatedWidth from 'fast-string-truncated-width';

/** Terminal columns that a text takes: wide characters count two, combining marks none. */
export function columnsOf(text: string): number {
  return truncatedWidth(text).width;
}

/** The longest beginning that fits into `columns`. */
export function takeStart(text: string, columns: number): string {
  return text.slice(0, truncatedWidth(text, { limit: Math.max(0, columns) }).index);
}

/** The longest end that fits into `columns`. */
export function takeEnd(text: string, columns: number): string {
  const characters = [...text];
  let start = characters.length;
  let used = 0;
  while (start > 0 && (used += columnsOf(characters[start - 1])) <= columns) start--;
  return characters.slice(start).join('');
}

/** Breaks prose at spaces; a word longer than the line stands alone on one. */
export function wrap(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && columnsOf(line) + 1 + columnsOf(word) > columns) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}
