import { readFileSync } from 'node:fs';
import { assetUrl } from '../wasm/asset-url.ts';
import type { Rule, RuleDetails, RuleExamples } from './rule.ts';
import { indexPrepared, type PreparedIndex, type RuleIndex } from './rule-index.ts';

/** The built-in rules, as the build compiled them from `rules/*.yaml`. Read apart: a scan that finds nothing needs only the first. */
export function builtInRules(): Rule[] {
  return readAsset('rules.json');
}

/** Ids of the built-in rules, and an index of them that the build has made: 1 ms, where parsing all rules takes 10. */
export function builtInIndex(): { ids: string[]; index: RuleIndex } {
  const prepared: PreparedIndex = readAsset('rule-index.json');
  const text = readFileSync(assetUrl('rules.json'));
  return { ids: prepared.ids, index: indexPrepared(prepared, text, readFileSync(assetUrl('keywords.bin'))) };
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
