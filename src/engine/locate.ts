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

/** Lines of a file are counted once, from the last match to the next: matches must come in order of their start. */
export class Locator {
  readonly #window: TextWindow;
  #offset = 0;
  #line: number;
  /** Where the current line begins, in `bytes`. */
  #lineStart = 0;

  constructor(window: TextWindow) {
    this.#window = window;
    this.#line = window.line;
  }

  /** @param wide the text is UTF-16: two bytes are a character */
  locate(start: number, end: number, wide: boolean): Location {
    this.#advance(start);
    const line = this.#line;
    const column = this.#columnOf(start, this.#lineStart, line, wide);
    let endLine = line;
    let endLineStart = this.#lineStart;
    const { bytes } = this.#window;
    for (let at = bytes.indexOf(10, start); at >= 0 && at < end; at = bytes.indexOf(10, at + 1)) {
      endLine++;
      endLineStart = at + 1;
    }
    return { line, column, endLine, endColumn: this.#columnOf(end, endLineStart, endLine, wide) };
  }

  /** Start of the line that holds `offset`, at most `reach` bytes before it. */
  lineStart(offset: number, reach: number): number {
    const newline = offset > 0 ? this.#window.bytes.lastIndexOf(10, offset - 1) : -1;
    return Math.max(newline + 1, offset - reach);
  }

  #advance(offset: number): void {
    const { bytes } = this.#window;
    if (offset < this.#offset) {
      this.#offset = 0;
      this.#line = this.#window.line;
      this.#lineStart = 0;
    }
    for (let at = bytes.indexOf(10, this.#offset); at >= 0 && at < offset; at = bytes.indexOf(10, at + 1)) {
      this.#line++;
      this.#lineStart = at + 1;
    }
    this.#offset = offset;
  }

  #columnOf(offset: number, lineStart: number, line: number, wide: boolean): number {
    const before = line === this.#window.line ? this.#window.column : 0;
    if (wide) return before + Math.floor((offset - lineStart) / 2) + 1;
    const { bytes } = this.#window;
    // A mark at the start of a UTF-8 file is no character of its first line.
    const mark =
      lineStart === 0 && line === 1 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 1 : 0;
    let characters = 0;
    for (let at = lineStart; at < offset; at++) if ((bytes[at] & 0xc0) !== 0x80) characters++;
    return before + characters + 1 - mark;
  }
}
