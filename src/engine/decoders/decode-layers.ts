import type { Layer } from '../layer.ts';
import type { ScanMemory } from '../scan-memory.ts';
import { decodeEscapes } from './escapes.ts';
import { decodeRuns } from './runs.ts';
import { decodeUtf16 } from './utf16.ts';

/** Takes a decoded layer; memory from `free` on is its own while it looks. */
export type LayerSink = (layer: Layer, free: number) => void;

/** What of a layer is to be decoded, where that is known. */
export interface ToDecode {
  /** Encoded runs: see `decodeRuns`. */
  runs: ArrayLike<number>;
  /** Where escapes and UTF-16 are undone: offsets from and to; everywhere when absent. */
  spans?: ArrayLike<number>;
}

/**
 * Hands on what each decoder makes of a layer, one layer at a time: memory from `scratch` on is used
 * again for the next.
 */
export function decodeLayers(
  memory: ScanMemory,
  layer: Layer,
  scratch: number,
  sink: LayerSink,
  known?: ToDecode,
): void {
  const spans = known?.spans ?? [0, layer.length];
  for (let i = 0; i < spans.length; i += 2) {
    decodeUtf16(memory, layer, scratch, sink, spans[i], spans[i + 1]);
    decodeEscapes(memory, layer, scratch, sink, spans[i], spans[i + 1]);
  }
  decodeRuns(memory, layer, scratch, sink, known?.runs);
}
