import type { PdfFont } from './pdf-font.ts';
import { isSpace, PdfLexer, PdfName, PdfOperator, type PdfValue } from './pdf-syntax.ts';

/** A gap wider than this, in parts of the font's size, is a space: kerning is below 0.1, a narrow space 0.2. */
const SPACE = 0.15;

/** A step up or down by more than this, in parts of the font's size, is a new line: superscripts rise by less. */
const LINE = 0.5;

const PLAIN: PdfFont = { codeBytes: 1, text: (code) => String.fromCharCode(code), width: () => undefined };

/**
 * The text that a content stream shows, in its order (ISO 32000-1, 9.4). Words and lines are told by where the pen goes:
 * a PDF need not hold a space or a line break.
 */
export function pageText(content: Uint8Array, fontOf: (name: string) => PdfFont | undefined): string {
  const lexer = new PdfLexer(content);
  const pen = new Pen();
  let operands: PdfValue[] = [];
  for (let value = lexer.next(); value !== undefined; value = lexer.next()) {
    if (!(value instanceof PdfOperator)) {
      if (operands.length < 64) operands.push(value);
      continue;
    }
    if (value.word === 'ID') lexer.at = endOfImage(content, lexer.at);
    else apply(value.word, operands, pen, fontOf);
    operands = [];
  }
  return pen.text.join('').replace(/[\ufb00-\ufb06]/g, (ligature) => ligature.normalize('NFKC'));
}

function apply(
  word: string,
  operands: PdfValue[],
  pen: Pen,
  fontOf: (name: string) => PdfFont | undefined,
): void {
  const numbers = operands.map((operand) => (typeof operand === 'number' ? operand : 0));
  const last = operands.at(-1);
  switch (word) {
    case 'BT':
      pen.place(1, 0, 0, 1, 0, 0);
      return;
    case 'Tf': {
      const [name] = operands;
      pen.font = (name instanceof PdfName && fontOf(name.name)) || PLAIN;
      pen.size = numbers[1] || 1;
      return;
    }
    case 'TL':
      pen.leading = numbers[0] ?? 0;
      return;
    case 'Tc':
      pen.characterSpace = numbers[0] ?? 0;
      return;
    case 'Tw':
      pen.wordSpace = numbers[0] ?? 0;
      return;
    case 'Tm':
      pen.place(numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], numbers[5]);
      return;
    case 'TD':
      pen.leading = -numbers[1];
      pen.move(numbers[0], numbers[1]);
      return;
    case 'Td':
      pen.move(numbers[0], numbers[1]);
      return;
    case 'T*':
      pen.move(0, -pen.leading);
      return;
    case "'":
    case '"':
      pen.move(0, -pen.leading);
      if (last instanceof Uint8Array) pen.show(last);
      return;
    case 'Tj':
      if (last instanceof Uint8Array) pen.show(last);
      return;
    case 'TJ':
      for (const item of Array.isArray(last) ? last : []) {
        if (item instanceof Uint8Array) pen.show(item);
        else if (typeof item === 'number') pen.advance((-item / 1000) * pen.size);
      }
  }
}

class Pen {
  readonly text: string[] = [];
  font: PdfFont = PLAIN;
  size = 1;
  leading = 0;
  characterSpace = 0;
  wordSpace = 0;
  /** The text matrix, without its translation. */
  #matrix = [1, 0, 0, 1];
  /** Start of the line and the pen's place, on the page. */
  #line = [0, 0];
  #at = [0, 0];
  /** Where the last text ended; undefined before there was any, or when the font tells no widths. */
  #end: number[] | undefined;
  #start: number[] | undefined;

  place(a = 1, b = 0, c = 0, d = 1, x = 0, y = 0): void {
    this.#matrix = [a, b, c, d];
    this.#line = [x, y];
    this.#at = [x, y];
  }

  move(x = 0, y = 0): void {
    const [a, b, c, d] = this.#matrix;
    this.#line = [this.#line[0] + x * a + y * c, this.#line[1] + x * b + y * d];
    this.#at = [...this.#line];
  }

  advance(x: number): void {
    this.#at = [this.#at[0] + x * this.#matrix[0], this.#at[1] + x * this.#matrix[1]];
  }

  show(bytes: Uint8Array): void {
    const { font } = this;
    this.#separate();
    this.#start = [...this.#at];
    let isKnown = true;
    for (let i = 0; i + font.codeBytes <= bytes.length; i += font.codeBytes) {
      let code = 0;
      for (let k = 0; k < font.codeBytes; k++) code = code * 256 + bytes[i + k];
      this.text.push(font.text(code));
      const width = font.width(code);
      isKnown &&= width !== undefined;
      const space = this.characterSpace + (code === 32 && font.codeBytes === 1 ? this.wordSpace : 0);
      this.advance(((width ?? 500) / 1000) * this.size + space);
    }
    this.#end = isKnown ? [...this.#at] : undefined;
  }

  /** A space or line break when the pen has left the place where the last text ended. */
  #separate(): void {
    if (this.#start === undefined) return;
    const [a, b, c, d] = this.#matrix;
    const height = Math.abs(this.size) * (Math.hypot(c, d) || 1);
    const along = Math.hypot(a, b) || 1;
    const from = this.#end ?? this.#start;
    const [x, y] = [this.#at[0] - from[0], this.#at[1] - from[1]];
    const forward = (x * a + y * b) / along;
    const across = Math.abs((y * a - x * b) / along);
    if (across > LINE * height) this.text.push('\n');
    else if (this.#end !== undefined && Math.abs(forward) > SPACE * height) this.text.push(' ');
  }
}

/** An inline image ends at `EI` between spaces. */
function endOfImage(content: Uint8Array, from: number): number {
  for (let at = from; at + 3 < content.length; at++) {
    if (
      content[at] === 0x45 &&
      content[at + 1] === 0x49 &&
      isSpace(content[at - 1]) &&
      isSpace(content[at + 2])
    )
      return at + 2;
  }
  return content.length;
}
