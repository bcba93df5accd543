import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';

/** Bytes that can be read anywhere: a blob in memory, or a file too large for that. */
export interface Input {
  readonly size: number;
  /** Up to `length` bytes at `offset`: fewer at the end, none beyond it. Not a copy when the bytes are in memory. */
  read(offset: number, length: number): Uint8Array;
  close(): void;
}

export function inputOf(bytes: Uint8Array): Input {
  return {
    size: bytes.length,
    read: (offset, length) => bytes.subarray(Math.max(0, offset), Math.max(0, offset + length)),
    close: () => {},
  };
}

// A link or FIFO that takes a file's place while the scan runs must neither lead elsewhere nor block.
const FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/** A smaller file (bytes) is read at once: a zip of many members would be read in as many pieces, twice. */
const WHOLE = 4 * 2 ** 20;

/** @throws the file system's error when the file cannot be opened or read */
export function openFile(file: string | Buffer): Input {
  const descriptor = openSync(file, FLAGS);
  try {
    const input = inputOfFile(descriptor, fstatSync(descriptor).size);
    if (input.size > WHOLE) return input;
    const bytes = input.read(0, input.size);
    input.close();
    return inputOf(bytes);
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
}

function inputOfFile(descriptor: number, size: number): Input {
  return {
    size,
    read(offset, length) {
      const wanted = Math.max(0, Math.min(length, this.size - offset));
      const bytes = new Uint8Array(wanted);
      let filled = 0;
      while (filled < wanted) {
        const count = readSync(descriptor, bytes, filled, wanted - filled, offset + filled);
        if (count === 0) break;
        filled += count;
      }
      return bytes.subarray(0, filled);
    },
    close: () => closeSync(descriptor),
  };
}

/** What stands between two offsets, a piece at a time. */
export function* piecesOf(input: Input, start = 0, end = input.size, piece = 65_536): Generator<Uint8Array> {
  for (let at = start; at < end; at += piece) {
    const bytes = input.read(at, Math.min(piece, end - at));
    if (bytes.length === 0) return;
    yield bytes;
  }
}

/** One run of an input as an input of its own. */
export function slice(input: Input, start: number, length: number): Input {
  const size = Math.max(0, Math.min(length, input.size - start));
  return {
    size,
    read: (offset, count) => input.read(start + offset, Math.max(0, Math.min(count, size - offset))),
    close: () => {},
  };
}
