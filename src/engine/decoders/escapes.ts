import type { Layer } from '../layer.ts';
import type { PositionMap } from '../position-map.ts';
import { align, PADDING, type ScanMemory } from '../scan-memory.ts';
import type { LayerSink } from './decode-layers.ts';

/** Bytes written by one call of the module, and pieces of their map: a text with more is decoded in several layers. */
export const ROOM = 1 << 20;
export const PIECES = 1 << 16;
const PIECE_SIZE = 12;

/** Percent, unicode, markup escapes and concatenated strings: see `src/wasm/assembly/escapes.ts`. */
export function decodeEscapes(
  memory: ScanMemory,
  layer: Layer,
  scratch: number,
  sink: LayerSink,
  from: number,
  to: number,
): void {
  const { exports } = memory;
  const start = layer.address;
  const end = start + to;
  const { map, free } = makeRoom(memory, scratch);
  for (let at = start + from; at < end; at = exports.unescapedTo.value >>> 0) {
    const length = exports.unescape(start, at, end, scratch, scratch + ROOM, map, PIECES);
    if (length === 0) continue;
    const decoded: Layer = {
      address: scratch,
      length,
      depth: layer.depth + 1,
      parent: layer,
      map: readMap(memory, map, exports.mapCount.value >>> 0),
      decodedFrom: 0,
      decodedTo: length,
    };
    // Scanning the layer calls this function again, so where it stopped is kept.
    const stopped = exports.unescapedTo.value;
    sink(decoded, free);
    exports.unescapedTo.value = stopped;
  }
}

/** Room for ROOM bytes at `scratch`, and behind them for the map's PIECES; what follows is free. */
export function makeRoom(memory: ScanMemory, scratch: number): { map: number; free: number } {
  const map = align(scratch + ROOM + PADDING);
  const free = align(map + PIECES * PIECE_SIZE);
  memory.reserve(free);
  return { map, free };
}

/** The map's triples as a `PositionMap`; copied, since growing memory would detach a view. */
export function readMap(memory: ScanMemory, address: number, pieces: number): PositionMap {
  const words = memory.words(address, pieces * 3);
  const map = {
    written: new Uint32Array(pieces),
    read: new Uint32Array(pieces),
    kind: new Uint32Array(pieces),
    length: pieces,
  };
  for (let i = 0; i < pieces; i++) {
    map.written[i] = words[i * 3];
    map.read[i] = words[i * 3 + 1];
    map.kind[i] = words[i * 3 + 2];
  }
  return map;
}
