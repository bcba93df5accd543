/** A blob's bytes, with the offset and the line and column (from 1) at which they begin in a larger file. */
export interface TextWindow {
  bytes: Buffer;
  /** Line of the first byte. */
  line: number;
  /** Characters on that line before the first byte. */
  column: number;
}

export interface Location {
  line: number;
  column: number;
  endLine: number;
  endColumn: number;
}

/**
 * Tells lines and columns. Matches come nearly in order of their start, so lines and characters are counted from the
 * last match on: a file of 50,000 keys may be a single line, and counting that from its beginning each time took a minute.
 */
export class Locator {
  readonly #window: TextWindow;
  /** The line that was asked for last: its number and the span of its bytes, without the newline. */
  #line: number;
  #lineStart = 0;
  #lineEnd: number;
  /** On the line that begins at `#countedLine`, `#characters` stand before `#counted`. */
  #countedLine = 0;
  #counted = 0;
  #characters = 0;

  constructor(window: TextWindow) {
    this.#window = window;
    this.#line = window.line;
    this.#lineEnd = this.#newlineFrom(0);
  }

  /** @param wide the text is UTF-16: two bytes are a character */
  locate(start: number, end: number, wide: boolean): Location {
    const line = this.lineOf(start);
    const column = this.#columnOf(start, wide);
    let endLine = line;
    let endLineStart = this.#lineStart;
    for (let at = this.#lineEnd; at < end; at = this.#newlineFrom(at + 1)) {
      endLine++;
      endLineStart = at + 1;
    }
    if (endLine === line) return { line, column, endLine, endColumn: this.#columnOf(end, wide) };
    const endColumn = 1 + (wide ? (end - endLineStart) >> 1 : this.#countCharacters(endLineStart, end));
    return { line, column, endLine, endColumn };
  }

  lineOf(offset: number): number {
    while (offset > this.#lineEnd) {
      this.#line++;
      this.#lineStart = this.#lineEnd + 1;
      this.#lineEnd = this.#newlineFrom(this.#lineStart);
    }
    while (offset < this.#lineStart) {
      this.#line--;
      this.#lineEnd = this.#lineStart - 1;
      this.#lineStart =
        this.#lineEnd === 0 ? 0 : this.#window.bytes.lastIndexOf(NEWLINE, this.#lineEnd - 1) + 1;
    }
    return this.#line;
  }

  /** Start of the line that holds `offset`, at most `reach` bytes before it. */
  lineStart(offset: number, reach: number): number {
    const { bytes } = this.#window;
    const first = Math.max(0, offset - reach);
    let at = offset;
    while (at > first && bytes[at - 1] !== NEWLINE) at--;
    return at;
  }

  /** End of the line that holds `offset`, without its newline, at most `reach` bytes after it. */
  lineEnd(offset: number, reach: number): number {
    const { bytes } = this.#window;
    const last = Math.min(bytes.length, offset + reach);
    let at = offset;
    while (at < last && bytes[at] !== NEWLINE) at++;
    return at;
  }

  #newlineFrom(offset: number): number {
    const { bytes } = this.#window;
    const at = bytes.indexOf(NEWLINE, offset);
    return at < 0 ? bytes.length : at;
  }

  /** @param offset on the line that was asked for last */
  #columnOf(offset: number, wide: boolean): number {
    const before = this.#line === this.#window.line ? this.#window.column : 0;
    if (wide) return before + ((offset - this.#lineStart) >> 1) + 1;
    if (this.#countedLine !== this.#lineStart || offset < this.#counted) {
      this.#countedLine = this.#counted = this.#lineStart;
      this.#characters = 0;
    }
    this.#characters += this.#countCharacters(this.#counted, offset);
    this.#counted = offset;
    return before + this.#characters + 1 - (this.#hasMark() ? 1 : 0);
  }

  /** A mark at the start of a UTF-8 file is no character of its first line. */
  #hasMark(): boolean {
    if (this.#lineStart !== 0 || this.#line !== 1) return false;
    const { bytes } = this.#window;
    return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  }

  #countCharacters(from: number, to: number): number {
    const { bytes } = this.#window;
    let characters = 0;
    for (let at = from; at < to; at++) if ((bytes[at] & 0xc0) !== 0x80) characters++;
    return characters;
  }
}

const NEWLINE = 10;
