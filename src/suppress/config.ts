import { dirname, resolve } from 'node:path';
import { UserError } from '../model/errors.ts';
import type { Confidence, Severity } from '../model/finding.ts';
import { nearest } from '../model/nearest.ts';
import type { RuleText } from '../rules/load.ts';
import { FOREIGN_TOOLS, type ForeignTool } from './allow-comments.ts';
import { type ConfigFile, findConfigFile, readConfigFile } from './config-file.ts';
import { refuseContradictions } from './contradictions.ts';
import { parseSize } from './parse-size.ts';

/** The effective configuration: all files merged, paths absolute. */
export interface Config {
  /** The folder that globs are relative to: that of the configuration found or given, else the current one. Absolute. */
  base: string;
  /** The files it came from, the strongest first. */
  files: string[];
  /** Given by `--config`, so its user's own; false for one that was found in what is scanned, whose author may be anyone. */
  trusted: boolean;
  minConfidence?: Confidence;
  /** Bytes. */
  maxFileSize?: number;
  exclude: string[];
  /** Own rules, for `loadRules`. */
  rules: RuleText[];
  rulesOff: string[];
  severity: Record<string, Severity>;
  paths: PathSettings[];
  allow: AllowRule[];
  /** Absolute. */
  baseline?: string;
  foreignTools: ForeignTool[];
  /** Absolute. */
  foreignBaselines: string[];
  verify: VerifySettings;
  /** What other tools' files hold that could not be taken over, for standard error. */
  warnings: string[];
  /** Key (such as `min-confidence`, `exclude[0]`) to the `file:line` it came from. */
  origins: Record<string, string>;
}

export interface VerifySettings {
  allowHosts: string[];
  allowAccounts: string[];
  denyAccounts: string[];
  /** Accounts of bait keys, besides the known ones. */
  canaryAccounts: string[];
}

export interface PathSettings {
  match: string[];
  rulesOff: string[];
  severity: Record<string, Severity>;
  minConfidence?: Confidence;
  exclude: boolean;
}

/** Findings for which everything that is given holds are allowed. */
export interface AllowRule {
  rule?: string;
  path?: string;
  /** JavaScript source, as the next two. */
  pathPattern?: string;
  secretPattern?: string;
  /** Judged while the text is at hand: see allow-places.ts. */
  linePattern?: string;
  /** Its beginning. */
  commit?: string;
  fingerprint?: string;
  reason: string;
  /** `file:line`. */
  origin: string;
}

export interface LoadConfigOptions {
  cwd: string;
  /** `--config`: this file, and none is looked for. */
  file?: string;
  /** `--no-repo-config`: none is looked for. */
  ignoreRepository?: boolean;
}

/** @throws {UserError} naming file, line and mend of the first mistake */
export async function loadConfig({ cwd, file, ignoreRepository }: LoadConfigOptions): Promise<Config> {
  const path = file ? resolve(cwd, file) : ignoreRepository ? undefined : await findConfigFile(cwd);
  const config = emptyConfig(path ? dirname(path) : resolve(cwd), file !== undefined);
  if (path) await addFile(config, path, cwd, []);
  return config;
}

/** What holds when nothing is configured. */
export function emptyConfig(base: string, trusted = true): Config {
  return {
    base,
    files: [],
    trusted,
    exclude: [],
    rules: [],
    rulesOff: [],
    severity: {},
    paths: [],
    allow: [],
    foreignTools: [],
    foreignBaselines: [],
    verify: { allowHosts: [], allowAccounts: [], denyAccounts: [], canaryAccounts: [] },
    warnings: [],
    origins: {},
  };
}

/** @throws {UserError} naming the place of a rule id that no rule has, and the nearest that one has */
export function checkRuleIds(config: Config, ids: readonly string[]): void {
  const known = new Set(ids);
  const named: [id: string, key: string][] = [
    ...config.rulesOff.map((id, i): [string, string] => [id, `rules-off[${i}]`]),
    ...Object.keys(config.severity).map((id): [string, string] => [id, `severity.${id}`]),
    ...config.paths.flatMap((settings, i) =>
      [...settings.rulesOff, ...Object.keys(settings.severity)].map((id): [string, string] => [
        id,
        `paths[${i}]`,
      ]),
    ),
    ...config.allow.flatMap(({ rule }, i): [string, string][] => (rule ? [[rule, `allow[${i}]`]] : [])),
  ];
  for (const [id, key] of named) {
    // Ids of another tool's file need not exist here.
    if (known.has(id) || /\.toml:\d+$/.test(config.origins[key] ?? '')) continue;
    const hint = nearest(id, ids);
    const mend = hint ? `did you mean ${hint}?` : 'unleak rules list shows all';
    throw new UserError(`${config.origins[key] ?? key}: no rule is called ${id}: ${mend}`);
  }
}

