import { Damaged } from './limits.ts';
import { LzmaDecoder } from './lzma.ts';
import type { ByteStream } from './stream.ts';

/** How much is decoded before it is passed on, in bytes. */
const PIECE = 2 ** 20;

/**
 * LZMA2, as in xz and 7z: chunks of up to 2 MB, each with its packed length, until a zero byte.
 * @param dictionary bytes
 */
export function* unlzma2(packed: ByteStream, dictionary: number): Generator<Uint8Array> {
  const decoder = new LzmaDecoder(dictionary);
  let hasProperties = false;
  for (;;) {
    const control = packed.need(1)[0];
    if (control === 0) return;
    if (control < 0x80) {
      if (control > 2) throw new Damaged('damaged: no LZMA2 chunk');
      if (control === 1) decoder.resetDictionary();
      const [high, low] = packed.need(2);
      decoder.store(packed.need(high * 256 + low + 1));
      yield decoder.output();
      continue;
    }
    const [sizeHigh, sizeLow, packedHigh, packedLow] = packed.need(4);
    const size = (control & 0x1f) * 65_536 + sizeHigh * 256 + sizeLow + 1;
    const reset = (control >> 5) & 3;
    if (reset === 3) decoder.resetDictionary();
    if (reset >= 2) {
      decoder.setProperties(packed.need(1)[0]);
      hasProperties = true;
    } else if (reset === 1) decoder.resetState();
    if (!hasProperties) throw new Damaged('damaged: an LZMA2 chunk without properties');
    decoder.start(packed.read(packedHigh * 256 + packedLow + 1));
    yield* decodePiece(decoder, size);
  }
}

/** LZMA with its five bytes of properties known: 7z's first method and zip's 14. Ends at `size` bytes or the end marker. */
export function* unlzma(
  packed: ByteStream,
  properties: Uint8Array,
  size: number | undefined,
  packedLimit: number,
): Generator<Uint8Array> {
  const decoder = new LzmaDecoder(
    properties[1] + properties[2] * 2 ** 8 + properties[3] * 2 ** 16 + properties[4] * 2 ** 24,
  );
  decoder.setProperties(properties[0]);
  const input = packed.rest(packedLimit);
  if (input === undefined)
    throw new Damaged(`more than ${packedLimit / 2 ** 20} MB of packed LZMA in one run`);
  decoder.start(input);
  for (let left = size ?? Number.POSITIVE_INFINITY; left > 0; left -= PIECE) {
    const isMore = yield* decodePiece(decoder, Math.min(left, PIECE));
    if (!isMore) return;
  }
}

/** APPNOTE 6.3.10, section 5.8.8: a version, the length of the properties, the properties, the data. */
export function* unlzmaZip(packed: ByteStream, size: number | undefined): Generator<Uint8Array> {
  const header = packed.need(4);
  const properties = packed.need(header[2] + header[3] * 256);
  if (properties.length < 5) throw new Damaged('damaged: no LZMA properties');
  yield* unlzma(packed, properties, size, 2 ** 28);
}

/** Gives also what came before damage. @returns false at the end marker */
function* decodePiece(decoder: LzmaDecoder, size: number): Generator<Uint8Array, boolean> {
  let isMore = false;
  let failure: unknown;
  try {
    isMore = decoder.decode(size);
  } catch (error) {
    failure = error;
  }
  yield decoder.output();
  if (failure !== undefined) throw failure;
  return isMore;
}
