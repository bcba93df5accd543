import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { BlobScanner } from '../../src/engine/blob-scanner.ts';
import { Scanner } from '../../src/engine/scanner.ts';
import { checkCatalogue } from '../../src/rules/check-catalogue.ts';
import { GENERATORS } from '../../src/rules/generators.ts';
import { loadRules } from '../../src/rules/load.ts';
import type { Rule } from '../../src/rules/rule.ts';
import { ruleFile } from '../../src/rules/schema.ts';

const code = (page: string) =>
  [...page.matchAll(/^( *)```yaml\n([\s\S]*?)^ *```/gm)].map(([, indent, text]) =>
    text.replace(new RegExp(`^${indent}`, 'gm'), ''),
  );

test.each([
  ['CONTRIBUTING.md', 'acme-deploy-key'],
  ['docs/rules.md', 'github-personal-access-token'],
])('the worked example of %s is a rule that holds all that is asked of one', (page, id) => {
  const [text] = code(readFileSync(page, 'utf8'));
  const catalogue = loadRules([{ name: page, text }]);
  expect(catalogue.rules.map((rule) => rule.id)).toEqual([id]);
  const scanner = new BlobScanner(new Scanner(catalogue.rules), { now: Date.now() });
  const finds = ({ id }: Rule, content: string, path: string) =>
    scanner.scanBytes(path, Buffer.from(content)).some(({ rule }) => rule === id);
  expect(checkCatalogue(catalogue, { finds })).toEqual([]);
});

test('docs/rules.md has every key of a rule, and every generator', () => {
  const page = readFileSync('docs/rules.md', 'utf8');
  const keys = Object.keys(ruleFile.shape.rules.element.shape);
  expect(keys.filter((key) => !new RegExp(`\\b${key}\\b`).test(page))).toEqual([]);
  expect(Object.keys(GENERATORS).filter((name) => !page.includes(name))).toEqual([]);
});
