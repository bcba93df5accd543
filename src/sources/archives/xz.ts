import { crc32 } from 'node:zlib';
import { Damaged } from './limits.ts';
import { unlzma2 } from './lzma-stream.ts';
import type { ByteStream } from './stream.ts';

/** Bytes of each block's checksum by its kind (https://tukaani.org/xz/xz-file-format.txt, section 2.1.1.2). */
const CHECK_BYTES = [0, 4, 4, 4, 8, 8, 8, 16, 16, 16, 32, 32, 32, 64, 64, 64];
const LZMA2 = 0x21;

/**
 * Xz, also several streams in a row with padding between. A block's CRC32 is checked; the others are passed over,
 * since damage shows in the range coder long before.
 */
export function* unxz(packed: ByteStream): Generator<Uint8Array> {
  let streams = 0;
  while (packed.peek(6).length > 0) {
    const magic = packed.peek(6);
    if (magic[0] === 0 && streams > 0) {
      packed.skip(4);
      continue;
    }
    if (magic[0] !== 0xfd || magic[1] !== 0x37 || magic[2] !== 0x7a) {
      if (streams > 0) return;
      throw new Damaged('damaged: no xz header');
    }
    yield* readStream(packed);
    streams++;
  }
  if (packed.problem !== undefined) throw new Damaged(packed.problem);
}

function* readStream(packed: ByteStream): Generator<Uint8Array> {
  const header = packed.need(12);
  const check = header[7] & 15;
  for (;;) {
    const headerSize = packed.need(1)[0];
    if (headerSize === 0) break;
    const start = packed.position - 1;
    const dictionary = readBlockHeader(packed.need(headerSize * 4 + 3));
    let crc = 0;
    for (const chunk of unlzma2(packed, dictionary)) {
      crc = crc32(chunk, crc);
      yield chunk;
    }
    packed.need((4 - ((packed.position - start) % 4)) % 4);
    const told = packed.need(CHECK_BYTES[check]);
    if (check === 1 && Buffer.from(told).readUInt32LE() !== crc)
      throw new Damaged('damaged: the checksum does not fit');
  }
  skipIndex(packed);
  packed.need(12);
}

/** @returns the dictionary's size in bytes */
function readBlockHeader(header: Uint8Array): number {
  const flags = header[0];
  if ((flags & 3) !== 0) throw new Damaged('an xz filter before LZMA2, which is not supported');
  let at = 1;
  const skipNumber = () => {
    while (header[at++] & 0x80);
  };
  if (flags & 0x40) skipNumber();
  if (flags & 0x80) skipNumber();
  if (header[at] !== LZMA2) throw new Damaged('an xz filter other than LZMA2, which is not supported');
  return dictionarySize(header[at + 2]);
}

/** One byte tells the dictionary's size: 2^n or 2^n + 2^(n-1). */
export function dictionarySize(code: number): number {
  if (code > 40) throw new Damaged('damaged: no LZMA2 dictionary size');
  return code === 40 ? 2 ** 32 - 1 : (2 | (code & 1)) * 2 ** ((code >> 1) + 11);
}

function skipIndex(packed: ByteStream): void {
  const start = packed.position - 1;
  let numbers = 2 * readNumber(packed);
  for (; numbers > 0; numbers--) readNumber(packed);
  packed.need((4 - ((packed.position - start) % 4)) % 4);
  packed.need(4);
}

function readNumber(packed: ByteStream): number {
  let value = 0;
  for (let shift = 0; shift < 63; shift += 7) {
    const byte = packed.need(1)[0];
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return value;
  }
  throw new Damaged('damaged: an xz number without end');
}
