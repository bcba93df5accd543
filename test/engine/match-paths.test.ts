import fc from 'fast-check';
import picomatch from 'picomatch';
import { expect, test } from 'vitest';
import { matchPaths } from '../../src/engine/match-paths.ts';
import { builtInRules } from '../../src/rules/catalogue.ts';

const globs = [...new Set(builtInRules().flatMap((rule) => rule.paths ?? []))];

/** Paths that globs of the rules nearly name: their own words, joined and bent. */
const words = [...new Set(globs.flatMap((glob) => glob.split(/[/*{},]+/)).filter(Boolean))];
const name = fc.oneof(
  fc.constantFrom(...words),
  fc
    .tuple(fc.constantFrom('', 'a', '.', 'x-'), fc.constantFrom(...words), fc.constantFrom('', 'b', '.bak'))
    .map((p) => p.join('')),
  fc.constantFrom(...words).map((word) => word.toUpperCase()),
);
// picomatch takes no path with . or .. for one below **, which a scan of ../folder needs.
const path = fc
  .array(
    name.filter((n) => !/^\.\.?$/.test(n)),
    { minLength: 1, maxLength: 4 },
  )
  .map((names) => names.join('/'));

test('rules look at the paths that picomatch finds their globs to name', () => {
  const theirs = globs.map((glob) => picomatch(glob, { dot: true, nocase: true }));
  const ours = globs.map((glob) => matchPaths([glob]));
  fc.assert(
    fc.property(path, (path) => {
      for (const i of globs.keys()) expect(ours[i](path), `${globs[i]} of ${path}`).toBe(theirs[i](path));
    }),
    { numRuns: 500 },
  );
});

test.each([
  [['**/*.p{12,fx}'], 'keys/A.PFX', true],
  [['**/*.p{12,fx}'], 'keys/a.p13', false],
  [['**/a.b'], 'axb', false],
  [['**/{a,b}.{c,d}'], 'x/b.D', true],
  [['**/{a,b}.{c,d}'], 'x/b.cd', false],
  [['conf/**'], 'conf/x/y', true],
  [['conf/**'], 'my/conf/x', false],
  [['**/*.key'], '../a/b.key', true],
  // More than the usual kind is left to picomatch.
  [['**/[ab].key', '!**/c'], 'x/b.key', true],
  [['src/**/*.key'], 'src/a/b/c.key', true],
  [['src/**/*.key'], 'src/c.key', true],
])('%j on %s: %s', (globs, path, expected) => {
  expect(matchPaths(globs)(path)).toBe(expected);
});
