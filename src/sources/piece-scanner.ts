import type { BlobScanner } from '../engine/blob-scanner.ts';
import type { Detection } from '../engine/detection.ts';

/** What is in memory at once; a larger text is scanned piece by piece. */
export const PIECE = 8 << 20;
/** Bytes that neighbouring pieces share: twice what any rule may look at on one side of a keyword. */
const OVERLAP = 256 << 10;

/**
 * Scans a text of any size in bounded memory. Its pieces overlap, and what stands in the overlap counts in one of them,
 * so that the result is that of the whole text.
 */
export class PieceScanner {
  readonly #scanner: BlobScanner;
  readonly #path: string;
  readonly #detections: Detection[] = [];
  #length = 0;
  #line = 1;
  #column = 0;
  #isFirst = true;
  #total = 0;

  constructor(scanner: BlobScanner, path: string) {
    this.#scanner = scanner;
    this.#path = path;
    const { memory } = scanner.scanner;
    memory.reserve(memory.texts + PIECE);
  }

  /** Bytes taken so far. */
  get bytes(): number {
    return this.#total;
  }

  /** Where the next bytes belong in the scanner's memory, and how many find room: for readers that fill it themselves. */
  get room(): { at: number; size: number } {
    return { at: this.#scanner.scanner.memory.texts + this.#length, size: PIECE - this.#length };
  }

  push(bytes: Uint8Array): void {
    for (let from = 0; from < bytes.length; ) {
      const { at, size } = this.room;
      const part = bytes.subarray(from, from + size);
      this.#scanner.scanner.memory.core.bytes.set(part, at);
      this.filled(part.length);
      from += part.length;
    }
  }

  /** Takes note of `size` bytes that were written where `room` said; scans when a piece is full. */
  filled(size: number): void {
    this.#length += size;
    this.#total += size;
    if (this.#length === PIECE) this.#scanPiece(false);
  }

  end(): Detection[] {
    // After a full piece its overlap stands here again: what counts in it was left for this call.
    this.#scanPiece(true);
    return this.#detections;
  }

  #scanPiece(isLast: boolean): void {
    const length = this.#length;
    const from = this.#isFirst ? 0 : OVERLAP / 2;
    const to = isLast ? length : length - OVERLAP / 2;
    const piece = { line: this.#line, column: this.#column, from, to };
    for (const detection of this.#scanner.scanMemory(this.#path, length, piece))
      this.#detections.push(detection);
    if (!isLast) this.#keepOverlap();
  }

  #keepOverlap(): void {
    const { memory } = this.#scanner.scanner;
    const { texts, exports } = memory;
    const kept = this.#length - OVERLAP;
    const newlines = exports.countByte(texts, texts + kept, 10);
    const lineStart = newlines > 0 ? memory.buffer.lastIndexOf(10, texts + kept - 1) + 1 : texts;
    this.#column = (newlines > 0 ? 0 : this.#column) + exports.countCharacters(lineStart, texts + kept);
    this.#line += newlines;
    memory.core.bytes.copyWithin(texts, texts + kept, texts + this.#length);
    this.#length = OVERLAP;
    this.#isFirst = false;
  }
}
