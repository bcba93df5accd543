import type { PairPart, Rule } from '../rules/rule.ts';
import { type NamedService, serviceRule } from '../rules/service.ts';
import { isDoubtful, runChecks } from './checks/run-checks.ts';
import { decodingsOf, type Layer, toBlobEnd, toBlobOffset } from './layer.ts';
import { confidenceOf, type Match } from './match.ts';
import { MatchIndex } from './match-index.ts';
import { matchPaths } from './match-paths.ts';
import type { ScanMemory } from './scan-memory.ts';
import type { ScanOptions } from './scanner.ts';

/** Patterns of a rule, compiled when its keyword is first met: most never are in a run. */
interface Patterns {
  /** Sticky for anchored rules, global for others. */
  search: RegExp;
  /** The same, telling where its groups stand: slower, so only for what matched. */
  locate?: RegExp;
  next?: RegExp;
  pathMatches?: (path: string) => boolean;
  /** The last path asked for and the answer: a file has many keywords. */
  path?: string;
  isPath?: boolean;
}

/** How far a list is followed from its first entry, in bytes. Less than what two pieces of a large file share. */
const LONGEST_LIST = 65536;

/** The path of a blob that is not known yet: no rule is left out for it. */
export const ANY_PATH = '';

/** Tries rules where their keywords stand, and keeps what passes their checks. */
export class Matcher {
  readonly #memory: ScanMemory;
  readonly #keywords: readonly string[];
  readonly #patterns = new Map<Rule, Patterns>();
  readonly #partPatterns = new Map<string, RegExp>();
  readonly #serviceRules = new Map<string, Rule>();
  #options: ScanOptions = { path: '' };
  #matches: Match[] = [];
  /** Matches that passed, by rule and place: several keywords may lead to one. */
  readonly #passed = new Set<string>();

  constructor(memory: ScanMemory, keywords: readonly string[]) {
    this.#memory = memory;
    this.#keywords = keywords;
  }

  begin(options: ScanOptions): void {
    this.#options = options;
    this.#matches = [];
    this.#passed.clear();
  }

