import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { ScanMemory } from '../engine/scan-memory.ts';

/** Enough text to tell a common keyword from a rare one. */
const ENOUGH = 32 << 20;

/** Hits per megabyte of each keyword in the first files of a list. */
export function countInFiles(keywords: string[], files: Buffer[], cwd: string): Map<string, number> {
  const memory = new ScanMemory(keywords);
  const counts = new Uint32Array(keywords.length);
  let bytes = 0;
  for (const file of files) {
    if (bytes > ENOUGH) break;
    const text = readFileSync(resolve(cwd, file.toString()));
    bytes += text.length;
    memory.reserve(memory.texts + text.length);
    memory.core.bytes.set(text, memory.texts);
    const end = memory.texts + text.length;
    for (let at = memory.texts; at < end; at = memory.exports.stopped.value >>> 0) {
      const count = memory.exports.findKeywords(
        memory.texts,
        at,
        end,
        memory.tables,
        memory.results,
        memory.hitCapacity,
      );
      const hits = memory.words(memory.results, count * 2);
      for (let i = 1; i < hits.length; i += 2) counts[hits[i]]++;
    }
  }
  return new Map(keywords.map((keyword, i) => [keyword, (counts[i] / Math.max(1, bytes)) * 1e6]));
}
