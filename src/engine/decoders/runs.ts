import { constants, gunzipSync } from 'node:zlib';
import { decodingsOf, type Layer } from '../layer.ts';
import { BASE64, HEX, type PositionMap, SAME, WHOLE } from '../position-map.ts';
import { align, PADDING, type ScanMemory } from '../scan-memory.ts';
import type { LayerSink } from './decode-layers.ts';

/** Kinds of runs that `src/wasm/assembly/runs.ts` finds. */
const RUN_HEX = 1;
const RUN_GZIP = 2;
const RUN_BASE64 = 4;

/** Bytes of the parent copied around a decoded value, so that its label stays beside it. */
const CONTEXT = 256;
/** Longer runs are decoded up to here: what is longer is a file of its own, not a value. */
const LONGEST = 8 << 20;
/** A gzip member may expand to this. */
const MAX_EXPANDED = 16 << 20;
/** A line of wrapped base64 is at least this long, and all but the last are of one length. */
const LEAST_LINE = 40;

/**
 * Base64 (either alphabet, padded or not, wrapped or not), hex, and gzip in base64.
 * @param known the layer's runs where they were found already: begin, end and kind of each, as addresses
 */
export function decodeRuns(
  memory: ScanMemory,
  layer: Layer,
  scratch: number,
  sink: LayerSink,
  known?: ArrayLike<number>,
): void {
  const runs = known ?? findAll(memory, layer);
  let done = 0;
  for (let i = 0; i < runs.length; i += 3) {
    const start = runs[i] - layer.address;
    const end = runs[i + 1] - layer.address;
    if (start < done || !decodingsOf(layer, start, end)) continue;
    const decoded = decodeRun(memory, layer, start, end, runs[i + 2]);
    if (!decoded) continue;
    // Padding belongs to the run, or it would touch what was decoded.
    while (decoded.end < layer.length && memory.buffer[layer.address + decoded.end] === 61) decoded.end++;
    done = decoded.end;
    placeLayer(memory, layer, start, decoded, scratch, sink);
  }
}

function findAll(memory: ScanMemory, layer: Layer): ArrayLike<number> {
  const { exports, runResults, runCapacity } = memory;
  const end = layer.address + layer.length;
  const first = exports.findRuns(layer.address, end, runResults, runCapacity);
  if (exports.runsStopped.value >>> 0 === end) return memory.words(runResults, first * 3).slice();
  const all = [...memory.words(runResults, first * 3)];
  while (exports.runsStopped.value >>> 0 < end) {
    const count = exports.findRuns(exports.runsStopped.value >>> 0, end, runResults, runCapacity);
    for (const word of memory.words(runResults, count * 3)) all.push(word);
  }
  return all;
}

interface Decoded {
  bytes: Uint8Array;
  names: string[];
  /** Offset in the parent after the last byte read. */
  end: number;
  /** Relation of `bytes` to the parent, in order. */
  pieces: { written: number; read: number; kind: number }[];
}

function decodeRun(
  memory: ScanMemory,
  layer: Layer,
  start: number,
  end: number,
  kind: number,
): Decoded | undefined {
  const text = (from: number, to: number) =>
    memory.buffer.toString('latin1', layer.address + from, layer.address + to);
  if (kind === RUN_HEX) {
    const hex = text(start, Math.min(end, start + LONGEST));
    const bytes = Buffer.from(hex, 'hex');
    return { bytes, names: ['hex'], end, pieces: [{ written: 0, read: start, kind: HEX }] };
  }
  const first = kind >= RUN_BASE64 ? start + kind - RUN_BASE64 : start;
  const lines = readWrappedLines(memory, layer, first, end);
  const bytes = Buffer.concat(lines.map(([from, to]) => Buffer.from(text(from, to), 'base64')));
  const last = lines[lines.length - 1][1];
  if (kind === RUN_GZIP) {
    const expanded = gunzip(bytes);
    if (!expanded) return undefined;
    return {
      bytes: expanded,
      names: ['base64', 'gzip'],
      end: last,
      pieces: [{ written: 0, read: start, kind: WHOLE }],
    };
  }
  let written = 0;
  const pieces = lines.map(([from, to]) => {
    const piece = { written, read: from, kind: BASE64 };
    written += Math.floor(((to - from) * 3) / 4);
    return piece;
  });
  return { bytes, names: ['base64'], end: last, pieces };
}

