/** The tables of `src/wasm/assembly/keywords.ts`, which describes their layout. */

const HASH = 0x9e3779b1;
const HEADS = 32768;
const ENTRIES = HEADS + 4096 * 4;
const ENTRY_SIZE = 24;

/** Bytes from commonest to rarest in source text (measured on 39 MB of several languages, letters folded); what is missing is rarer still. */
const COMMON = ' etaoirnsldcpumfhg\n_b."y,:(-)k=vw/x\'0{}1>#2j<q;z@[]3*5845679&`|$!+?\\%^~';

/** @returns bytes that the tables of these keywords take */
export function keywordTableSize(keywords: string[]): number {
  return (
    ENTRIES + keywords.reduce((sum, k) => sum + (k.length < 4 ? 128 : 1) * ENTRY_SIZE + k.length, 0) + 64
  );
}

/**
 * Writes the tables for `keywords` (ASCII, at least 3 bytes) at `address`, which must be aligned to 4 bytes.
 * A keyword's id is its index.
 */
export function writeKeywordTable(memory: Uint8Array, address: number, keywords: string[]): void {
  memory.fill(0, address, address + keywordTableSize(keywords));
  const view = new DataView(memory.buffer, memory.byteOffset);
  let entry = address + ENTRIES;
  let text = entry + keywords.reduce((sum, k) => sum + (k.length < 4 ? 128 : 1) * ENTRY_SIZE, 0);
  keywords.forEach((keyword, id) => {
    for (let i = 0; i < keyword.length; i++) memory[text + i] = keyword.charCodeAt(i) | 0x20;
    const offset = rarestGram(keyword);
    for (const gram of gramsAt(memory, text + offset, keyword.length - offset)) {
      const hash = Math.imul(gram, HASH) >>> 0;
      const word = address + ((hash >>> 17) & 0x7ffc);
      view.setUint32(word, view.getUint32(word, true) | (1 << ((hash >>> 14) & 31)), true);
      const head = address + HEADS + (hash >>> 20) * 4;
      const fields = [gram, view.getUint32(head, true), text, keyword.length, offset, id];
      for (const [i, field] of fields.entries()) view.setUint32(entry + i * 4, field >>> 0, true);
      view.setUint32(head, entry, true);
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

/** Offset of the four bytes that are least likely in source text. */
export function rarestGram(keyword: string): number {
  let best = 0;
  let bestScore = -1;
  for (let offset = 0; offset + 4 <= keyword.length; offset++) {
    let score = 0;
    for (const c of keyword.slice(offset, offset + 4).toLowerCase()) {
      const rank = COMMON.indexOf(c);
      score += Math.log(2 + (rank < 0 ? COMMON.length : rank));
    }
    if (score > bestScore) {
      best = offset;
      bestScore = score;
    }
  }
  return best;
}
