import { relative } from 'node:path';
import type { AllowRule, Config, PathSettings } from './config.ts';

/** The effective configuration, one setting a line, each with the place it came from. */
export function showConfig(config: Config, cwd: string): string {
  const lines: [setting: string, origin: string][] = [];
  const add = (key: string, value: string | number | undefined, origin = config.origins[key]) => {
    if (value !== undefined) lines.push([`${key.replace(/\[\d+\]$/, '')}: ${value}`, origin ?? 'default']);
  };
  const addList = <T>(key: string, list: readonly T[], render: (one: T) => string) => {
    for (const [index, one] of list.entries()) add(`${key}[${index}]`, render(one));
  };
  const inside = (path: string) => relative(cwd, path) || '.';
  add('min-confidence', config.minConfidence ?? 'low');
  add('max-file-size', config.maxFileSize);
  add('baseline', config.baseline ? inside(config.baseline) : '.unleak-baseline');
  if (config.foreignTools.length > 0) add('read-foreign-tags', config.foreignTools.join(', '));
  addList('read-foreign-baselines', config.foreignBaselines, inside);
  addList('exclude', config.exclude, String);
  addList('rules', config.rules, ({ name }) => name);
  addList('rules-off', config.rulesOff, String);
  for (const [rule, severity] of Object.entries(config.severity)) add(`severity.${rule}`, severity);
  addList('paths', config.paths, showPaths);
  addList('allow', config.allow, showAllow);
  addList('verify.allow-hosts', config.verify.allowHosts, String);
  addList('verify.allow-accounts', config.verify.allowAccounts, String);
  addList('verify.deny-accounts', config.verify.denyAccounts, String);
  addList('verify.canary-accounts', config.verify.canaryAccounts, String);
  const width = Math.min(60, Math.max(...lines.map(([setting]) => setting.length)));
  const files = config.files.length > 0 ? config.files.map(inside).join(', ') : 'none found';
  return [
    `# files: ${files}`,
    ...lines.map(([setting, origin]) => `${setting.padEnd(width)}  # ${origin}`),
    '',
  ].join('\n');
}

function showPaths({ match, rulesOff, severity, minConfidence, exclude }: PathSettings): string {
  return [
    match.join(' '),
    exclude ? 'exclude' : '',
    rulesOff.length > 0 ? `rules-off ${rulesOff.join(' ')}` : '',
    minConfidence ? `min-confidence ${minConfidence}` : '',
    ...Object.entries(severity).map(([rule, level]) => `severity ${rule} ${level}`),
  ]
    .filter(Boolean)
    .join('; ');
}

function showAllow({ origin: _, reason, ...conditions }: AllowRule): string {
  const parts = Object.entries(conditions).filter(([, value]) => value !== undefined);
  return `${parts.map(([key, value]) => `${key.replace(/[A-Z]/, (c) => `-${c.toLowerCase()}`)} ${value}`).join('; ')} -- ${reason}`;
}
