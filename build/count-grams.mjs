// Counts how often the four-byte pieces of the catalogue's keywords stand in source text, and writes the common ones to
// src/engine/common-grams.ts: node build/count-grams.mjs FOLDER...
// Give several folders of different languages; each counts alike, whatever its size.
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
/** A gram that stands more often than this in a megabyte is worth avoiding. */
const LEAST = 15;
/** Text read of each folder, and of each of its files. */
const MOST_OF_FOLDER = 8e6;
const MOST_OF_FILE = 4e5;

const rules = JSON.parse(readFileSync(join(root, 'src/generated/rules.json'), 'utf8'));
const fold = (byte) => byte | 0x20;
const rates = new Map();
for (const keyword of rules.flatMap((rule) => rule.keywords)) {
  const bytes = Buffer.from(keyword).map(fold);
  for (let i = 0; i + 4 <= bytes.length; i++) rates.set(bytes.readUInt32LE(i), 0);
}

const folders = process.argv.slice(2);
if (folders.length === 0) throw new Error('name folders of source text');
for (const folder of folders) {
  const counts = new Map();
  let size = 0;
  for (const name of readdirSync(folder, { recursive: true })) {
    if (size > MOST_OF_FOLDER) break;
    const path = join(folder, name);
    if (!statSync(path, { throwIfNoEntry: false })?.isFile()) continue;
    const text = readFileSync(path).subarray(0, MOST_OF_FILE);
    if (text.subarray(0, 2000).includes(0)) continue;
    const bytes = text.map(fold);
    size += bytes.length;
    for (let i = 0; i + 4 <= bytes.length; i++) {
      const gram = bytes.readUInt32LE(i);
      if (rates.has(gram)) counts.set(gram, (counts.get(gram) ?? 0) + 1);
    }
  }
  for (const [gram, count] of counts) rates.set(gram, rates.get(gram) + (count / size) * 1e6);
}

const common = [...rates]
  .map(([gram, rate]) => ({ gram, rate: rate / folders.length }))
  .filter(({ rate }) => rate >= LEAST)
  .sort((a, b) => b.rate - a.rate || a.gram - b.gram);
const text = Buffer.alloc(common.length * 4);
for (const [i, { gram }] of common.entries()) text.writeUInt32LE(gram, i * 4);
writeFileSync(
  join(root, 'src/engine/common-grams.ts'),
  `/** Written by build/count-grams.mjs: pieces of keywords, four folded bytes each, that are common in source text, the commonest first. */
export const COMMON_GRAMS =\n  ${JSON.stringify(text.toString('latin1'))};\n`,
);
process.stdout.write(`${common.length} of ${rates.size} grams are common\n`);
