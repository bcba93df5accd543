import { Damaged } from './limits.ts';
import type { ByteStream } from './stream.ts';
import { numberAt } from './tar.ts';
import type { Extended, Segment } from './tar-pax.ts';

/** The map in an old GNU header: four segments there, 21 more in each block that follows while a flag says so. */
export function gnuSegments(header: Uint8Array, tar: ByteStream): Segment[] {
  const segments = segmentsAt(header, 386, 4);
  let more = header[482] === 1;
  while (more) {
    const block = tar.read(512);
    if (block.length < 512) break;
    segments.push(...segmentsAt(block, 0, 21));
    more = block[504] === 1;
  }
  return segments;
}

/** The map of a pax sparse member; format 1.0 has it before the data, as lines of decimal numbers filling whole blocks. */
export function paxSegments(extended: Extended, tar: ByteStream): Segment[] {
  if (extended.sparse?.major === '1') return inPairs(readNumbers(tar));
  const numbers = extended.pairs ?? extended.sparse?.map?.split(',').map(Number) ?? [];
  return inPairs(numbers);
}

/** The file as it was, holes filled with zeros. */
export function* inflateSparse(tar: ByteStream, size: number, segments: Segment[]): Generator<Uint8Array> {
  let at = 0;
  for (const { offset, length } of segments) {
    if (!(offset >= at) || !(offset + length <= size))
      throw new Damaged('damaged: a sparse map is out of order');
    yield* zeros(offset - at);
    const end = tar.position + length;
    yield* tar.until(end).pieces(length);
    if (tar.position < end) throw new Damaged('truncated');
    at = offset + length;
  }
  yield* zeros(size - at);
}

function segmentsAt(block: Uint8Array, start: number, count: number): Segment[] {
  const segments: Segment[] = [];
  for (let i = 0; i < count; i++) {
    const at = start + i * 24;
    if (block[at] === 0) break;
    segments.push({ offset: numberAt(block, at, 12), length: numberAt(block, at + 12, 12) });
  }
  return segments;
}

function readNumbers(tar: ByteStream): number[] {
  let text = '';
  for (;;) {
    const block = tar.read(512);
    if (block.length < 512) throw new Damaged('truncated');
    text += Buffer.from(block).toString('latin1');
    const lines = text.split('\n');
    const count = Number(lines[0]);
    if (!Number.isInteger(count) || count > 1e6)
      throw new Damaged('damaged: a sparse map is no list of numbers');
    if (lines.length > 2 * count + 1) return lines.slice(1, 2 * count + 1).map(Number);
  }
}

function inPairs(numbers: number[]): Segment[] {
  const segments: Segment[] = [];
  for (let i = 0; i + 1 < numbers.length; i += 2)
    segments.push({ offset: numbers[i], length: numbers[i + 1] });
  return segments;
}

const ZEROS = new Uint8Array(65_536);

function* zeros(count: number): Generator<Uint8Array> {
  for (let left = count; left > 0; left -= ZEROS.length)
    yield ZEROS.subarray(0, Math.min(left, ZEROS.length));
}
