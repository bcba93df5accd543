import { parse, TomlError } from 'smol-toml';
import { UserError } from '../../model/errors.ts';
import type { RuleSource } from '../../rules/schema.ts';
import type { AllowRule } from '../config.ts';
import { translateAllowlist } from './gitleaks-allowlist.ts';
import { translateRule } from './gitleaks-rule.ts';
import { type GitleaksFile, gitleaksFile, KNOWN } from './gitleaks-schema.ts';
import { locateToml } from './toml-lines.ts';

/** Something of a foreign file that is not carried over, or not exactly. */
export interface Note {
  /** From 1. */
  line: number;
  /** `lost`: it has no effect here; `changed`: it means nearly the same. */
  kind: 'lost' | 'changed';
  text: string;
}

/** A foreign configuration in native terms. */
export interface Translation {
  rules: RuleSource[];
  /** The line of each rule. */
  ruleLines: number[];
  allow: AllowRule[];
  /** Ids of built-in rules that it turns off, with their lines. */
  rulesOff: { id: string; line: number }[];
  /** A file that it extends, relative to it. */
  extends?: string;
  notes: Note[];
}

/**
 * Reads a `.gitleaks.toml` or the subset of a `.betterleaks.toml` that is the same.
 * @param name how messages call the file
 * @throws {UserError} when it is no TOML or no such configuration
 */
export function translateGitleaks(text: string, name: string): Translation {
  const data = parseFile(text, name);
  const lineOf = locateToml(text);
  const result: Translation = { rules: [], ruleLines: [], allow: [], rulesOff: [], notes: [] };
  const note = (path: string, kind: Note['kind'], text: string) =>
    result.notes.push({ line: lineOf(path), kind, text });
  const unknown = (path: string, table: object, known: string[]) => {
    for (const key of Object.keys(table)) {
      if (!known.includes(key)) note(path ? `${path}.${key}` : key, 'lost', `${key}: not supported`);
    }
  };
  unknown('', data, KNOWN.file);
  unknown('extend', data.extend ?? {}, KNOWN.extend);
  result.extends = data.extend?.path;
  if (data.rules?.length && !data.extend?.useDefault && !data.extend?.path) {
    note(
      'rules[0]',
      'changed',
      "the built-in rules run beside the file's own; to turn one off, name it under rules-off",
    );
  }
  for (const id of data.extend?.disabledRules ?? []) {
    result.rulesOff.push({ id, line: lineOf('extend.disabledRules') });
  }
  data.rules?.forEach((rule, index) => {
    const path = `rules[${index}]`;
    const line = lineOf(path);
    unknown(path, rule, KNOWN.rule);
    try {
      const others = data.rules ?? [];
      const translated = translateRule(rule, others, (text) =>
        note(`${path}.regex`, 'changed', `rule ${rule.id}: ${text}`),
      );
      if (translated) {
        result.rules.push(translated);
        result.ruleLines.push(line);
      }
    } catch (error) {
      note(`${path}.regex`, 'lost', `rule ${rule.id}: ${(error as Error).message}`);
    }
    for (const [key, list] of allowlistsOf(rule, path)) {
      unknown(key, list, KNOWN.allowlist);
      result.allow.push(...translateAllowlist(list, [rule.id], at(key), `${name}:${lineOf(key)}`));
    }
  });
  for (const [key, list] of allowlistsOf(data, '')) {
    unknown(key, list, KNOWN.allowlist);
    result.allow.push(...translateAllowlist(list, list.targetRules ?? [], at(key), `${name}:${lineOf(key)}`));
  }
  return result;

  function at(path: string) {
    return (key: string, kind: Note['kind'], text: string) => note(`${path}.${key}`, kind, text);
  }
}

function parseFile(text: string, name: string): GitleaksFile {
  let value: unknown;
  try {
    value = parse(text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    throw new UserError(`${name}:${error.line}: ${error.message.split('\n')[0]}`);
  }
  const parsed = gitleaksFile.safeParse(value);
  if (parsed.success) return parsed.data;
  const { path, message } = parsed.error.issues[0];
  const where = path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .slice(1);
  throw new UserError(
    `${name}:${locateToml(text)(where)}: ${where}: ${message.replace(/^Invalid input: /, '')}`,
  );
}

function allowlistsOf<T>(
  { allowlist, allowlists }: { allowlist?: T; allowlists?: T | T[] },
  path: string,
): [string, T][] {
  const key = (name: string) => (path ? `${path}.${name}` : name);
  const many = allowlists === undefined ? [] : Array.isArray(allowlists) ? allowlists : [allowlists];
  return [
    ...(allowlist ? [[key('allowlist'), allowlist] as [string, T]] : []),
    ...many.map((one, i): [string, T] => [
      key(Array.isArray(allowlists) ? `allowlists[${i}]` : 'allowlists'),
      one,
    ]),
  ];
}
