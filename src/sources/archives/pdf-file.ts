import { type Budget, Damaged } from './limits.ts';
import { unfilter } from './pdf-filters.ts';
import {
  isDigit,
  isSpace,
  type PdfDict,
  PdfLexer,
  PdfName,
  PdfOperator,
  PdfReference,
  type PdfValue,
} from './pdf-syntax.ts';
import { ByteStream } from './stream.ts';

export interface PdfObject {
  number: number;
  value: PdfValue;
  /** Where the stream's bytes stand, filters and all. */
  start?: number;
  end?: number;
}

/**
 * All objects of a PDF, found by reading it from front to back: the cross-reference table is not asked, since it is what
 * breaks first, and old versions of objects that an edit left behind count too.
 */
export class PdfFile {
  readonly objects: PdfObject[] = [];
  damage: string | undefined;
  readonly #bytes: Buffer;
  readonly #budget: Budget;
  readonly #latest = new Map<number, PdfObject>();

  /** @throws {Damaged} when it is encrypted */
  constructor(bytes: Uint8Array, budget: Budget) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#budget = budget;
    this.#readObjects();
    this.#refuseEncrypted();
    for (const object of [...this.objects])
      if (this.typeOf(object) === 'ObjStm') this.#readObjectStream(object);
  }

  /** What a value stands for once references are followed. */
  resolve(value: PdfValue | undefined): PdfValue | undefined {
    for (let steps = 0; value instanceof PdfReference && steps < 16; steps++)
      value = this.#latest.get(value.number)?.value;
    return value;
  }

  /** The object that a reference leads to. */
  follow(value: PdfValue | undefined): PdfObject | undefined {
    return value instanceof PdfReference ? this.#latest.get(value.number) : undefined;
  }

  /** The last object of this number. */
  find(number: number): PdfObject | undefined {
    return this.#latest.get(number);
  }

  dict(value: PdfValue | undefined): PdfDict | undefined {
    const found = this.resolve(value);
    return found instanceof Map ? found : undefined;
  }

  typeOf(object: PdfObject): string | undefined {
    return object.value instanceof Map ? nameOf(object.value.get('Type')) : undefined;
  }

  isLatest(object: PdfObject): boolean {
    return this.#latest.get(object.number) === object;
  }

  /** A stream's content, as far as it can be had; undefined when it is an image or no stream. */
  content(object: PdfObject | undefined): Uint8Array | undefined {
    if (object?.start === undefined || !(object.value instanceof Map)) return undefined;
    const packed = new ByteStream([this.#bytes.subarray(object.start, object.end)]);
    const stream = unfilter(packed, this.#filtersOf(object.value));
    if (stream === undefined) return undefined;
    const metered = new ByteStream(this.#budget.meter(stream.pieces(65_536), packed));
    const content = metered.rest(this.#budget.limits.heldBytes);
    this.damage ??= stream.problem && `a stream: ${stream.problem}`;
    this.damage ??= metered.problem ?? (content === undefined ? this.#budget.tooLarge() : undefined);
    return metered.isBomb ? undefined : content;
  }

  #filtersOf(dict: PdfDict): string[] {
    const filter = this.resolve(dict.get('Filter') ?? dict.get('F'));
    const names = Array.isArray(filter) ? filter : [filter];
    return names.map((name) => nameOf(this.resolve(name))).filter((name) => name !== undefined);
  }

  #readObjects(): void {
    const bytes = this.#bytes;
    let at = 0;
    for (;;) {
      at = bytes.indexOf('obj', at, 'latin1');
      if (at < 0) break;
      const number = numberBefore(bytes, at);
      at += 3;
      if (number === undefined) continue;
      const lexer = new PdfLexer(bytes, at);
      const value = lexer.next();
      if (value === undefined) break;
      const object: PdfObject = { number, value };
      at = Math.max(at, lexer.at);
      if (value instanceof Map) at = this.#readStream(object, value, lexer);
      this.#add(object);
    }
    if (bytes.lastIndexOf('%%EOF', undefined, 'latin1') < 0) this.damage ??= 'truncated';
  }

  /** @returns where to go on */
  #readStream(object: PdfObject, dict: PdfDict, lexer: PdfLexer): number {
    const bytes = this.#bytes;
    const after = lexer.at;
    const word = lexer.next();
    if (!(word instanceof PdfOperator) || word.word !== 'stream') return after;
    let start = lexer.at;
    if (bytes[start] === 13) start++;
    if (bytes[start] === 10) start++;
    const length = dict.get('Length');
    let end = typeof length === 'number' ? start + length : -1;
    if (end < start || !bytes.subarray(end, end + 20).includes('endstream', 0, 'latin1'))
      end = bytes.indexOf('endstream', start, 'latin1');
    if (end < 0) {
      this.damage ??= 'truncated';
      end = bytes.length;
    }
    object.start = start;
    object.end = end;
    return end;
  }

  /** Many small objects packed together (7.5.7): pairs of number and offset, then the objects. */
  #readObjectStream(object: PdfObject): void {
    const dict = object.value as PdfDict;
    const content = this.content(object);
    const first = this.resolve(dict.get('First'));
    if (content === undefined || typeof first !== 'number') return;
    const lexer = new PdfLexer(content.subarray(0, first));
    for (;;) {
      const number = lexer.next();
      const offset = lexer.next();
      if (typeof number !== 'number' || typeof offset !== 'number') return;
      const value = new PdfLexer(content, first + offset).next();
      if (value !== undefined) this.#add({ number, value });
      if (this.objects.length > this.#budget.limits.entries * 10)
        throw new Damaged('damaged: too many objects');
    }
  }

  #add(object: PdfObject): void {
    this.objects.push(object);
    this.#latest.set(object.number, object);
  }

  #refuseEncrypted(): void {
    const isNamed = this.objects.some(
      (object) => this.typeOf(object) === 'XRef' && (object.value as PdfDict).has('Encrypt'),
    );
    if (isNamed) throw new Damaged('encrypted');
    for (let from = 0; ; ) {
      const at = this.#bytes.indexOf('trailer', from, 'latin1');
      if (at < 0) return;
      const lexer = new PdfLexer(this.#bytes, at + 7);
      const trailer = lexer.next();
      if (trailer instanceof Map && trailer.has('Encrypt')) throw new Damaged('encrypted');
      // Not from the next byte on: 100,000 trailers, each in the one before it, would be read 100,000 times.
      from = lexer.at;
    }
  }
}

export function nameOf(value: PdfValue | undefined): string | undefined {
  return value instanceof PdfName ? value.name : undefined;
}

/** The object number in `12 0 obj`, looking back from `obj`. */
function numberBefore(bytes: Buffer, at: number): number | undefined {
  let end = at;
  while (end > 0 && isSpace(bytes[end - 1])) end--;
  const generationEnd = end;
  while (end > 0 && isDigit(bytes[end - 1])) end--;
  if (end === generationEnd || !isSpace(bytes[end - 1])) return undefined;
  while (end > 0 && isSpace(bytes[end - 1])) end--;
  let start = end;
  while (start > 0 && end - start < 10 && isDigit(bytes[start - 1])) start--;
  return start === end ? undefined : Number(bytes.toString('latin1', start, end));
}
