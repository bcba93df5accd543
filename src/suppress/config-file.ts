import { existsSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { UserError } from '../model/errors.ts';
import { nearest } from '../model/nearest.ts';
import type { ConfigData } from './config-schema.ts';
import { readText } from './read-text.ts';

/** Names that are looked for, in every folder from the current one up to the repository's root. */
export const CONFIG_FILES = ['unleak.yaml', '.unleak.yaml', 'unleak.config.json'] as const;

/** A configuration has no business being larger, in bytes. */
const MAX_SIZE = 1 << 20;
/** Nor a package.json, whose other keys are not read. */
const MAX_MANIFEST = 16 << 20;

export type KeyPath = (string | number)[];

export interface ConfigFile {
  /** Absolute. */
  path: string;
  /** As messages show it: relative to the current directory when it lies in it. */
  name: string;
  data: ConfigData;
  /** `name:line` of a key. */
  place(keys: KeyPath): string;
}

/**
 * The nearest configuration, from `cwd` up to the root of the repository, or in `cwd` alone outside of one.
 * @throws {UserError} when a folder holds two
 */
export async function findConfigFile(cwd: string): Promise<string | undefined> {
  const root = findRepositoryRoot(cwd) ?? cwd;
  for (let folder = resolve(cwd); ; folder = dirname(folder)) {
    const found = CONFIG_FILES.map((name) => join(folder, name)).filter((path) => existsSync(path));
    const manifest = join(folder, 'package.json');
    if (await hasOwnKey(manifest)) found.push(manifest);
    if (found.length > 1) {
      throw new UserError(`two configurations: ${found.join(' and ')}: keep one of them`);
    }
    if (found.length === 1) return found[0];
    if (folder === resolve(root) || folder === dirname(folder)) return undefined;
  }
}

/** The nearest folder above that holds `.git`. */
export function findRepositoryRoot(cwd: string): string | undefined {
  for (let folder = resolve(cwd); ; folder = dirname(folder)) {
    if (existsSync(join(folder, '.git'))) return folder;
    if (folder === dirname(folder)) return undefined;
  }
}

/** @throws {UserError} naming file, line, mistake and mend */
export async function readConfigFile(path: string, cwd: string): Promise<ConfigFile> {
  const inside = relative(cwd, path);
  const name = inside === '' || inside.startsWith('..') ? path : inside.replaceAll('\\', '/');
  const text = await readText(path, name, MAX_SIZE);
  if (text === undefined) throw new UserError(`${name}: no such file`);
  const isManifest = /(?:^|[\\/])package\.json$/.test(path);
  const prefix: KeyPath = isManifest ? ['unleak'] : [];
  const { parseYaml } = await import('./config-yaml.ts');
  const { value, lineOf, mistake } = parseYaml(text);
  if (mistake) throw new UserError(`${name}:${mistake.line}: ${mistake.message}`);
  const place = (keys: KeyPath) => `${name}:${lineOf([...prefix, ...keys])}`;
  const own = isManifest ? (value as { unleak?: unknown }).unleak : (value ?? {});
  const { configSchema, configJsonSchema } = await import('./config-schema.ts');
  const parsed = configSchema.safeParse(own);
  if (parsed.success) return { path, name, data: parsed.data, place };
  const issue = parsed.error.issues[0];
  const keys = issue.path as KeyPath;
  if (issue.code === 'unrecognized_keys') {
    const key = issue.keys[0];
    const hint = nearest(key, keysAt(configJsonSchema(), keys));
    throw new UserError(
      `${place([...keys, key])}: unknown key ${key}${hint ? `: did you mean ${hint}?` : ''}`,
    );
  }
  const where = keys
    .map((key) => (typeof key === 'number' ? `[${key + 1}]` : `.${key}`))
    .join('')
    .replace(/^\./, '');
  throw new UserError(`${place(keys)}: ${where ? `${where}: ` : ''}${explain(issue)}`);
}

async function hasOwnKey(manifest: string): Promise<boolean> {
  const text = await readText(manifest, manifest, MAX_MANIFEST).catch(() => undefined);
  if (!text?.includes('"unleak"')) return false;
  try {
    const value = JSON.parse(text);
    return typeof value === 'object' && value !== null && 'unleak' in value;
  } catch {
    // A broken package.json is npm's to complain about.
    return false;
  }
}

interface Issue {
  code?: string;
  message: string;
  values?: unknown[];
  errors?: Issue[][];
}

/** A zod message in words of the file: permitted values are listed, of a union the last (richest) form is explained. */
function explain(issue: Issue): string {
  if (issue.code === 'invalid_value' && issue.values) return `it takes one of ${issue.values.join(', ')}`;
  if (issue.code === 'invalid_union' && issue.errors?.length) {
    return [...new Set(issue.errors.map((errors) => explain(errors[0])))].join('; or ');
  }
  return issue.message.replace(/^Invalid input: /, '');
}

interface JsonSchema {
  properties?: Record<string, JsonSchema>;
  items?: JsonSchema;
  anyOf?: JsonSchema[];
}

/** The keys that are known at a place of the schema. */
function keysAt(schema: JsonSchema, [head, ...rest]: KeyPath): string[] {
  const forms = schema.anyOf ?? [schema];
  if (head === undefined) return forms.flatMap((form) => Object.keys(form.properties ?? {}));
  return forms.flatMap((form) => {
    const next = typeof head === 'number' ? form.items : form.properties?.[head];
    return next ? keysAt(next, rest) : [];
  });
}