  end(): Match[] {
    return dropShadowed(this.#matches);
  }

  /** Matches so far, those that shadow each other included. */
  get count(): number {
    return this.#matches.length;
  }

  /** Tries the rule's pattern in the window around a keyword at `at` (an offset in the layer). */
  tryRule(rule: Rule, keyword: number, layer: Layer, at: number): void {
    const patterns = this.#patternsOf(rule);
    if (patterns.pathMatches && !this.#isPathOf(patterns)) return;
    const keywordEnd = at + this.#keywords[keyword].length;
    if (
      rule.assigned &&
      !this.#memory.exports.mayAssign(layer.address + keywordEnd, layer.address + layer.length)
    )
      return;
    const from = Math.max(0, at - rule.span.before);
    const to = Math.min(layer.length, keywordEnd + rule.span.after);
    const window = this.#memory.buffer.toString('latin1', layer.address + from, layer.address + to);
    const { search } = patterns;
    if (rule.anchored) {
      search.lastIndex = at - from;
      const match = search.exec(window);
      if (!match) return;
      this.#judge(rule, patterns, layer, from, window, match);
      if (rule.next) this.#follow(rule, patterns, layer, at + match[0].length);
      return;
    }
    search.lastIndex = 0;
    for (let match = search.exec(window); match; match = search.exec(window)) {
      const start = from + match.index;
      if (start >= keywordEnd && !rule.loose) break;
      if (start + match[0].length > at || rule.loose) this.#judge(rule, patterns, layer, from, window, match);
      if (match[0].length === 0) search.lastIndex++;
    }
  }

  /** Tries the rule's pattern at the first byte. */
  tryStart(rule: Rule, layer: Layer): void {
    const patterns = this.#patternsOf(rule);
    if (patterns.pathMatches && !this.#isPathOf(patterns)) return;
    const end = layer.address + Math.min(layer.length, rule.span.after);
    const window = this.#memory.buffer.toString('latin1', layer.address, end);
    patterns.search.lastIndex = 0;
    const match = patterns.search.exec(window);
    if (!match) return;
    this.#judge(rule, patterns, layer, 0, window, match);
    if (rule.next) this.#follow(rule, patterns, layer, match[0].length);
  }

  /** Tries what follows in a list where its first entry ended, and goes on from there. */
  #follow(rule: Rule, patterns: Patterns, layer: Layer, first: number): void {
    const next = (patterns.next ??= new RegExp(rule.next!, `${rule.flags}dy`));
    for (let at = first; at < first + LONGEST_LIST; ) {
      const from = Math.max(0, at - rule.span.before);
      const to = Math.min(layer.length, at + rule.span.after);
      const window = this.#memory.buffer.toString('latin1', layer.address + from, layer.address + to);
      next.lastIndex = at - from;
      const match = next.exec(window);
      if (!match || match[0].length === 0) return;
      this.#judge(rule, patterns, layer, from, window, match, next);
      at += match[0].length;
    }
  }

  #isPathOf(patterns: Patterns): boolean {
    const { path } = this.#options;
    if (path === ANY_PATH) return true;
    if (patterns.path !== path) {
      patterns.path = path;
      patterns.isPath = patterns.pathMatches!(path);
    }
    return patterns.isPath!;
  }

  #judge(
    tried: Rule,
    patterns: Patterns,
    layer: Layer,
    from: number,
    window: string,
    found: RegExpExecArray,
    locate: RegExp = (patterns.locate ??=
      new RegExp(tried.pattern, `${tried.flags}dy`)),
  ): void {
    locate.lastIndex = found.index;
    const match = locate.exec(window);
    const span = match?.indices?.groups?.secret;
    if (!match || !span || span[0] === span[1]) return;
    const start = from + span[0];
    const end = from + span[1];
    const matchFrom = from + match.index;
    const matchTo = matchFrom + match[0].length;
    // In `%3Dtoken` and `\u0022token` what was escaped is the end of the word before the token: in clear it is none.
    const layers =
      decodingsOf(layer, matchFrom, matchTo) ??
      (tried.generic || layer.names
        ? undefined
        : decodingsOf(layer, Math.max(0, matchFrom - 1), Math.min(layer.length, matchTo + 1)));
    // An id in clear may have its secret percent-encoded beside it: that secret stands in this layer alone.
    if (!layers && !tried.pair?.secret.pattern) return;
    const blobStart = toBlobOffset(layer, start);
    const blobEnd = toBlobEnd(layer, end);
    const secret = this.#text(layer, start, end);
    const key = `${tried.id}\0${blobStart}\0${secret}\0${layers ? '' : toBlobOffset(layer, 0)}`;
    // What one window hides another may show: a match that was dropped is judged again at its next keyword.
    if (this.#passed.has(key) && !this.#options.eachWindow) return;
    const around = { window, match: match[0], index: match.index, start: span[0], path: this.#options.path };
    const { dropped, confidence, service } = runChecks(tried.checks, secret, around, tried.services);
    const rule = service ? this.#ruleOf(service, tried) : tried;
    const { trace } = this.#options;
    const told = `${key}\0${dropped}`;
    if (trace && layers && !this.#passed.has(told)) {
      this.#passed.add(told);
      trace({ rule: rule.id, start: blobStart, end: blobEnd, secret, layers, dropped, around });
    }
    if (dropped) return;
    const doubtful = isDoubtful(rule.checks, secret);
    const { isWanted } = this.#options;
    if (isWanted && !rule.pair && !rule.part && !isWanted(rule, confidenceOf({ rule, confidence, doubtful })))
      return;
    this.#passed.add(key);
    if (rule.pair?.secret.pattern) this.#findParts(rule, rule.pair.secret, layer, start, end);
    if (!layers) return;
    const base = {
      from: toBlobOffset(layer, matchFrom),
      to: toBlobEnd(layer, matchFrom + match[0].length),
      windowFrom: toBlobOffset(layer, from),
      windowTo: toBlobEnd(layer, from + window.length),
      layers,
    };
    this.#matches.push({
      ...base,
      rule,
      start: blobStart,
      end: blobEnd,
      secret,
      ...(doubtful && { doubtful }),
      groups: { ...match.groups },
      ...(confidence && { confidence }),
    });
  }

