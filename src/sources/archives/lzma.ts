import { Damaged } from './limits.ts';

/** A larger dictionary is refused: xz makes 64 MB at most, 7-Zip up to 1.5 GB when asked to. In bytes. */
const MAX_DICTIONARY = 256 * 2 ** 20;

// Where the probabilities of each kind start in one array (LZMA specification by Igor Pavlov, 2015).
const IS_MATCH = 0;
const IS_REP = 192;
const IS_REP_G0 = 204;
const IS_REP_G1 = 216;
const IS_REP_G2 = 228;
const IS_REP0_LONG = 240;
const POS_SLOT = 432;
const POS_SPECIAL = 688;
const ALIGN = 816;
const LENGTH = 832;
const REP_LENGTH = 1346;
const LITERAL = 1860;

/**
 * The LZMA decoder under xz, 7z and zip's method 14. Own, because what npm has is native, works on whole buffers or is
 * asynchronous WebAssembly, and members are expanded a piece at a time and in step with the scan.
 */
export class LzmaDecoder {
  readonly #dictionary: number;
  #out = new Uint8Array(65_536);
  /** End of what is decoded, and of what is given out, in `#out`. */
  #end = 0;
  #given = 0;
  /** Bytes since the dictionary was last empty. */
  #total = 0;
  #probs = new Uint16Array(LITERAL);
  #lc = 0;
  #lpMask = 0;
  #pbMask = 0;
  #state = 0;
  #reps = [0, 0, 0, 0];
  /** What is left of a match that did not fit. */
  #pending = 0;
  #range = 0;
  #code = 0;
  #input: Uint8Array = new Uint8Array(0);
  #at = 0;

  constructor(dictionary: number) {
    if (dictionary > MAX_DICTIONARY) throw new Damaged('needs a dictionary of more than 256 MB');
    this.#dictionary = Math.max(dictionary, 4096);
  }

  resetDictionary(): void {
    this.#total = 0;
  }

  /** @param properties lc, lp and pb in one byte, as stored */
  setProperties(properties: number): void {
    if (properties >= 225) throw new Damaged('damaged: no LZMA properties');
    this.#lc = properties % 9;
    const lp = ((properties / 9) | 0) % 5;
    this.#lpMask = (1 << lp) - 1;
    this.#pbMask = (1 << ((properties / 45) | 0)) - 1;
    this.#probs = new Uint16Array(LITERAL + (0x300 << (this.#lc + lp)));
    this.resetState();
  }

  resetState(): void {
    this.#probs.fill(1024);
    this.#state = 0;
    this.#reps = [0, 0, 0, 0];
    this.#pending = 0;
  }

  /** Begins a range-coded run. @throws {Damaged} */
  start(input: Uint8Array): void {
    if (input.length < 5) throw new Damaged('truncated');
    if (input[0] !== 0) throw new Damaged('damaged: no LZMA data');
    this.#input = input;
    this.#code = ((input[1] << 24) | (input[2] << 16) | (input[3] << 8) | input[4]) >>> 0;
    this.#range = 0xffffffff;
    this.#at = 5;
  }

  /** Puts bytes that were stored as they are. */
  store(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#out.set(bytes, this.#end);
    this.#end += bytes.length;
    this.#total += bytes.length;
  }

  /** What was decoded since the last call, also after an error. */
  output(): Uint8Array {
    const bytes = this.#out.slice(this.#given, this.#end);
    this.#given = this.#end;
    return bytes;
  }

