import { type AST, RegExpParser } from '@eslint-community/regexpp';

export interface PatternMeasure {
  /** The longest text, in characters, that the pattern and its look-arounds can touch. */
  longest: number;
  /** The longest text that look-behinds touch before the match. */
  behind: number;
  /** Literal texts of which each match begins with one; empty when some match begins otherwise. */
  prefixes: string[];
  hasSecret: boolean;
}

/** @throws {Error} when the pattern does not parse, or a quantifier has no upper bound */
export function measurePattern(source: string, flags = ''): PatternMeasure {
  const { pattern, hasSecret } = parsePattern(source, flags);
  return {
    longest: longestOf(pattern.alternatives) + lookOf(pattern.alternatives, 'lookahead'),
    behind: Math.max(1, lookOf(pattern.alternatives, 'lookbehind')),
    prefixes: prefixesOf(pattern.alternatives) ?? [],
    hasSecret,
  };
}

function parsePattern(source: string, flags: string) {
  let pattern: AST.Pattern;
  try {
    pattern = new RegExpParser({ ecmaVersion: 2024 }).parsePattern(
      source,
      0,
      source.length,
      flags.includes('u'),
    );
    new RegExp(source, flags);
  } catch (error) {
    throw new Error(`its pattern does not compile: ${(error as Error).message}`);
  }
  return { pattern, hasSecret: source.includes('(?<secret>') };
}

function longestOf(alternatives: AST.Alternative[]): number {
  return Math.max(...alternatives.map((a) => a.elements.reduce((sum, e) => sum + lengthOf(e), 0)));
}

function lengthOf(element: AST.Element): number {
  switch (element.type) {
    case 'Quantifier': {
      if (element.max === Number.POSITIVE_INFINITY) {
        throw new Error(`its pattern is unbounded at ${element.raw}: give an upper bound, such as {1,200}`);
      }
      return element.max * lengthOf(element.element);
    }
    case 'Group':
    case 'CapturingGroup':
      return longestOf(element.alternatives);
    case 'Assertion':
      return 0;
    case 'Backreference':
      return 256;
    default:
      return 1;
  }
}

/** The longest text that a look-around of a kind touches beyond the match; what is within it counts once. */
function lookOf(alternatives: AST.Alternative[], kind: 'lookahead' | 'lookbehind'): number {
  const looks = alternatives.flatMap(({ elements }) =>
    elements.map((element) => lookOfElement(element, kind)),
  );
  return Math.max(1, ...looks);
}

function lookOfElement(element: AST.Element, kind: 'lookahead' | 'lookbehind'): number {
  if (element.type === 'Quantifier') return lookOfElement(element.element, kind);
  if (element.type === 'Assertion' && element.kind === kind) return longestOf(element.alternatives);
  if (element.type === 'Group' || element.type === 'CapturingGroup')
    return lookOf(element.alternatives, kind);
  return 0;
}

/** Enough to know a vendor's prefix by; patterns with more beginnings are not worth the look. */
const MAX_PREFIXES = 512;

function prefixesOf(alternatives: AST.Alternative[]): string[] | undefined {
  const all: string[] = [];
  for (const { elements } of alternatives) {
    const prefixes = prefixesOfSequence(elements);
    if (!prefixes) return undefined;
    all.push(...prefixes);
  }
  return all.length <= MAX_PREFIXES && all.every((p) => p.length > 0) ? all : undefined;
}

function prefixesOfSequence(elements: AST.Element[]): string[] | undefined {
  let texts = [''];
  for (const element of elements) {
    if (isZeroWidth(element)) continue;
    const letter = letterOf(element);
    if (letter !== undefined) {
      texts = texts.map((t) => t + letter);
    } else if (isOptionalSeparator(element)) {
      texts = texts.flatMap((t) => ['', '_', '-', '.'].map((separator) => t + separator));
    } else if (element.type === 'Group' || element.type === 'CapturingGroup') {
      const inner = prefixesOf(element.alternatives);
      if (inner) texts = texts.flatMap((t) => inner.map((i) => t + i));
      // What follows a group whose end is not literal cannot be told.
      return texts;
    } else break;
    if (texts.length > MAX_PREFIXES) return undefined;
  }
  return texts;
}

/** A character, also when both its cases are written as a class; prefixes are compared without case. */
function letterOf(element: AST.Element): string | undefined {
  if (element.type === 'Character') return String.fromCodePoint(element.value);
  if (element.type !== 'CharacterClass' || element.negate || element.elements.length !== 2) return undefined;
  const [a, b] = element.elements;
  if (a.type !== 'Character' || b.type !== 'Character') return undefined;
  const [first, second] = [a, b].map(({ value }) => String.fromCodePoint(value).toLowerCase());
  return first === second ? first : undefined;
}

/** An assertion, or a choice of assertions. */
function isZeroWidth(element: AST.Element): boolean {
  if (element.type === 'Assertion') return true;
  return (
    element.type === 'Group' && element.alternatives.every(({ elements }) => elements.every(isZeroWidth))
  );
}

/** What `_` in a name stands for (see `compile-rule.ts`). A space there is written by no keyword, so it counts for none. */
function isOptionalSeparator(element: AST.Element): boolean {
  return element.type === 'Quantifier' && element.raw === '[_\\-. ]?';
}
