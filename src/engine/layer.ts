import { escapesIn, mapBack, mapBackEnd, type PositionMap } from './position-map.ts';

/**
 * A text to search: the blob itself, or what a decoder made of a part of another layer.
 * Offsets within a layer begin at 0; the text stands in the module's memory from `address` on.
 */
export interface Layer {
  address: number;
  length: number;
  /** How many decodings lie between it and the blob. */
  depth: number;
  /** The layer it was decoded from, with the relation of their offsets. */
  parent?: Layer;
  map?: PositionMap;
  /** What decoded it, such as `['base64']`; absent for undone escapes, whose kinds the map holds piece by piece. */
  names?: string[];
  /** Where the decoded text stands between context copied from the parent. */
  decodedFrom: number;
  decodedTo: number;
}

/** The decodings, outermost first, that made [from, to) of the layer; undefined when the parent has the same text. */
export function decodingsOf(layer: Layer, from: number, to: number): string[] | undefined {
  if (!layer.parent || !layer.map) return [];
  const own = layer.names
    ? from < layer.decodedTo && to > layer.decodedFrom
      ? layer.names
      : undefined
    : escapesIn(layer.map, from, to);
  if (!own) return undefined;
  const outer = decodingsOf(layer.parent, mapBack(layer.map, from), mapBackEnd(layer.map, to));
  return [...(outer ?? []), ...own];
}

/** The blob's offset of what stands at `offset` in the layer. */
export function toBlobOffset(layer: Layer, offset: number): number {
  let at = offset;
  for (let l: Layer = layer; l.parent && l.map; l = l.parent) at = mapBack(l.map, at);
  return at;
}

/** The blob's offset after the byte before `end` of the layer. */
export function toBlobEnd(layer: Layer, end: number): number {
  let at = end;
  for (let l: Layer = layer; l.parent && l.map; l = l.parent) at = mapBackEnd(l.map, at);
  return at;
}
