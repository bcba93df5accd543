// Counts the letters of build/words/, three in a row, into src/engine/checks/letters-table.ts. Run it after a change of the words.
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const read = (name) =>
  readFileSync(join(root, 'build/words', name), 'utf8')
    .split(/\s+/)
    .filter(Boolean);
/** Words of programming count more than one word of a dictionary: they are what values are made of. */
const WEIGHT = 12;

const counts = new Float64Array(26 ** 3);
const pairs = new Float64Array(26 ** 2);
for (const [words, weight] of [
  [read('american-english.txt'), 1],
  [read('identifiers.txt'), WEIGHT],
]) {
  for (const word of words) {
    for (let i = 2; i < word.length; i++) {
      const [a, b, c] = [i - 2, i - 1, i].map((at) => word.charCodeAt(at) - 97);
      counts[(a * 26 + b) * 26 + c] += weight;
      pairs[a * 26 + b] += weight;
    }
  }
}
// How much likelier the third letter is in words than at random, in bits from -4 to +3.5, half a bit a step, four bits each.
const cells = Buffer.alloc(counts.length / 2);
counts.forEach((count, i) => {
  const likelihood = (count + 0.5) / (pairs[Math.floor(i / 26)] + 13);
  const bits = Math.log2(likelihood * 26);
  const step = Math.max(0, Math.min(15, Math.round((bits + 4) * 2)));
  cells[i >> 1] |= step << ((i & 1) * 4);
});
const source = `/** Made by build/letters.mjs of the words in build/words/, whose licence stands there. */
export const LETTERS =
  '${cells.toString('base64')}';
`;
writeFileSync(join(root, 'src/engine/checks/letters-table.ts'), source);
