/** Scanning as a library: see docs/library.md. */

export { type ScanInput, type ScanOptions, scan } from './library.ts';
export { UserError } from './model/errors.ts';
export type { Confidence, Facts, Finding, Pair, Place, Severity, Verdict } from './model/finding.ts';
export type { Report, ScanSummary, Skipped } from './model/report.ts';
export { Secret } from './model/secret.ts';
export { loadRules, type RuleText } from './rules/load.ts';
export type { Catalogue, Rule, RuleDetails } from './rules/rule.ts';
