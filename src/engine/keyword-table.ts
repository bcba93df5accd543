/** The tables of `src/wasm/assembly/keywords.ts`, which describes their layout. */

import { COMMON_GRAMS } from './common-grams.ts';

const HASH = 0x9e3779b1;
const HEADS = 32768;
const ENTRIES = HEADS + 16384 * 4;
const ENTRY_SIZE = 24;
/** In the length of a keyword that has an asterisk. */
const ASTERISK = 0x80000000;

/** Bytes from commonest to rarest in source text (measured on 39 MB of several languages, letters folded); what is missing is rarer still. */
const COMMON = ' etaoirnsldcpumfhg\n_b."y,:(-)k=vw/x\'0{}1>#2j<q;z@[]3*5845679&`|$!+?\\%^~';

/** How rare a byte is, folded; letters have both their cases. */
const RARITY = Float64Array.from({ length: 256 }, (_, byte) => {
  const rank = COMMON.indexOf(String.fromCharCode(byte).toLowerCase());
  return Math.log(2 + (rank < 0 ? COMMON.length : rank));
});

/** @returns bytes that the tables of these keywords take */
export function keywordTableSize(keywords: readonly string[]): number {
  return (
    ENTRIES + keywords.reduce((sum, k) => sum + (k.length < 4 ? 128 : 1) * ENTRY_SIZE + k.length, 0) + 64
  );
}

/**
 * Writes the tables for `keywords` (ASCII, at least 3 bytes) at `address`, which must be aligned to 4 bytes.
 * A keyword's id is its index.
 */
export function writeKeywordTable(memory: Uint8Array, address: number, keywords: readonly string[]): void {
  memory.fill(0, address, address + keywordTableSize(keywords));
  const words = new Uint32Array(memory.buffer);
  let entry = address + ENTRIES;
  let text = entry + keywords.reduce((sum, k) => sum + (k.length < 4 ? 128 : 1) * ENTRY_SIZE, 0);
  keywords.forEach((keyword, id) => {
    for (let i = 0; i < keyword.length; i++) memory[text + i] = keyword.charCodeAt(i) | 0x20;
    const offset = rarestGram(keyword);
    const length = (keyword.length | (keyword.includes('*') ? ASTERISK : 0)) >>> 0;
    for (const gram of gramsAt(memory, text + offset, keyword.length - offset)) {
      const hash = Math.imul(gram, HASH) >>> 0;
      words[(address + ((hash >>> 17) & 0x7ffc)) >> 2] |= (1 << (hash >>> 14)) | (1 << (hash >>> 9));
      const head = (address + HEADS + (hash >>> 18) * 4) >> 2;
      const fields = [gram, words[head], text, length, offset, id];
      words.set(fields, entry >> 2);
      words[head] = entry;
      entry += ENTRY_SIZE;
    }
    text += keyword.length;
  });
}

/** The gram at `at`; for a keyword of three bytes every gram that it can begin, folded. */
function gramsAt(memory: Uint8Array, at: number, length: number): number[] {
  const low = memory[at] | (memory[at + 1] << 8) | (memory[at + 2] << 16);
  if (length >= 4) return [(low | (memory[at + 3] << 24)) >>> 0];
  const grams: number[] = [];
  for (let last = 0; last < 256; last++) if (last & 0x20) grams.push((low | (last << 24)) >>> 0);
  return grams;
}

/** Offset of the four bytes that are least likely in source text: none that is known as common if there is a choice, else the rarest. */
export function rarestGram(keyword: string): number {
  commonness ??= new Map(
    Array.from({ length: COMMON_GRAMS.length / 4 }, (_, i) => [COMMON_GRAMS.slice(i * 4, i * 4 + 4), i]),
  );
  const folded = foldText(keyword);
  let best = 0;
  let bestScore = -1;
  for (let offset = 0; offset + 4 <= keyword.length; offset++) {
    const rank = commonness.get(folded.slice(offset, offset + 4));
    let score = rank;
    if (score === undefined) {
      score = COMMON_GRAMS.length;
      for (let i = offset; i < offset + 4; i++) score += RARITY[keyword.charCodeAt(i)];
    }
    if (score > bestScore) {
      best = offset;
      bestScore = score;
    }
  }
  return best;
}

/** Rank of each common gram, 0 for the commonest. */
let commonness: Map<string, number> | undefined;

function foldText(text: string): string {
  let folded = '';
  for (let i = 0; i < text.length; i++) folded += String.fromCharCode(text.charCodeAt(i) | 0x20);
  return folded;
}
