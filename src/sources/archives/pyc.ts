import type { Input } from './input.ts';
import { Damaged } from './limits.ts';
import { type Member, memberPath, type Reading } from './member.ts';
import { ByteStream } from './stream.ts';

/**
 * The strings of compiled Python, one a line: constants, names, docstrings. In the file itself each stands between type
 * and length bytes that may look like letters. The layout is CPython's Python/marshal.c, versions 2.7 to 3.14.
 */
export function* readPyc(input: Input, reading: Reading): Generator<Member> {
  const walk = new Marshal(Buffer.from(input.read(0, input.size)));
  let failure: Error | undefined;
  try {
    walk.readObjects();
  } catch (error) {
    failure = error as Error;
  }
  const text = Buffer.concat(walk.strings.flatMap((bytes) => [bytes, NEWLINE]));
  reading.budget.charge(text.length);
  yield { path: memberPath(reading.path, 'strings'), content: new ByteStream([text]) };
  if (failure !== undefined) throw failure instanceof RangeError ? new Damaged('truncated') : failure;
}

const NEWLINE = Buffer.from('\n');

/** What a code object holds: numbers of four bytes (`i`) and objects (`o`), in order, by the version's magic number. */
function codeLayout(magic: number): string {
  if (magic >= 20_000) return 'iiiiooooooooio'; // Python 2
  if (magic < 3400) return 'iiiiiooooooooio'; // 3.0 to 3.7
  if (magic < 3450) return 'iiiiiiooooooooio'; // 3.8 to 3.10, positional-only arguments
  return 'iiiiiooooooooioo'; // 3.11 on, exception table
}

/** Reads without recursion: hostile nesting costs memory in proportion to the file, not stack. */
class Marshal {
  readonly strings: Buffer[] = [];
  readonly #bytes: Buffer;
  readonly #layout: string;
  #at: number;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
    const magic = bytes.length > 1 ? bytes.readUInt16LE(0) : 0;
    this.#layout = codeLayout(magic);
    this.#at = magic >= 20_000 ? 8 : magic < 3390 ? 12 : 16;
  }

  readObjects(): void {
    /** What is still to come, last first: a layout's letter, or a count of objects. */
    const pending: (string | number)[] = [1];
    while (pending.length > 0) {
      const next = pending.pop()!;
      if (next === 'i') this.#skip(4);
      else if (next === 'o') this.#readObject(pending);
      else if (typeof next === 'number' && next > 0) {
        if (next > 1) pending.push(next - 1);
        this.#readObject(pending);
      }
    }
  }

  #readObject(pending: (string | number)[]): void {
    const type = String.fromCharCode(this.#bytes.readUInt8(this.#at++) & 0x7f);
    if ('NFTS.0'.includes(type)) return;
    if ('sutaA'.includes(type)) this.#string(this.#count());
    else if ('zZ'.includes(type)) this.#string(this.#bytes.readUInt8(this.#at++));
    else if ('irR'.includes(type)) this.#skip(4);
    else if ('Ig'.includes(type)) this.#skip(8);
    else if (type === 'y') this.#skip(16);
    else if (type === 'f') this.#skip(this.#bytes.readUInt8(this.#at++));
    else if (type === 'x') {
      this.#skip(this.#bytes.readUInt8(this.#at++));
      this.#skip(this.#bytes.readUInt8(this.#at++));
    } else if (type === 'l') this.#skip(2 * Math.abs(this.#bytes.readInt32LE((this.#at += 4) - 4)));
    else if (type === ')') pending.push(this.#bytes.readUInt8(this.#at++));
    else if ('([<>'.includes(type)) pending.push(this.#count());
    else if (type === ':') pending.push(3);
    else if (type === 'c') for (const letter of [...this.#layout].reverse()) pending.push(letter);
    else throw new Damaged(`damaged: no marshalled Python object`);
  }

  #count(): number {
    const count = this.#bytes.readUInt32LE(this.#at);
    this.#at += 4;
    return count;
  }

  #string(length: number): void {
    if (this.#at + length > this.#bytes.length) throw new Damaged('truncated');
    if (length > 0) this.strings.push(this.#bytes.subarray(this.#at, this.#at + length));
    this.#at += length;
  }

  #skip(length: number): void {
    this.#at += length;
    if (this.#at > this.#bytes.length) throw new Damaged('truncated');
  }
}
