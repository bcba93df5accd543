import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ScanMemory } from '../../src/engine/scan-memory.ts';

/** Every place where a keyword stands in a line, whatever its case: what the tables must give. */
function findNaively(text: string, keywords: string[]): string[] {
  const folded = fold(text);
  return keywords.flatMap((keyword) => {
    const places: string[] = [];
    for (let at = folded.indexOf(fold(keyword)); at >= 0; at = folded.indexOf(fold(keyword), at + 1))
      if (!text.slice(at, at + keyword.length).includes('\n')) places.push(`${at} ${keyword}`);
    return places;
  });
}

/** The fold of the tables: bit 5 set, which joins more than the two cases of letters. */
function fold(text: string): string {
  return [...text].map((c) => String.fromCharCode(c.charCodeAt(0) | 0x20)).join('');
}

function find(text: string, keywords: string[], capacity = 65536): string[] {
  const memory = new ScanMemory(keywords);
  const { exports, tables, results, texts } = memory;
  const bytes = Buffer.from(text, 'latin1');
  memory.reserve(texts + bytes.length);
  memory.core.bytes.set(bytes, texts);
  const found: string[] = [];
  for (let at = texts; at < texts + bytes.length; at = exports.stopped.value >>> 0) {
    const count = exports.findKeywords(texts, at, texts + bytes.length, tables, results, capacity);
    const hits = memory.words(results, count * 2);
    for (let i = 0; i < hits.length; i += 2) found.push(`${hits[i] - texts} ${keywords[hits[i + 1]]}`);
  }
  return found;
}

const alphabet = fc.constantFrom(...'abAB_-k0=: *\n');
const keyword = fc
  .string({ unit: fc.constantFrom(...'abAB_-k0=: *'), minLength: 3, maxLength: 9 })
  .map((k) => k.toLowerCase());

describe('the keyword tables find', () => {
  it('what a naive search finds, in any text', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: alphabet, maxLength: 300 }),
        fc.uniqueArray(keyword, { minLength: 1, maxLength: 30, selector: fold }),
        (text, keywords) => {
          expect(find(text, keywords).sort()).toEqual(findNaively(text, keywords).sort());
        },
      ),
      { numRuns: 300 },
    );
  });

  it('a keyword at the first byte, at the last byte, and beside others', () => {
    expect(find('ghp_ghp_xghp_', ['ghp_']).sort()).toEqual(['0 ghp_', '4 ghp_', '9 ghp_']);
    expect(find('sk-', ['sk-'])).toEqual(['0 sk-']);
    expect(find('gh', ['ghp_'])).toEqual([]);
  });

  it('everything in a text with more hits than one call returns', () => {
    const text = 'akia'.repeat(5000);
    expect(find(text, ['akia'], 1024)).toHaveLength(5000);
  });
});
