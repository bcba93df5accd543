import { inflateRaw } from './deflate.ts';
import { Damaged } from './limits.ts';
import { latin1 } from './pdf-syntax.ts';
import { ByteStream } from './stream.ts';

type Filter = (packed: ByteStream) => Generator<Uint8Array>;

/** The filters that carry text (ISO 32000-1, 7.4), under their long and short names. Image filters are absent. */
export const PDF_FILTERS: Record<string, Filter> = {
  FlateDecode: flate,
  Fl: flate,
  LZWDecode: lzw,
  LZW: lzw,
  ASCIIHexDecode: asciiHex,
  AHx: asciiHex,
  ASCII85Decode: ascii85,
  A85: ascii85,
  RunLengthDecode: runLength,
  RL: runLength,
};

/** A zlib stream: two bytes of header, deflate, a checksum that is not asked. */
function* flate(packed: ByteStream): Generator<Uint8Array> {
  packed.read(2);
  if (packed.peek(1).length > 0) yield* inflateRaw(packed);
}

function* asciiHex(packed: ByteStream): Generator<Uint8Array> {
  let carry = '';
  for (const piece of packed.pieces(65_536)) {
    const text = latin1(piece);
    const end = text.indexOf('>');
    const digits = carry + (end < 0 ? text : text.slice(0, end)).replace(/[^0-9a-fA-F]/g, '');
    const even = digits.length & ~1;
    yield Buffer.from(digits.slice(0, even), 'hex');
    carry = digits.slice(even);
    if (end >= 0) break;
  }
  if (carry !== '') yield Buffer.from(`${carry}0`, 'hex');
}

function* ascii85(packed: ByteStream): Generator<Uint8Array> {
  let value = 0;
  let count = 0;
  for (const piece of packed.pieces(16_384)) {
    const out: number[] = [];
    for (const byte of piece) {
      if (byte === 0x7e) {
        yield Uint8Array.from(out);
        if (count > 1) {
          for (let i = count; i < 5; i++) value = value * 85 + 84;
          yield bigEndian(value).subarray(0, count - 1);
        }
        return;
      }
      if (byte === 0x7a && count === 0) out.push(0, 0, 0, 0);
      if (byte < 0x21 || byte > 0x75) continue;
      value = value * 85 + byte - 0x21;
      if (++count < 5) continue;
      out.push(...bigEndian(value));
      value = 0;
      count = 0;
    }
    yield Uint8Array.from(out);
  }
}

function bigEndian(value: number): Uint8Array {
  return Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value);
}

function* runLength(packed: ByteStream): Generator<Uint8Array> {
  for (;;) {
    const length = packed.read(1)[0];
    if (length === undefined || length === 128) return;
    if (length < 128) yield packed.read(length + 1);
    else yield new Uint8Array(257 - length).fill(packed.read(1)[0] ?? 0);
  }
}

const CLEAR = 256;
const END = 257;

/** LZW as in TIFF, with codes of 9 to 12 bits that grow one early. */
function* lzw(packed: ByteStream): Generator<Uint8Array> {
  const table: Uint8Array[] = Array.from({ length: 258 }, (_, byte) => Uint8Array.of(byte));
  let width = 9;
  let bits = 0;
  let count = 0;
  let previous: Uint8Array | undefined;
  for (const piece of packed.pieces(16_384)) {
    for (const byte of piece) {
      bits = ((bits << 8) | byte) & 0xffffff;
      count += 8;
      if (count < width) continue;
      count -= width;
      const code = (bits >> count) & ((1 << width) - 1);
      if (code === END) return;
      if (code === CLEAR) {
        table.length = 258;
        width = 9;
        previous = undefined;
        continue;
      }
      const known = table[code];
      if (known === undefined && (previous === undefined || code !== table.length))
        throw new Damaged('damaged LZW data');
      const entry = known ?? Uint8Array.of(...previous!, previous![0]);
      yield entry;
      if (previous !== undefined && table.length < 4096) table.push(Uint8Array.of(...previous, entry[0]));
      previous = entry;
      width = table.length >= 2047 ? 12 : table.length >= 1023 ? 11 : table.length >= 511 ? 10 : 9;
    }
  }
}

/** The content of a stream behind its filters, or undefined when one of them is for images or unknown. */
export function unfilter(packed: ByteStream, filters: string[]): ByteStream | undefined {
  let stream = packed;
  for (const name of filters) {
    const filter = PDF_FILTERS[name];
    if (filter === undefined) return undefined;
    stream = new ByteStream(through(filter, stream));
  }
  return stream;
}

/** What a filter makes; damage in the one before it must not pass for its end. */
function* through(filter: Filter, source: ByteStream): Generator<Uint8Array> {
  yield* filter(source);
  if (source.problem !== undefined) throw new Damaged(source.problem);
}
