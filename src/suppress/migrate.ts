import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { Document } from 'yaml';
import { UserError } from '../model/errors.ts';
import type { RuleSource } from '../rules/schema.ts';
import type { AllowRule } from './config.ts';
import { readAcceptedList } from './foreign/accepted-lists.ts';
import { translateGitleaks } from './foreign/gitleaks.ts';
import { whyUnreadable } from './why-unreadable.ts';

/** Files of other tools that are looked for. */
export const FOREIGN_FILES = [
  '.gitleaks.toml',
  'gitleaks.toml',
  '.betterleaks.toml',
  'betterleaks.toml',
  '.gitleaksignore',
  '.betterleaksignore',
  '.secrets.baseline',
] as const;

export const MIGRATED_RULES_FILE = 'unleak-rules.yaml';

export interface Migration {
  /** The text of `unleak.yaml`. */
  config: string;
  /** The text of the rule file, when there are rules. */
  rules?: string;
  /** How much was carried over. */
  counts: { rules: number; allowances: number; accepted: number };
  /** `file:line: what`, for everything that was not carried over, and for what means not quite the same. */
  lost: string[];
  changed: string[];
}

/**
 * Native files that say what other tools' files say.
 * @param paths the files, relative to the folder that the new ones are for
 * @param knownRules ids of the built-in rules
 * @throws {UserError} when one cannot be read
 */
export async function migrate(
  folder: string,
  paths: string[],
  knownRules: readonly string[],
): Promise<Migration> {
  const rules: RuleSource[] = [];
  const allow: AllowRule[] = [];
  const rulesOff: string[] = [];
  const lists: string[] = [];
  const tools = new Set<string>();
  const result: Migration = {
    config: '',
    counts: { rules: 0, allowances: 0, accepted: 0 },
    lost: [],
    changed: [],
  };
  const known = new Set(knownRules);
  for (const path of paths) await add(path);
  rules.splice(0, rules.length, ...withoutTwins(rules, known, result.changed));
  const own = new Set(rules.map(({ id }) => id));
  const carried = allow.filter(({ rule, origin }) => {
    if (rule === undefined || own.has(rule) || known.has(rule)) return true;
    result.lost.push(`${origin}: its allowance for rule ${rule}: no rule is called so here`);
    return false;
  });
  result.counts = { ...result.counts, rules: rules.length, allowances: carried.length };
  result.config = renderConfig(paths, rules.length > 0, carried, rulesOff, [...tools].sort(), lists);
  if (rules.length > 0) result.rules = renderRules(paths, rules);
  return result;

  async function add(path: string): Promise<void> {
    const name = basename(path);
    if (!name.endsWith('.toml')) {
      const list = await readAcceptedList(`${folder}/${path}`);
      lists.push(path);
      tools.add(
        name.includes('gitleaks')
          ? 'gitleaks'
          : name.includes('betterleaks')
            ? 'betterleaks'
            : 'detect-secrets',
      );
      result.counts.accepted += list.size;
      result.lost.push(...list.warnings);
      return;
    }
    tools.add(name.includes('betterleaks') ? 'betterleaks' : 'gitleaks');
    const text = await readFile(`${folder}/${path}`, 'utf8').catch((error: Error) => {
      throw new UserError(`${path}: ${whyUnreadable(error)}`);
    });
    const translation = translateGitleaks(text, path);
    rules.push(...translation.rules);
    allow.push(...translation.allow);
    for (const { line, kind, text } of translation.notes) result[kind].push(`${path}:${line}: ${text}`);
    for (const { id, line } of translation.rulesOff) {
      if (known.has(id)) rulesOff.push(id);
      else result.lost.push(`${path}:${line}: its disabled rule ${id}: no rule is called so here`);
    }
    if (translation.extends) await add(translation.extends);
  }
}

/** An id is used once; one that a built-in rule has too would clash with it. */
function withoutTwins(rules: RuleSource[], known: Set<string>, changed: string[]): RuleSource[] {
  const taken = new Set(known);
  return rules.map((rule) => {
    let { id } = rule;
    for (let n = 1; taken.has(id); n++) id = n === 1 ? `own-${rule.id}` : `own-${rule.id}-${n}`;
    if (id !== rule.id) changed.push(`rule ${rule.id}: it is called ${id}, as another rule has its name`);
    taken.add(id);
    return { ...rule, id };
  });
}

function renderConfig(
  from: string[],
  hasRules: boolean,
  allow: AllowRule[],
  rulesOff: string[],
  tools: string[],
  lists: string[],
): string {
  const document = new Document({
    ...(hasRules && { rules: [MIGRATED_RULES_FILE] }),
    ...(rulesOff.length > 0 && { 'rules-off': rulesOff }),
    ...(allow.length > 0 && { allow: allow.map(toNative) }),
    ...(tools.length > 0 && { 'read-foreign-tags': tools }),
    ...(lists.length > 0 && { 'read-foreign-baselines': lists }),
  });
  document.commentBefore = ` Carried over from ${from.join(', ')} by unleak migrate. Keys: docs/configuration.md`;
  return document.toString({ lineWidth: 0 });
}

function toNative({
  rule,
  path,
  pathPattern,
  linePattern,
  secretPattern,
  commit,
  fingerprint,
  reason,
}: AllowRule) {
  return {
    rule,
    path,
    'path-pattern': pathPattern,
    'line-pattern': linePattern,
    'secret-pattern': secretPattern,
    commit,
    fingerprint,
    reason,
  };
}

function renderRules(from: string[], rules: RuleSource[]): string {
  const document = new Document({ vendor: 'own', rules });
  document.commentBefore = ` Rules carried over from ${from.join(', ')} by unleak migrate. Give each a loud and a quiet example, and try them with unleak rules check.`;
  return document.toString({ lineWidth: 0 });
}
