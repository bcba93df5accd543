import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import glob from 'fast-glob';
import { UserError } from '../model/errors.ts';
import type { RuleText } from '../rules/load.ts';
import type { ConfigFile } from './config-file.ts';

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
    if (typeof rule !== 'string') {
      const { vendor = 'own', ...rest } = rule;
      texts.push({
        name: `${place} (rule ${rest.id ?? index + 1})`,
        text: JSON.stringify({ vendor, rules: [rest] }),
      });
      continue;
    }
    const names = (await glob(rule, { cwd: folder, dot: true, onlyFiles: true })).sort();
    if (names.length === 0) throw new UserError(`${place}: no file matches ${rule} in ${folder}`);
    for (const name of names) texts.push({ name, text: await readFile(`${folder}/${name}`, 'utf8') });
  }
  return texts;
}
