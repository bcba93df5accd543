import { analyse } from '../src/engine/analyse.ts';
import { Matcher } from '../src/engine/matcher.ts';
import { type EngineExports, PADDING, ScanMemory } from '../src/engine/scan-memory.ts';
import { Scanner } from '../src/engine/scanner.ts';
import type { Rule } from '../src/rules/rule.ts';
import { Core } from '../src/wasm/core.ts';
import type { Input } from './read-inputs.ts';

/** `decoding` is what decoders do outside of WebAssembly, and the scanner's own loops. */
export const STAGES = [
  'copying in',
  'keywords',
  'rules',
  'UTF-16',
  'escapes',
  'runs',
  'decoding',
  'analyse',
] as const;

type Stage = (typeof STAGES)[number];

export interface Cost {
  seconds: number;
  calls: number;
}

export interface StageCosts {
  /** Seconds of all stages. */
  total: number;
  /** Keyword hits, those in decoded layers included. */
  candidates: number;
  byStage: Record<Stage, Cost>;
  byRule: (Cost & { rule: string; matches: number })[];
}

const EXPORT_STAGES: Partial<Record<keyof EngineExports, Stage>> = {
  findKeywords: 'keywords',
  findRuns: 'runs',
  unescape: 'escapes',
  countByte: 'UTF-16',
  narrowUtf16: 'UTF-16',
};

/**
 * Scans all inputs some times, reading the clock around each call of the WebAssembly module and each try of a rule. The least
 * of the passes counts, stage by stage and rule by rule: what else the machine does falls on one or another.
 */
export function measureStages(
  rules: Rule[],
  keywords: string[],
  inputs: readonly Input[],
  passes: number,
): StageCosts {
  const all = Array.from({ length: passes }, () => measurePass(rules, keywords, inputs));
  const least = (costs: Cost[]): Cost => ({
    seconds: Math.min(...costs.map(({ seconds }) => seconds)),
    calls: costs[0].calls,
  });
  const byStage = Object.fromEntries(
    STAGES.map((stage) => [stage, least(all.map((pass) => pass.byStage[stage]))]),
  ) as Record<Stage, Cost>;
  const byRule = rules.map((_, i) => ({ ...all[0].byRule[i], ...least(all.map((pass) => pass.byRule[i])) }));
  return {
    total: STAGES.reduce((sum, stage) => sum + byStage[stage].seconds, 0),
    candidates: all[0].candidates,
    byStage,
    byRule: byRule.sort((a, b) => b.seconds - a.seconds),
  };
}

function measurePass(rules: Rule[], keywords: string[], inputs: readonly Input[]): StageCosts {
  const byStage = Object.fromEntries(STAGES.map((stage) => [stage, { seconds: 0, calls: 0 }])) as Record<
    Stage,
    Cost
  >;
  const core = new Core<EngineExports>();
  const hits = { count: 0 };
  Object.defineProperty(core, 'exports', { value: timeExports(core.exports, byStage, hits) });
  const memory = new ScanMemory(keywords, { core });
  const byRule = new Map(rules.map((rule) => [rule, { rule: rule.id, seconds: 0, calls: 0, matches: 0 }]));
  const restore = timeRules(byStage.rules, byRule);
  try {
    const scanner = new Scanner(rules, memory);
    const now = Date.now();
    const begin = performance.now();
    for (const { path, bytes } of inputs) {
      clocked(byStage['copying in'], () => {
        memory.reserve(memory.texts + bytes.length);
        core.bytes.set(bytes, memory.texts);
        core.bytes.fill(0, memory.texts + bytes.length, memory.texts + bytes.length + PADDING);
      });
      const found = scanner.scan(memory.texts, bytes.length, { path });
      for (const { rule } of found) {
        // Rules that stand for services are made when a service is met, and tried as the rule they are made from.
        const cost = byRule.get(rule);
        if (cost) cost.matches++;
      }
      clocked(byStage.analyse, () => {
        const text = memory.buffer.subarray(memory.texts, memory.texts + bytes.length);
        return analyse(found, { bytes: text, line: 1, column: 0 }, now);
      });
    }
    const total = (performance.now() - begin) / 1000;
    const known = STAGES.reduce((sum, stage) => sum + byStage[stage].seconds, 0);
    byStage.decoding = { seconds: total - known, calls: inputs.length };
    return { total, candidates: hits.count, byStage, byRule: [...byRule.values()] };
  } finally {
    restore();
  }
}

function timeExports(
  exports: EngineExports,
  byStage: Record<Stage, Cost>,
  hits: { count: number },
): EngineExports {
  const timed: Record<string, unknown> = { ...exports };
  for (const [name, stage] of Object.entries(EXPORT_STAGES)) {
    const run = timed[name] as (...args: number[]) => number;
    timed[name] = (...args: number[]) => clocked(byStage[stage], () => run(...args));
  }
  const { findKeywords } = timed as unknown as EngineExports;
  timed.findKeywords = (...args: Parameters<typeof findKeywords>) => {
    const count = findKeywords(...args);
    hits.count += count;
    return count;
  };
  return timed as unknown as EngineExports;
}

/** @returns what puts the matcher back as it was */
function timeRules(stage: Cost, byRule: Map<Rule, Cost>): () => void {
  const original = Matcher.prototype.tryRule;
  Matcher.prototype.tryRule = function (this: Matcher, ...args: Parameters<Matcher['tryRule']>) {
    const start = performance.now();
    original.apply(this, args);
    const seconds = (performance.now() - start) / 1000;
    for (const cost of [stage, byRule.get(args[0])!]) {
      cost.seconds += seconds;
      cost.calls++;
    }
  };
  return () => {
    Matcher.prototype.tryRule = original;
  };
}

function clocked<T>(cost: Cost, run: () => T): T {
  const start = performance.now();
  const result = run();
  cost.seconds += (performance.now() - start) / 1000;
  cost.calls++;
  return result;
}