  /** The rule that stands for a service, where `base` found its secret. */
  #ruleOf(service: NamedService, base: Rule): Rule {
    const key = `${base.id}\0${service.id}`;
    let rule = this.#serviceRules.get(key);
    if (!rule) this.#serviceRules.set(key, (rule = serviceRule(base, service)));
    return rule;
  }

  /** Unlabelled values around an id that have the form of its other half. */
  #findParts(rule: Rule, part: PairPart, layer: Layer, idStart: number, idEnd: number): void {
    const from = Math.max(0, idStart - part.within);
    const to = Math.min(layer.length, idEnd + part.within);
    const window = this.#memory.buffer.toString('latin1', layer.address + from, layer.address + to);
    for (const match of window.matchAll(this.#partPattern(part.pattern as string))) {
      const secret = match[0];
      const around = {
        window,
        match: secret,
        index: match.index,
        start: match.index,
        path: this.#options.path,
      };
      const start = from + match.index;
      const blobStart = toBlobOffset(layer, start);
      const key = `part\0${rule.id}\0${blobStart}\0${secret}`;
      // Before the checks: in a list of keys each value stands near a hundred ids.
      if (this.#passed.has(key)) continue;
      if (runChecks(part.checks ?? {}, secret, around).dropped) continue;
      const blobEnd = toBlobEnd(layer, start + secret.length);
      this.#passed.add(key);
      const layers = decodingsOf(layer, start, start + secret.length);
      if (!layers) continue;
      this.#matches.push({
        rule,
        part: true,
        start: blobStart,
        end: blobEnd,
        from: blobStart,
        to: blobEnd,
        windowFrom: toBlobOffset(layer, from),
        windowTo: toBlobEnd(layer, to),
        secret,
        groups: {},
        layers,
      });
    }
  }

  #partPattern(source: string): RegExp {
    let pattern = this.#partPatterns.get(source);
    if (!pattern) this.#partPatterns.set(source, (pattern = new RegExp(source, 'g')));
    return pattern;
  }

  /** Bytes as UTF-8 when they are that, else as latin1. */
  #text(layer: Layer, start: number, end: number): string {
    const { buffer } = this.#memory;
    const text = buffer.toString('utf8', layer.address + start, layer.address + end);
    return text.includes('\ufffd')
      ? buffer.toString('latin1', layer.address + start, layer.address + end)
      : text;
  }

  #patternsOf(rule: Rule): Patterns {
    let patterns = this.#patterns.get(rule);
    if (!patterns) {
      patterns = { search: new RegExp(rule.pattern, rule.flags + (rule.anchored ? 'y' : 'g')) };
      if (rule.paths) patterns.pathMatches = matchPaths(rule.paths);
      this.#patterns.set(rule, patterns);
    }
    return patterns;
  }
}

/** A secret that stands in clear needs no second match of the same rule in a decoding of the same bytes. */
function dropShadowed(matches: Match[]): Match[] {
  if (matches.every((match) => match.layers.length === 0)) return matches;
  const clear = new Map<Rule, Match[]>();
  for (const match of matches) {
    if (match.layers.length > 0 || match.part) continue;
    const list = clear.get(match.rule);
    if (list) list.push(match);
    else clear.set(match.rule, [match]);
  }
  const places = new Map([...clear].map(([rule, list]) => [rule, new MatchIndex(list)]));
  return matches.filter(
    (match) =>
      match.layers.length === 0 ||
      match.part ||
      !places.get(match.rule)?.overlapping(match.start, match.end).length,
  );
}
