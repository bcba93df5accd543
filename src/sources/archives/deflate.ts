import { gunzipSync, inflateRawSync } from 'node:zlib';
import { Gunzip, Inflate } from 'fflate';
import { Damaged, damageOf } from './limits.ts';
import type { ByteStream } from './stream.ts';

/** Up to this many bytes of packed content are handed to zlib at once, which is three times as fast as piecemeal in JavaScript. */
const WHOLE_PACKED = 8 * 2 ** 20;
const WHOLE_EXPANDED = 64 * 2 ** 20;

/**
 * zlib frees what a failed call took, some 60 KB, only at the next turn of the event loop: an archive of 20,000 damaged
 * members held 1.2 GB. So many may fail in one turn; what comes then is left to JavaScript.
 */
const MOST_FAILURES = 500;
let failures = 0;

/** Deflate makes at most 1032 bytes of one: a piece of this size expands to no more than 17 MB. */
const PIECE = 16_384;

/** Raw deflate (RFC 1951). Yields what can be had of a damaged stream before it throws. */
export function inflateRaw(packed: ByteStream): Generator<Uint8Array> {
  return expand(packed, inflateRawSync, (give) => new Inflate(give));
}

/** Gzip (RFC 1952), also several members in a row; what follows them and is no gzip is ignored, as gzip does. */
export function gunzip(packed: ByteStream): Generator<Uint8Array> {
  return expand(packed, gunzipSync, (give) => new Gunzip(give));
}

interface Pieces {
  push(chunk: Uint8Array, final?: boolean): void;
}

function* expand(
  packed: ByteStream,
  whole: typeof gunzipSync,
  piecewise: (give: (chunk: Uint8Array) => void) => Pieces,
): Generator<Uint8Array> {
  const start = packed.peek(WHOLE_PACKED);
  const isTried = start.length < WHOLE_PACKED && packed.problem === undefined && failures < MOST_FAILURES;
  if (isTried) {
    const all = attempt(whole, start);
    if (all !== undefined) {
      packed.skip(start.length);
      yield all;
      return;
    }
  }
  let ready: Uint8Array[] = [];
  const decoder = piecewise((chunk) => ready.push(chunk));
  let made = 0;
  try {
    for (const piece of packed.pieces(PIECE)) {
      decoder.push(piece);
      for (const chunk of ready) {
        made += chunk.length;
        yield chunk;
      }
      ready = [];
    }
    decoder.push(new Uint8Array(0), true);
  } catch (error) {
    yield* ready;
    ready = [];
    const isTrailed = (error as { code?: unknown }).code === INVALID_HEADER && made > 0;
    if (!isTrailed) throw packed.problem === undefined ? damageOf(error) : new Damaged(packed.problem);
  }
  yield* ready;
  for (const chunk of ready) made += chunk.length;
  if (packed.problem !== undefined) throw new Damaged(packed.problem);
  // Sound content would have come out above, whole, whatever follows it: fflate does not notice each cut, and takes some for trailers.
  if (made === 0 || (isTried && made < WHOLE_EXPANDED)) throw new Damaged('truncated');
}

/** fflate's code for what is no gzip header. */
const INVALID_HEADER = 6;

function attempt(whole: typeof gunzipSync, packed: Uint8Array): Uint8Array | undefined {
  try {
    return whole(packed, { maxOutputLength: WHOLE_EXPANDED, chunkSize: 2 ** 18 });
  } catch {
    // Damaged or large: the piecewise decoder finds out which.
    if (failures++ === 0) setImmediate(() => (failures = 0));
    return undefined;
  }
}
