import { Decompress } from 'fzstd';
import { Damaged, damageOf } from './limits.ts';
import { type ByteStream, join } from './stream.ts';

/** A frame that wants a larger window is refused: `zstd` itself does so beyond 128 MB unless told otherwise. */
const MAX_WINDOW = 128 * 2 ** 20;

/**
 * Zstandard frames (RFC 8878), skippable ones passed over. They are handed to the decoder block by block, because
 * three bytes of a run-length block make 128 KB: a larger piece of a bomb would expand to gigabytes at once.
 */
export function* unzstd(packed: ByteStream): Generator<Uint8Array> {
  for (let frames = 0; packed.peek(4).length > 0; frames++) {
    const magic = packed.peek(4);
    if (magic.length < 4) throw new Damaged('truncated');
    const number = Buffer.from(magic).readUInt32LE();
    if (number >>> 4 === 0x184d2a5) {
      packed.need(4);
      const size = Buffer.from(packed.need(4)).readUInt32LE();
      if (packed.skip(size) < size) throw new Damaged('truncated');
    } else if (number === 0xfd2fb528) {
      yield* readFrame(packed);
    } else {
      if (frames > 0) return;
      throw new Damaged('damaged: no zstd frame');
    }
  }
  if (packed.problem !== undefined) throw new Damaged(packed.problem);
}

function* readFrame(packed: ByteStream): Generator<Uint8Array> {
  let ready: Uint8Array[] = [];
  const decoder = new Decompress((chunk) => ready.push(chunk));
  try {
    const header = readHeader(packed);
    decoder.push(header);
    for (let isLast = false; !isLast; ) {
      const head = packed.need(3);
      isLast = (head[0] & 1) === 1;
      const size = (head[0] >> 3) | (head[1] << 5) | (head[2] << 13);
      const isRun = ((head[0] >> 1) & 3) === 1;
      const parts = [head, packed.need(isRun ? 1 : size)];
      if (isLast && (header[4] & 4) !== 0) parts.push(packed.need(4)); // the content's checksum, unchecked
      decoder.push(join(parts), isLast);
      yield* ready;
      ready = [];
    }
  } catch (error) {
    yield* ready;
    throw damageOf(error);
  }
}

function readHeader(packed: ByteStream): Uint8Array {
  const start = packed.need(5);
  const descriptor = start[4];
  const isSingle = (descriptor & 0x20) !== 0;
  const contentCode = descriptor >> 6;
  const contentBytes = contentCode > 0 ? 1 << contentCode : isSingle ? 1 : 0;
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3];
  const rest = packed.need((isSingle ? 0 : 1) + dictionaryBytes + contentBytes);
  const dictionary = rest.subarray(isSingle ? 0 : 1, (isSingle ? 0 : 1) + dictionaryBytes);
  if (dictionary.some((byte) => byte !== 0))
    throw new Damaged('packed with a zstd dictionary that is not at hand');
  const content = numberOf(rest.subarray(rest.length - contentBytes)) + (contentCode === 1 ? 256 : 0);
  const window = isSingle ? content : 2 ** (10 + (rest[0] >> 3)) * (1 + (rest[0] & 7) / 8);
  if (window > MAX_WINDOW) throw new Damaged('needs a window of more than 128 MB');
  return join([start, rest]);
}

function numberOf(bytes: Uint8Array): number {
  let value = 0;
  for (let i = bytes.length - 1; i >= 0; i--) value = value * 256 + bytes[i];
  return value;
}
