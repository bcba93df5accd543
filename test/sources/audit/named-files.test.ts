import { describe, expect, it } from 'vitest';
import { builtInRules } from '../../../src/rules/catalogue.ts';
import type { Rule } from '../../../src/rules/rule.ts';
import { createFolderTest, createNameTest, splitByNeed } from '../../../src/sources/audit/named-files.ts';

const [model] = builtInRules();
const forPaths = (...paths: string[]): Rule => ({ ...model, paths });

describe('a rule waits for names', () => {
  it.each([
    ['**/.netrc', '.netrc', true],
    ['**/config/credentials/*.key', 'production.key', true],
    ['**/secrets.{yml,yaml}', 'SECRETS.yaml', true],
    ['**/secrets.{yml,yaml}', 'secrets.json', false],
    ['**/.env.*', '.env.local', true],
  ])('%s, of which %s is one: %s', (path, name, isOne) => {
    const rule = forPaths(path);
    expect(splitByNeed([rule])).toEqual({ anywhere: [], named: [rule] });
    expect(createNameTest([rule])!(name)).toBe(isOne);
  });

  it('for those of folders when a glob names all that a folder holds', () => {
    const rule = forPaths('**/group_vars/**', '**/.env');
    expect(splitByNeed([rule]).named).toEqual([rule]);
    expect(createFolderTest([rule])('group_vars')).toBe(true);
    expect(createFolderTest([rule])('vars')).toBe(false);
    expect(createNameTest([rule])!('main.yml')).toBe(false);
  });
});

it.each([['src/**'], ['**'], ['**/*'], ['{a/b,c/d}'], ['deploy/**/x/*']])(
  'a rule for %s does not wait: names tell nothing of it',
  (path) => {
    const rule = forPaths(path);
    expect(splitByNeed([rule])).toEqual({ anywhere: [rule], named: [] });
  },
);
