import { expect, it } from 'vitest';
import { BlobScanner } from '../../src/engine/blob-scanner.ts';
import { pairMatches } from '../../src/engine/pairing/pair-matches.ts';
import { Scanner } from '../../src/engine/scanner.ts';
import { builtInRules } from '../../src/rules/catalogue.ts';
import { expandTemplate } from '../../src/rules/templates.ts';

it('a list of two thousand keys pairs row by row, by no more looks at the text than the rows near by need', () => {
  const scanner = new BlobScanner(new Scanner(builtInRules()), { now: 0 });
  const rows = Array.from({ length: 2000 }, (_, i) => ({
    id: expandTemplate('{aws-id:AKIA}', i + 1),
    secret: expandTemplate('{aws-secret}', i + 1),
  }));
  const bytes = Buffer.from(rows.map(({ id, secret }, i) => `u${i},${id},${secret}`).join('\n'));
  const found = scanner.scanBytes('keys.csv', bytes);
  const wrong = found.filter(
    ({ pair, line }) => pair && (pair.id !== rows[line - 1].id || pair.secret !== rows[line - 1].secret),
  );
  expect(wrong).toEqual([]);
  expect(found.filter(({ pair }) => pair).length).toBeGreaterThan(1990);
  const { memory } = scanner.scanner;
  let looks = 0;
  pairMatches(scanner.scanner.scan(memory.texts, bytes.length, { path: 'keys.csv' }), (from, to) => {
    looks++;
    return bytes.toString('latin1', Math.max(0, from), Math.min(bytes.length, to));
  });
  expect(looks / rows.length).toBeLessThanOrEqual(24 * 3);
});
