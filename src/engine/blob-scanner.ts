import { analyse } from './analyse.ts';
import type { Detection } from './detection.ts';
import type { Match, Trace } from './match.ts';
import { PADDING } from './scan-memory.ts';
import type { Scanner } from './scanner.ts';

export interface BlobScannerOptions {
  /** The scan's time, in milliseconds since 1970. */
  now: number;
  trace?: (path: string, trace: Trace) => void;
}

/** A piece of a file too large to be in memory at once. */
export interface Piece {
  /** Line of its first byte, and characters on that line before it. */
  line: number;
  column: number;
  /** Only what stands in [from, to) of the piece counts: the rest is context that another piece has as well. */
  from: number;
  to: number;
}

/** Scans bytes and tells what was found in them: matching, pairing and locating in one call. */
export class BlobScanner {
  readonly scanner: Scanner;
  readonly #options: BlobScannerOptions;

  constructor(scanner: Scanner, options: BlobScannerOptions) {
    this.scanner = scanner;
    this.#options = options;
  }

  /**
   * Scans bytes from elsewhere, by copying them into the scanner's memory.
   * @param near see `ScanOptions.near`
   */
  scanBytes(path: string, bytes: Uint8Array, near?: readonly number[]): Detection[] {
    const { memory } = this.scanner;
    memory.reserve(memory.texts + bytes.length);
    memory.core.bytes.set(bytes, memory.texts);
    return this.analyse(this.#match(path, bytes.length, near), memory.texts, bytes.length);
  }

  /** Scans `length` bytes that stand where texts begin in the scanner's memory. */
  scanMemory(path: string, length: number, piece?: Piece): Detection[] {
    const detections = this.analyse(this.#match(path, length), this.scanner.memory.texts, length, piece);
    if (!piece) return detections;
    return detections.filter(({ spans: [[start]] }) => start >= piece.from && start < piece.to);
  }

  #match(path: string, length: number, near?: readonly number[]): Match[] {
    const { memory } = this.scanner;
    memory.reserve(memory.texts + length);
    memory.core.bytes.fill(0, memory.texts + length, memory.texts + length + PADDING);
    const { trace } = this.#options;
    return this.scanner.scan(memory.texts, length, {
      path,
      near,
      ...(trace && { trace: (t: Trace) => trace(path, t) }),
    });
  }

  /** Makes detections of matches in the `length` bytes at `address`. */
  analyse(matches: Match[], address: number, length: number, piece?: Piece): Detection[] {
    if (matches.length === 0) return [];
    const bytes = this.scanner.memory.buffer.subarray(address, address + length);
    return analyse(matches, { bytes, line: piece?.line ?? 1, column: piece?.column ?? 0 }, this.#options.now);
  }
}
