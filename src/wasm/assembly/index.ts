export { applyDelta, deltaTargetLength } from './delta';
export { inflate, inflateConsumed } from './inflate';

/** First address that the module itself does not use. */
export function heapBase(): usize {
  return __heap_base;
}
export { addIds, markId, treeEdges, treeFreshCount, treeSameEdges, useIds } from './tree';