/** The run's own line, and the following lines of base64 when it is wrapped at a multiple of four characters. */
function readWrappedLines(
  memory: ScanMemory,
  layer: Layer,
  first: number,
  end: number,
): [from: number, to: number][] {
  const { buffer } = memory;
  const stop = Math.min(layer.length, first + LONGEST);
  let to = Math.min(end, stop);
  const lines: [number, number][] = [[first, to]];
  const width = to - first;
  if (width < LEAST_LINE || width % 4 !== 0) return lines;
  while (to < stop) {
    let from = to;
    while (from < stop && from - to < CONTEXT && isWhite(buffer[layer.address + from])) from++;
    if (from === to) break;
    let lineEnd = from;
    while (lineEnd < stop && isBase64(buffer[layer.address + lineEnd])) lineEnd++;
    if (lineEnd === from || lineEnd - from > width) break;
    lines.push([from, lineEnd]);
    to = lineEnd;
    if (lineEnd - from < width) break;
  }
  return lines;
}

function isWhite(byte: number): boolean {
  return byte === 10 || byte === 13 || byte === 32 || byte === 9;
}

function isBase64(byte: number): boolean {
  return (
    (byte >= 48 && byte < 58) ||
    (byte >= 65 && byte < 91) ||
    (byte >= 97 && byte < 123) ||
    byte === 43 ||
    byte === 47 ||
    byte === 45 ||
    byte === 95
  );
}

function gunzip(bytes: Uint8Array): Uint8Array | undefined {
  try {
    return gunzipSync(bytes, { maxOutputLength: MAX_EXPANDED, finishFlush: constants.Z_SYNC_FLUSH });
  } catch {
    // No gzip after all, cut off before its first block, or a bomb: there is nothing to search in it.
    return undefined;
  }
}

/** Writes the decoded bytes between the parent's context, and hands them on as a layer. */
function placeLayer(
  memory: ScanMemory,
  layer: Layer,
  start: number,
  decoded: Decoded,
  scratch: number,
  sink: LayerSink,
): void {
  const before = Math.max(0, start - CONTEXT);
  const after = Math.min(layer.length, decoded.end + CONTEXT);
  const decodedFrom = start - before;
  const decodedTo = decodedFrom + decoded.bytes.length;
  const length = decodedTo + after - decoded.end;
  memory.reserve(scratch + length);
  const bytes = memory.core.bytes;
  bytes.copyWithin(scratch, layer.address + before, layer.address + start);
  bytes.set(decoded.bytes, scratch + decodedFrom);
  bytes.copyWithin(scratch + decodedTo, layer.address + decoded.end, layer.address + after);
  bytes.fill(0, scratch + length, scratch + length + PADDING);
  const pieces = [
    { written: 0, read: before, kind: SAME },
    ...decoded.pieces.map((piece) => ({ ...piece, written: piece.written + decodedFrom })),
    { written: decodedTo, read: decoded.end, kind: SAME },
  ];
  const map: PositionMap = {
    written: pieces.map((piece) => piece.written),
    read: pieces.map((piece) => piece.read),
    kind: pieces.map((piece) => piece.kind),
    length: pieces.length,
  };
  sink(
    {
      address: scratch,
      length,
      depth: layer.depth + 1,
      parent: layer,
      map,
      names: decoded.names,
      decodedFrom,
      decodedTo,
    },
    align(scratch + length + PADDING),
  );
}
