import { basename, dirname, resolve } from 'node:path';
import { UserError } from '../../model/errors.ts';
import type { Config } from '../config.ts';
import { readText } from '../read-text.ts';
import { translateGitleaks } from './gitleaks.ts';

/** Bytes. */
const MAX_SIZE = 2 ** 20;

/**
 * Adds a `.gitleaks.toml`, as it is, to a configuration. What it cannot take over goes to `config.warnings`.
 * @throws {UserError} when it cannot be read
 */
export async function addGitleaksConfig(config: Config, path: string, above: string[] = []): Promise<void> {
  const name = basename(path);
  if (above.includes(path)) throw new UserError(`${path}: it extends itself: break the circle`);
  const text = await readText(path, path, MAX_SIZE);
  if (text === undefined) throw new UserError(`${path}: no such file`);
  const translation = translateGitleaks(text, name);
  if (translation.extends) {
    await addGitleaksConfig(config, resolve(dirname(path), translation.extends), [...above, path]);
  }
  config.files.unshift(path);
  for (const [index, rule] of translation.rules.entries()) {
    const place = `${name}:${translation.ruleLines[index]}`;
    config.origins[`rules[${config.rules.length}]`] = place;
    config.rules.push({
      name: `${place} (rule ${rule.id})`,
      text: JSON.stringify({ vendor: 'own', rules: [rule] }),
    });
  }
  for (const rule of translation.allow) {
    config.origins[`allow[${config.allow.length}]`] = rule.origin;
    config.allow.push(rule);
  }
  for (const { id, line } of translation.rulesOff) {
    config.origins[`rules-off[${config.rulesOff.length}]`] = `${name}:${line}`;
    config.rulesOff.push(id);
  }
  config.warnings.push(
    ...translation.notes
      .filter(({ kind }) => kind === 'lost')
      .map(({ line, text }) => `${name}:${line}: not read: ${text}`),
  );
}
