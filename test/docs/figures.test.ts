import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { builtInDetails, builtInNames, builtInRules } from '../../src/rules/catalogue.ts';

const rules = builtInRules().length;
const vendors = new Set(
  builtInDetails()
    .slice(0, rules)
    .map(({ vendor }) => vendor),
).size;

/** Rounded down, so that a rule more does not make a page wrong. */
const rounded = (figure: number, to: number) => (Math.floor(figure / to) * to).toLocaleString('en-US');

test.each(['README.md', 'CHANGELOG.md'])('%s says how many rules, vendors and services there are', (page) => {
  const text = readFileSync(page, 'utf8').replace(/\s+/g, ' ');
  expect(text).toContain(`${rounded(rules, 100)} rules of ${rounded(vendors, 10)} vendors`);
  expect(text).toMatch(new RegExp(`${rounded(builtInNames().length, 100)} (more )?services`));
});
