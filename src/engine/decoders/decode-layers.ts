import type { Layer } from '../layer.ts';
import type { ScanMemory } from '../scan-memory.ts';
import { decodeEscapes } from './escapes.ts';
import { decodeRuns } from './runs.ts';
import { decodeUtf16 } from './utf16.ts';

/** Takes a decoded layer; memory from `free` on is its own while it looks. */
export type LayerSink = (layer: Layer, free: number) => void;

/**
 * Hands on what each decoder makes of a layer, one layer at a time: memory from `scratch` on is used
 * again for the next.
 * @param runs of the layer, where they are known: see `decodeRuns`
 */
export function decodeLayers(
  memory: ScanMemory,
  layer: Layer,
  scratch: number,
  sink: LayerSink,
  runs?: ArrayLike<number>,
): void {
  decodeUtf16(memory, layer, scratch, sink);
  decodeEscapes(memory, layer, scratch, sink);
  decodeRuns(memory, layer, scratch, sink, runs);
}
