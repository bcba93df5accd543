/** `/Name`. */
export class PdfName {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

/** `12 0 R`. */
export class PdfReference {
  readonly number: number;
  constructor(number: number) {
    this.number = number;
  }
}

/** A bare word: an operator of a content stream, or `obj`, `stream` and the like. */
export class PdfOperator {
  readonly word: string;
  constructor(word: string) {
    this.word = word;
  }
}

export type PdfDict = Map<string, PdfValue>;
export type PdfValue =
  | null
  | boolean
  | number
  | Uint8Array
  | PdfName
  | PdfReference
  | PdfOperator
  | PdfValue[]
  | PdfDict;

/** Deeper nesting than this is hostile: its brackets are read as operators. */
const MAX_DEPTH = 64;
/** No string on a page is longer, in bytes. */
const MAX_LITERAL = 2 ** 20;
const END_ARRAY = new PdfOperator(']');
const END_DICT = new PdfOperator('>>');

/** Reads objects and operators one after the other (ISO 32000-1, 7.2 and 7.3). Never fails: what makes no sense is an operator. */
export class PdfLexer {
  at: number;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array, at = 0) {
    this.#bytes = bytes;
    this.at = at;
  }

  /** The next value or operator; undefined at the end. */
  next(depth = 0): PdfValue | undefined {
    const bytes = this.#bytes;
    this.#skipSpace();
    if (this.at >= bytes.length) return undefined;
    const byte = bytes[this.at];
    if (byte === 0x2f) return this.#name();
    if (byte === 0x28) return this.#literal();
    if (byte === 0x5b && depth < MAX_DEPTH) return this.#array(depth);
    if (byte === 0x3c && bytes[this.at + 1] !== 0x3c) return this.#hex();
    if (byte === 0x3c && depth < MAX_DEPTH) return this.#dict(depth);
    if (byte === 0x5d) return this.#sign(END_ARRAY, 1);
    if (byte === 0x3e) return this.#sign(END_DICT, bytes[this.at + 1] === 0x3e ? 2 : 1);
    if (isDigit(byte) || byte === 0x2b || byte === 0x2d || byte === 0x2e) return this.#number();
    const word = this.#word();
    if (word === 'true' || word === 'false') return word === 'true';
    return word === 'null' ? null : new PdfOperator(word);
  }

  #sign(operator: PdfOperator, length: number): PdfOperator {
    this.at += length;
    return operator;
  }

  #word(): string {
    const start = this.at++;
    while (this.at < this.#bytes.length && isRegular(this.#bytes[this.at])) this.at++;
    return latin1(this.#bytes.subarray(start, this.at));
  }

  #name(): PdfName {
    const word = this.#word().slice(1);
    if (!word.includes('#')) return new PdfName(word);
    return new PdfName(
      word.replace(/#([0-9a-f]{2})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16))),
    );
  }

  /** A number, or a reference when another number and `R` follow. */
  #number(): PdfValue {
    const word = this.#word();
    const value = Number.parseFloat(word);
    if (Number.isNaN(value)) return new PdfOperator(word);
    if (!Number.isInteger(value) || value < 0) return value;
    let at = this.at;
    while (at - this.at < 4 && isSpace(this.#bytes[at])) at++;
    if (at === this.at || !isDigit(this.#bytes[at])) return value;
    while (at - this.at < 12 && isDigit(this.#bytes[at])) at++;
    if (!isSpace(this.#bytes[at])) return value;
    while (at - this.at < 16 && isSpace(this.#bytes[at])) at++;
    if (this.#bytes[at] !== 0x52 || isRegular(this.#bytes[at + 1] ?? 0x20)) return value;
    this.at = at + 1;
    return new PdfReference(value);
  }

  #array(depth: number): PdfValue {
    this.at++;
    const items: PdfValue[] = [];
    for (;;) {
      const item = this.next(depth + 1);
      if (item === undefined || item === END_ARRAY || isStop(item)) return items;
      if (item !== END_DICT) items.push(item);
    }
  }

  #dict(depth: number): PdfValue {
    this.at += 2;
    const dict: PdfDict = new Map();
    for (;;) {
      const key = this.next(depth + 1);
      if (key === undefined || key === END_DICT || isStop(key)) return dict;
      if (!(key instanceof PdfName)) continue;
      const value = this.next(depth + 1);
      if (value === undefined || value === END_DICT || isStop(value)) return dict;
      dict.set(key.name, value);
    }
  }

  #literal(): Uint8Array {
    const bytes = this.#bytes;
    const out: number[] = [];
    let open = 1;
    for (this.at++; this.at < bytes.length; this.at++) {
      let byte = bytes[this.at];
      if (byte === 0x28) open++;
      else if (byte === 0x29 && --open === 0) {
        this.at++;
        break;
      } else if (byte === 0x5c) {
        byte = bytes[++this.at];
        if (byte >= 0x30 && byte <= 0x37) {
          let code = 0;
          for (let i = 0; i < 3 && bytes[this.at] >= 0x30 && bytes[this.at] <= 0x37; i++)
            code = code * 8 + bytes[this.at++] - 0x30;
          this.at--;
          byte = code & 0xff;
        } else if (byte === 0x0d || byte === 0x0a) {
          if (byte === 0x0d && bytes[this.at + 1] === 0x0a) this.at++;
          continue;
        } else byte = ESCAPES[byte] ?? byte;
      }
      if (out.length < MAX_LITERAL) out.push(byte);
    }
    return Uint8Array.from(out);
  }

  #hex(): Uint8Array {
    const end = this.#bytes.indexOf(0x3e, this.at);
    const digits = latin1(this.#bytes.subarray(this.at + 1, end < 0 ? this.#bytes.length : end));
    this.at = end < 0 ? this.#bytes.length : end + 1;
    const clean = digits.replace(/[^0-9a-fA-F]/g, '');
    return Buffer.from(clean.length % 2 === 0 ? clean : `${clean}0`, 'hex');
  }

  #skipSpace(): void {
    const bytes = this.#bytes;
    while (this.at < bytes.length) {
      if (bytes[this.at] === 0x25)
        while (this.at < bytes.length && bytes[this.at] !== 10 && bytes[this.at] !== 13) this.at++;
      else if (isSpace(bytes[this.at])) this.at++;
      else return;
    }
  }
}

const ESCAPES: Record<number, number> = { 110: 10, 114: 13, 116: 9, 98: 8, 102: 12 };

/** An object that was never closed ends where the next begins. */
function isStop(value: PdfValue): boolean {
  return value instanceof PdfOperator && (value.word === 'endobj' || value.word === 'stream');
}

export function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 10 || byte === 13 || byte === 9 || byte === 12 || byte === 0;
}

export function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

function isRegular(byte: number): boolean {
  return !isSpace(byte) && !'()<>[]{}/%'.includes(String.fromCharCode(byte));
}

export function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
}
