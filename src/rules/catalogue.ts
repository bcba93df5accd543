import { readFileSync } from 'node:fs';
import { assetUrl } from '../wasm/asset-url.ts';
import type { Rule, RuleDetails, RuleExamples } from './rule.ts';

/** The built-in rules, as the build compiled them from `rules/*.yaml`. Read apart: a scan that finds nothing needs only the first. */
export function builtInRules(): Rule[] {
  return readAsset('rules.json');
}

export function builtInDetails(): RuleDetails[] {
  return readAsset('details.json');
}

export function builtInExamples(): RuleExamples[] {
  return readAsset('examples.json');
}

function readAsset<T>(name: string): T {
  return JSON.parse(readFileSync(assetUrl(name), 'utf8'));
}
