export { mapCount, unescape, unescapedTo } from './escapes';
export { findKeywords, stopped } from './keywords';
export { findRuns } from './runs';
export { countByte, countCharacters, narrowUtf16, utf16MapCount, utf16To } from './text';

/** First address that the module itself does not use. */
export function heapBase(): usize {
  return __heap_base;
}
