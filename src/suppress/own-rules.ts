import { dirname } from 'node:path';
import glob from 'fast-glob';
import { UserError } from '../model/errors.ts';
import type { RuleText } from '../rules/load.ts';
import type { ConfigFile } from './config-file.ts';
import { readText } from './read-text.ts';

/** A rule file has no business being larger, in bytes. */
const MAX_SIZE = 2 ** 20;

/**
 * The rule files that a configuration names, and the rules written in it, as texts for `loadRules(texts, { own: true })`.
 * @throws {UserError} when a pattern of files matches none
 */
export async function readOwnRules(
  rules: (string | Record<string, unknown>)[],
  file: ConfigFile,
): Promise<RuleText[]> {
  const texts: RuleText[] = [];
  const folder = dirname(file.path);
  for (const [index, rule] of rules.entries()) {
    const place = file.place(['rules', index]);
    const placeOf = ([, , ...keys]: (string | number)[]) => file.place(['rules', index, ...keys]);
    if (typeof rule !== 'string') {
      const { vendor = 'own', ...rest } = rule;
      texts.push({
        name: `${place} (rule ${rest.id ?? index + 1})`,
        placeOf,
        text: JSON.stringify({ vendor, rules: [rest] }),
      });
      continue;
    }
    const names = (await glob(rule, { cwd: folder, dot: true, onlyFiles: true })).sort();
    if (names.length === 0) throw new UserError(`${place}: no file matches ${rule} in ${folder}`);
    for (const name of names) {
      const text = await readText(`${folder}/${name}`, name, MAX_SIZE);
      if (text === undefined) throw new UserError(`${place}: ${name} in ${folder} is gone`);
      texts.push({ name, text });
    }
  }
  return texts;
}
