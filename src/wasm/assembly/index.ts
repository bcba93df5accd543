export { mayAssign } from './assignment';
export { applyDelta, deltaTargetLength } from './delta';
export { mapCount, unescape, unescapedTo } from './escapes';
export { inflate, inflateConsumed } from './inflate';
export { findKeywords, stopped } from './keywords';
export { isQuiet, noteQuiet, quietKeys, useQuiet } from './quiet';
export { findRuns, runsStopped } from './runs';
export {
  chooseAll,
  chooseAllRuns,
  firstChange,
  hitCount,
  keepSearch,
  nearRunCount,
  nearRuns,
  noteTry,
  runCount,
  searchDelta,
  searchRoom,
  searchWhole,
  spanCount,
  spans,
  tries,
  tryCount,
  useSearch,
} from './search';
export { countByte, countCharacters, narrowUtf16, utf16MapCount, utf16To } from './text';
export { addIds, markId, tellNames, treeEdges, treeFreshCount, treeSameEdges, useIds } from './tree';

/** First address that the module itself does not use. */
export function heapBase(): usize {
  return __heap_base;
}