  /**
   * Decodes `count` more bytes.
   * @returns false when the end marker came before
   * @throws {Damaged} with what was decoded kept for `output`
   */
  decode(count: number): boolean {
    this.#reserve(count);
    const limit = this.#end + count;
    this.#copyPending(limit);
    while (this.#end < limit) {
      const position = this.#total & this.#pbMask;
      const slot = (this.#state << 4) + position;
      if (this.#bit(IS_MATCH + slot) === 0) {
        this.#literal();
        continue;
      }
      if (this.#bit(IS_REP + this.#state) === 1) this.#pending = this.#repeat(slot, position);
      else if (!this.#match(position)) return false;
      if (this.#reps[0] >= this.#total || this.#reps[0] >= this.#dictionary)
        throw new Damaged('damaged: an LZMA match reaches too far back');
      this.#copyPending(limit);
    }
    return true;
  }

  #literal(): void {
    const previous = this.#total > 0 ? this.#out[this.#end - 1] : 0;
    const position = this.#total & this.#lpMask;
    const table = LITERAL + 0x300 * ((position << this.#lc) + (previous >> (8 - this.#lc)));
    let symbol = 1;
    if (this.#state >= 7) {
      if (this.#reps[0] >= this.#total) throw new Damaged('damaged: an LZMA match reaches too far back');
      let matched = this.#out[this.#end - this.#reps[0] - 1];
      while (symbol < 0x100) {
        const expected = (matched >> 7) & 1;
        matched <<= 1;
        const bit = this.#bit(table + ((1 + expected) << 8) + symbol);
        symbol = (symbol << 1) | bit;
        if (bit !== expected) break;
      }
    }
    while (symbol < 0x100) symbol = (symbol << 1) | this.#bit(table + symbol);
    this.#out[this.#end++] = symbol;
    this.#total++;
    this.#state = this.#state < 4 ? 0 : this.#state < 10 ? this.#state - 3 : this.#state - 6;
  }

  /** A match at a new distance. @returns false at the end marker */
  #match(position: number): boolean {
    const length = this.#length(LENGTH, position);
    this.#state = this.#state < 7 ? 7 : 10;
    const distance = this.#distance(Math.min(length, 3));
    if (distance === 0xffffffff) return false;
    this.#reps = [distance, this.#reps[0], this.#reps[1], this.#reps[2]];
    this.#pending = length + 2;
    return true;
  }

  /** A match at one of the last four distances. @returns its length */
  #repeat(slot: number, position: number): number {
    if (this.#bit(IS_REP_G0 + this.#state) === 0) {
      if (this.#bit(IS_REP0_LONG + slot) === 0) {
        this.#state = this.#state < 7 ? 9 : 11;
        return 1;
      }
    } else {
      const [first, second, third, fourth] = this.#reps;
      if (this.#bit(IS_REP_G1 + this.#state) === 0) this.#reps = [second, first, third, fourth];
      else if (this.#bit(IS_REP_G2 + this.#state) === 0) this.#reps = [third, first, second, fourth];
      else this.#reps = [fourth, first, second, third];
    }
    const length = this.#length(REP_LENGTH, position) + 2;
    this.#state = this.#state < 7 ? 8 : 11;
    return length;
  }

  #length(table: number, position: number): number {
    if (this.#bit(table) === 0) return this.#tree(table + 2 + (position << 3), 3);
    if (this.#bit(table + 1) === 0) return 8 + this.#tree(table + 130 + (position << 3), 3);
    return 16 + this.#tree(table + 258, 8);
  }

  #distance(lengthState: number): number {
    const slot = this.#tree(POS_SLOT + (lengthState << 6), 6);
    if (slot < 4) return slot;
    const bits = (slot >> 1) - 1;
    const base = ((2 | (slot & 1)) << bits) >>> 0;
    if (slot < 14) return base + this.#reverseTree(POS_SPECIAL + base - slot, bits);
    return (base + this.#direct(bits - 4) * 16 + this.#reverseTree(ALIGN, 4)) >>> 0;
  }

  #tree(table: number, bits: number): number {
    let node = 1;
    for (let i = 0; i < bits; i++) node = (node << 1) | this.#bit(table + node);
    return node - (1 << bits);
  }

  #reverseTree(table: number, bits: number): number {
    let node = 1;
    let value = 0;
    for (let i = 0; i < bits; i++) {
      const bit = this.#bit(table + node);
      node = (node << 1) | bit;
      value |= bit << i;
    }
    return value;
  }

  #direct(bits: number): number {
    let value = 0;
    for (let i = 0; i < bits; i++) {
      this.#range >>>= 1;
      const bit = this.#code >= this.#range ? 1 : 0;
      if (bit) this.#code -= this.#range;
      value = value * 2 + bit;
      if (this.#range < 0x1000000) this.#refill();
    }
    return value;
  }

  #bit(index: number): number {
    const probability = this.#probs[index];
    const bound = (this.#range >>> 11) * probability;
    let bit = 0;
    if (this.#code < bound) {
      this.#range = bound;
      this.#probs[index] = probability + ((2048 - probability) >> 5);
    } else {
      this.#range -= bound;
      this.#code -= bound;
      this.#probs[index] = probability - (probability >> 5);
      bit = 1;
    }
    if (this.#range < 0x1000000) this.#refill();
    return bit;
  }

  #refill(): void {
    if (this.#at >= this.#input.length) throw new Damaged('truncated');
    this.#range = (this.#range << 8) >>> 0;
    this.#code = ((this.#code << 8) | this.#input[this.#at++]) >>> 0;
  }

  #copyPending(limit: number): void {
    const count = Math.min(this.#pending, limit - this.#end);
    const distance = this.#reps[0] + 1;
    const out = this.#out;
    for (let i = this.#end, end = this.#end + count; i < end; i++) out[i] = out[i - distance];
    this.#end += count;
    this.#total += count;
    this.#pending -= count;
  }

  /** Makes room: the buffer grows while the dictionary is not full, then drops what no match can reach. */
  #reserve(count: number): void {
    if (this.#end + count <= this.#out.length) return;
    const keep = Math.min(this.#end, this.#dictionary);
    const needed = keep + count;
    const room = Math.min(Math.max(needed * 2, 2 ** 20), this.#dictionary + count + 2 ** 22);
    const from = this.#out.subarray(this.#end - keep, this.#end);
    if (room > this.#out.length) {
      const larger = new Uint8Array(room);
      larger.set(from);
      this.#out = larger;
    } else {
      this.#out.copyWithin(0, this.#end - keep, this.#end);
    }
    this.#given -= this.#end - keep;
    this.#end = keep;
  }
}
