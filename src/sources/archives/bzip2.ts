import { Damaged } from './limits.ts';
import type { ByteStream } from './stream.ts';

/** Bits, most significant first, of a byte stream. */
class BitReader {
  readonly #source: ByteStream;
  #chunk: Uint8Array = new Uint8Array(0);
  #at = 0;
  #bits = 0;
  #count = 0;

  constructor(source: ByteStream) {
    this.#source = source;
  }

  /** @param count at most 24 */
  read(count: number): number {
    while (this.#count < count) {
      if (this.#at === this.#chunk.length) {
        const chunk = this.#source.take(65_536);
        if (chunk === undefined) throw new Damaged(this.#source.problem ?? 'truncated');
        this.#chunk = chunk;
        this.#at = 0;
      }
      this.#bits = ((this.#bits << 8) | this.#chunk[this.#at++]) & 0xffffffff;
      this.#count += 8;
    }
    this.#count -= count;
    return (this.#bits >>> this.#count) & ((1 << count) - 1);
  }

  /** Whether whole bytes follow once the rest of this one is dropped. */
  atByteEnd(): boolean {
    this.#count -= this.#count % 8;
    return this.#count === 0 && this.#at === this.#chunk.length && this.#source.peek(1).length === 0;
  }
}

const BLOCK_MAGIC = 0x314159;
const END_MAGIC = 0x177245;

/**
 * Bzip2, also several streams in a row. Own, because what npm has either decodes whole buffers or is callback-driven;
 * the format is described by https://github.com/dsnet/compress/blob/master/doc/bzip2-format.pdf.
 */
export function* bunzip2(packed: ByteStream): Generator<Uint8Array> {
  const bits = new BitReader(packed);
  let streams = 0;
  do {
    if (bits.read(16) !== 0x425a || bits.read(8) !== 0x68) {
      if (streams > 0) return; // what follows is no bzip2: ignored, as bzip2 does
      throw new Damaged('damaged: no bzip2 header');
    }
    const level = bits.read(8) - 0x30;
    if (level < 1 || level > 9) throw new Damaged('damaged: no bzip2 header');
    const block = new Uint32Array(level * 100_000);
    for (;;) {
      const magic = bits.read(24);
      const rest = bits.read(24);
      bits.read(16); // the checksum, which the decoded block's structure stands in for
      bits.read(16);
      if (magic === END_MAGIC && rest === 0x385090) break;
      if (magic !== BLOCK_MAGIC || rest !== 0x265359) throw new Damaged('damaged: no bzip2 block');
      yield* decodeBlock(bits, block);
    }
    streams++;
  } while (!bits.atByteEnd());
}

interface Table {
  limit: Int32Array;
  base: Int32Array;
  symbols: Uint16Array;
  shortest: number;
  longest: number;
}

const GROUP = 50;

function* decodeBlock(bits: BitReader, block: Uint32Array): Generator<Uint8Array> {
  if (bits.read(1) === 1) throw new Damaged('a randomised bzip2 block, which is not supported');
  const origin = bits.read(24);
  const used = readUsedBytes(bits);
  const { tables, selectors } = readTables(bits, used.length + 2);
  const length = readSymbols(bits, tables, selectors, used, block);
  if (origin >= length) throw new Damaged('damaged: a bzip2 block points outside of itself');
  yield* unrun(block, length, origin);
}

function readUsedBytes(bits: BitReader): number[] {
  const groups = bits.read(16);
  const used: number[] = [];
  for (let group = 0; group < 16; group++) {
    if (((groups >> (15 - group)) & 1) === 0) continue;
    const members = bits.read(16);
    for (let i = 0; i < 16; i++) if ((members >> (15 - i)) & 1) used.push(group * 16 + i);
  }
  if (used.length === 0) throw new Damaged('damaged: an empty bzip2 alphabet');
  return used;
}

function readTables(bits: BitReader, symbols: number): { tables: Table[]; selectors: Uint8Array } {
  const count = bits.read(3);
  const selectors = new Uint8Array(bits.read(15));
  if (count < 2 || count > 6 || selectors.length === 0) throw new Damaged('damaged: no bzip2 tables');
  const recent = [0, 1, 2, 3, 4, 5].slice(0, count);
  for (let i = 0; i < selectors.length; i++) {
    let index = 0;
    while (bits.read(1) === 1) if (++index >= count) throw new Damaged('damaged: a bzip2 selector');
    const [table] = recent.splice(index, 1);
    recent.unshift(table);
    selectors[i] = table;
  }
  const tables: Table[] = [];
  for (let i = 0; i < count; i++) tables.push(readTable(bits, symbols));
  return { tables, selectors };
}

function readTable(bits: BitReader, symbols: number): Table {
  const lengths = new Uint8Array(symbols);
  let length = bits.read(5);
  for (let i = 0; i < symbols; i++) {
    while (bits.read(1) === 1) length += bits.read(1) === 1 ? -1 : 1;
    if (length < 1 || length > 20) throw new Damaged('damaged: a bzip2 code length');
    lengths[i] = length;
  }
  const shortest = Math.min(...lengths);
  const longest = Math.max(...lengths);
  const table = {
    limit: new Int32Array(22),
    base: new Int32Array(22),
    symbols: new Uint16Array(symbols),
    shortest,
    longest,
  };
  let code = 0;
  let filled = 0;
  for (let width = shortest; width <= longest; width++) {
    table.base[width] = filled - code;
    for (let symbol = 0; symbol < symbols; symbol++) {
      if (lengths[symbol] !== width) continue;
      table.symbols[filled++] = symbol;
      code++;
    }
    table.limit[width] = code;
    code <<= 1;
  }
  return table;
}

/** Huffman, run lengths and move-to-front undone: the block as sorted, one byte an element. @returns its length */
function readSymbols(
  bits: BitReader,
  tables: Table[],
  selectors: Uint8Array,
  used: number[],
  block: Uint32Array,
): number {
  const end = used.length + 1;
  const recent = Uint8Array.from(used);
  let length = 0;
  let run = 0;
  let weight = 1;
  for (let read = 0; ; read++) {
    const group = (read / GROUP) | 0;
    if (group >= selectors.length) throw new Damaged('damaged: a bzip2 block without end');
    const symbol = readSymbol(bits, tables[selectors[group]]);
    if (symbol < 2) {
      run += weight << symbol;
      weight *= 2;
      if (run > block.length) throw new Damaged('damaged: a bzip2 run is too long');
      continue;
    }
    if (run > 0) {
      if (length + run > block.length) throw new Damaged('damaged: a bzip2 block is too long');
      block.fill(recent[0], length, length + run);
      length += run;
      run = 0;
      weight = 1;
    }
    if (symbol === end) return length;
    if (length >= block.length) throw new Damaged('damaged: a bzip2 block is too long');
    const byte = recent[symbol - 1];
    recent.copyWithin(1, 0, symbol - 1);
    recent[0] = byte;
    block[length++] = byte;
  }
}

function readSymbol(bits: BitReader, table: Table): number {
  let code = bits.read(table.shortest);
  for (let width = table.shortest; width <= table.longest; width++) {
    if (code < table.limit[width]) return table.symbols[code + table.base[width]];
    code = (code << 1) | bits.read(1);
  }
  throw new Damaged('damaged: no bzip2 code');
}

const PIECE = 65_536;

/** Undoes the block sort, then the runs: four equal bytes are followed by a count of up to 255 more. */
function* unrun(block: Uint32Array, length: number, origin: number): Generator<Uint8Array> {
  const starts = new Uint32Array(257);
  for (let i = 0; i < length; i++) starts[(block[i] & 0xff) + 1]++;
  for (let byte = 0; byte < 256; byte++) starts[byte + 1] += starts[byte];
  for (let i = 0; i < length; i++) block[starts[block[i] & 0xff]++] |= i << 8;
  let piece = new Uint8Array(PIECE + 256);
  let filled = 0;
  let next = block[origin] >>> 8;
  let last = -1;
  let equal = 0;
  for (let i = 0; i < length; i++) {
    const byte = block[next] & 0xff;
    next = block[next] >>> 8;
    if (equal === 4) {
      piece.fill(last, filled, filled + byte);
      filled += byte;
      equal = 0;
      last = -1;
    } else {
      equal = byte === last ? equal + 1 : 1;
      last = byte;
      piece[filled++] = byte;
    }
    if (filled >= PIECE) {
      yield piece.subarray(0, filled);
      piece = new Uint8Array(PIECE + 256);
      filled = 0;
    }
  }
  yield piece.subarray(0, filled);
}
