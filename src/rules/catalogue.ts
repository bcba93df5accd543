import { readFileSync } from 'node:fs';
import { assetUrl } from '../wasm/asset-url.ts';
import type { Catalogue, Rule, RuleDetails, RuleExamples, VendorForms } from './rule.ts';
import { indexPrepared, type PreparedIndex, type RuleIndex } from './rule-index.ts';
import {
  type NamedService,
  namedService,
  type Service,
  serviceDetails,
  serviceExamples,
  serviceRule,
} from './service.ts';

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

/** Of the rules, and then of the services. */
export function builtInDetails(): RuleDetails[] {
  return [...builtInRuleDetails(), ...builtInServiceDetails()];
}

export function builtInRuleDetails(): RuleDetails[] {
  return readAsset('details.json');
}

export function builtInServiceDetails(): RuleDetails[] {
  return builtInServices().map(serviceDetails);
}

export function builtInExamples(): RuleExamples[] {
  return [...readAsset<RuleExamples[]>('examples.json'), ...builtInServices().map(serviceExamples)];
}

/** Services known by name (`rules/services/*.yaml`): read when the first value that may be named after one is met. */
export function builtInNames(): NamedService[] {
  return readAsset('service-names.json');
}

/** What tells a token's vendor (`compile.ts`): read when the first generic value is found. */
export function builtInForms(): VendorForms {
  return readAsset('vendor-forms.json');
}

function builtInServices(): Service[] {
  return readAsset('services.json');
}

/** Everything that is built in, for listing, showing and checking: the rules, and then those that services stand for. */
export function builtInCatalogue(): Catalogue {
  const rules = builtInRules();
  const base = rules.find((rule) => rule.services)!;
  return {
    rules: [
      ...rules,
      ...builtInServices().map((service) => ({
        ...serviceRule(base, namedService(service)),
        names: service.names,
      })),
    ],
    details: builtInDetails(),
    examples: builtInExamples(),
  };
}

function readAsset<T>(name: string): T {
  return JSON.parse(readFileSync(assetUrl(name), 'utf8'));
}