async function addFile(config: Config, path: string, cwd: string, above: string[]): Promise<void> {
  if (above.includes(path)) {
    throw new UserError(
      `${[...above, path].join(' extends ')}: the files extend each other in a circle: break it`,
    );
  }
  if (path.endsWith('.toml')) {
    const { addGitleaksConfig } = await import('./foreign/gitleaks-config.ts');
    await addGitleaksConfig(config, path);
    return;
  }
  const file = await readConfigFile(path, cwd);
  refuseContradictions(file);
  const parents = file.data.extends === undefined ? [] : [file.data.extends].flat();
  for (const parent of parents) await addFile(config, resolve(dirname(path), parent), cwd, [...above, path]);
  config.files.unshift(path);
  await addData(config, file);
}

/** Single values replace, lists grow. */
async function addData(config: Config, file: ConfigFile): Promise<void> {
  const { data, place } = file;
  const folder = dirname(file.path);
  const { origins } = config;
  const append = <T>(list: T[], key: string, added: readonly T[] = []) => {
    added.forEach((_, index) => {
      origins[`${key}[${list.length + index}]`] = place([...key.split('.'), index]);
    });
    list.push(...added);
  };
  const set = (key: keyof typeof data, apply: () => void) => {
    if (data[key] === undefined) return;
    origins[key] = place([key]);
    apply();
  };
  set('min-confidence', () => (config.minConfidence = data['min-confidence']));
  set('max-file-size', () => (config.maxFileSize = parseSize(data['max-file-size']!)));
  set('baseline', () => (config.baseline = resolve(folder, data.baseline!)));
  set('read-foreign-tags', () => (config.foreignTools = toolsOf(data['read-foreign-tags']!)));
  append(config.exclude, 'exclude', data.exclude);
  append(config.rulesOff, 'rules-off', data['rules-off']);
  append(
    config.foreignBaselines,
    'read-foreign-baselines',
    data['read-foreign-baselines']?.map((p) => resolve(folder, p)),
  );
  for (const [id, severity] of Object.entries(data.severity ?? {})) {
    config.severity[id] = severity;
    origins[`severity.${id}`] = place(['severity', id]);
  }
  append(
    config.paths,
    'paths',
    data.paths?.map((settings) => ({
      match: settings.match,
      rulesOff: settings['rules-off'] ?? [],
      severity: settings.severity ?? {},
      minConfidence: settings['min-confidence'],
      exclude: settings.exclude ?? false,
    })),
  );
  append(
    config.allow,
    'allow',
    data.allow?.map(({ rule, path, commit, fingerprint, reason, ...patterns }, index) => ({
      rule,
      path,
      commit,
      fingerprint,
      reason,
      pathPattern: patterns['path-pattern'],
      secretPattern: patterns['secret-pattern'],
      linePattern: patterns['line-pattern'],
      origin: place(['allow', index]),
    })),
  );
  append(config.verify.allowHosts, 'verify.allow-hosts', data.verify?.['allow-hosts']);
  append(config.verify.allowAccounts, 'verify.allow-accounts', data.verify?.['allow-accounts']);
  append(config.verify.denyAccounts, 'verify.deny-accounts', data.verify?.['deny-accounts']);
  append(config.verify.canaryAccounts, 'verify.canary-accounts', data.verify?.['canary-accounts']);
  const { readOwnRules } = await import('./own-rules.ts');
  append(config.rules, 'rules', await readOwnRules(data.rules ?? [], file));
}

function toolsOf(setting: boolean | ForeignTool[]): ForeignTool[] {
  if (Array.isArray(setting)) return setting;
  return setting ? [...FOREIGN_TOOLS] : [];
}
