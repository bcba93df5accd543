import fc from 'fast-check';
import { expect, it } from 'vitest';
import { BlobScanner } from '../../src/engine/blob-scanner.ts';
import type { Match } from '../../src/engine/match.ts';
import { countBetween, MatchIndex } from '../../src/engine/pairing/match-index.ts';
import { pairMatches } from '../../src/engine/pairing/pair-matches.ts';
import { Scanner } from '../../src/engine/scanner.ts';
import { builtInRules } from '../../src/rules/catalogue.ts';
import { expandTemplate } from '../../src/rules/templates.ts';

const spans = fc.array(
  fc.record({ rule: fc.constantFrom('a', 'b'), part: fc.boolean(), start: fc.nat(60), length: fc.nat(20) }),
  { maxLength: 30 },
);

it('the index finds what a look at every match finds', () => {
  fc.assert(
    fc.property(spans, fc.nat(60), fc.nat(30), fc.boolean(), (list, from, length, part) => {
      const matches = list.map(
        (span) =>
          ({
            rule: { id: span.rule },
            ...(span.part && { part: true }),
            start: span.start,
            end: span.start + span.length,
          }) as Match,
      );
      const to = from + length;
      const expected = matches.filter(
        (m) => m.rule.id === 'a' && (m.part ?? false) === part && m.start < to && m.end > from,
      );
      const found = new MatchIndex(matches).touching('a', from, to, part);
      expect(new Set(found)).toEqual(new Set(expected));
      expect(found).toHaveLength(expected.length);
      const starts = matches.map(({ start }) => start).sort((a, b) => a - b);
      expect(countBetween(starts, from, to)).toBe(starts.filter((s) => s >= from && s < to).length);
    }),
  );
});

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
  expect(looks / rows.length).toBeLessThan(60);
});
