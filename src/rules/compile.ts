import { loadRules, type RuleText } from './load.ts';
import type { Catalogue } from './rule.ts';

/** What the build calls: the catalogue as data, ready to be written into the bundle. */
export function compileCatalogue(files: RuleText[]): Catalogue {
  return loadRules(files);
}
