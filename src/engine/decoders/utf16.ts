import type { Layer } from '../layer.ts';
import type { ScanMemory } from '../scan-memory.ts';
import type { LayerSink } from './decode-layers.ts';
import { makeRoom, PIECES, ROOM, readMap } from './escapes.ts';

/** With fewer zero bytes no run of eight characters of UTF-16 can stand there. */
const LEAST_ZEROS = 8;

/** Runs of ASCII in UTF-16 of either byte order, with or without a mark, in text files and among binary data. */
export function decodeUtf16(
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
  if (exports.countByte(start + from, end, 0) < LEAST_ZEROS) return;
  const { map, free } = makeRoom(memory, scratch);
  for (let at = start + from; at < end; ) {
    const length = exports.narrowUtf16(start, at, end, scratch, scratch + ROOM, map, PIECES);
    at = exports.utf16To.value >>> 0;
    if (length === 0) continue;
    const decoded: Layer = {
      address: scratch,
      length,
      depth: layer.depth + 1,
      parent: layer,
      map: readMap(memory, map, exports.utf16MapCount.value >>> 0),
      names: ['utf-16'],
      decodedFrom: 0,
      decodedTo: length,
    };
    sink(decoded, free);
  }
}
