import type { Confidence } from '../../model/finding.ts';
import type { CharacterClass, Checks } from '../../rules/rule.ts';
import type { NamedService } from '../../rules/service.ts';
import { CHECKSUMS, DOUBTING } from './checksums.ts';
import { entropy, randomness } from './entropy.ts';
import { findNoteInToken } from './note.ts';
import { findPlaceholder } from './placeholder.ts';
import { STRUCTURES } from './structures.ts';
import { judgeValue } from './value.ts';
import { readsLikeWords } from './words.ts';

/** Where a secret was matched, for checks that look around it. */
export interface Surroundings {
  /** The text of the rule's span. */
  window: string;
  /** The whole match, and where it begins in the window. */
  match: string;
  index: number;
  /** Where the secret begins in the window. */
  start: number;
  path: string;
}

export interface CheckResult {
  /** Why the match is dropped, in words for `--explain`; undefined when every check holds. */
  dropped?: string;
  /** How sure a match of this value is, where a check can tell; else it is the rule's. */
  confidence?: Confidence;
  /** The service that the secret is named after. */
  service?: NamedService;
}

/** @param services ids of those whose finding the secret may be */
export function runChecks(
  checks: Checks,
  secret: string,
  around: Surroundings,
  services?: readonly string[],
): CheckResult {
  const dropped = findFault(checks, secret, around);
  if (dropped) return { dropped };
  return checks.value ? judgeValue(checks.value, secret, around, services) : {};
}

function findFault(checks: Checks, secret: string, around: Surroundings): string | undefined {
  if (checks.classes) {
    const missing = checks.classes.find((name) => !CLASSES[name].test(secret));
    if (missing) return `it has no ${missing} character`;
  }
  if (checks.checksum && !DOUBTING.has(checks.checksum) && isChecksumWrong(checks, secret))
    return `its ${checks.checksum} checksum is wrong`;
  if (isDoubtful(checks, secret) && randomness(secret) < LEAST_OF_DOUBTFUL)
    return `its ${checks.checksum} checksum is wrong, and it is not random`;
  if (checks.structure && !named(STRUCTURES, checks.structure)(secret))
    return `it does not parse as ${checks.structure}`;
  if (checks.entropy !== undefined) {
    const bits = entropy(secret);
    if (bits < checks.entropy)
      return `its entropy is ${bits.toFixed(2)} bits per character, below ${checks.entropy}`;
  }
  if (checks.randomness !== undefined) {
    const share = randomness(secret);
    if (share < checks.randomness) return `its randomness is ${share.toFixed(2)}, below ${checks.randomness}`;
  }
  if (checks.words === false && readsLikeWords(secret)) return 'it reads like words';
  for (const source of checks.not ?? []) {
    if (compiled(source, '').test(secret)) return `it matches ${source}`;
  }
  // What a value check knows to be a placeholder it says itself, after cheaper looks.
  if (checks.placeholder !== false && !checks.value) {
    const reason = findPlaceholder(secret) ?? findNoteInToken(secret);
    if (reason) return `it is ${reason}`;
  }
  if (checks.near && !checks.near.some((source) => compiled(source, 'i').test(around.window))) {
    return `nothing near it matches ${checks.near.join(' or ')}`;
  }
  const far = checks.far?.find((source) => compiled(source, 'i').test(around.window));
  return far && `${far} stands near it`;
}

/** Whether a token lacks the checksum that its vendor builds in: no reason to drop it, but to doubt it. */
export function isDoubtful(checks: Checks, secret: string): boolean {
  return checks.checksum !== undefined && DOUBTING.has(checks.checksum) && isChecksumWrong(checks, secret);
}

function isChecksumWrong({ checksum }: Checks, secret: string): boolean {
  return checksum !== undefined && !named(CHECKSUMS, checksum)(secret);
}

/** A token without its checksum must at least look drawn at random. */
const LEAST_OF_DOUBTFUL = 0.8;

const CLASSES: Record<CharacterClass, RegExp> = {
  upper: /[A-Z]/,
  lower: /[a-z]/,
  digit: /[0-9]/,
  letter: /[A-Za-z]/,
  symbol: /[^A-Za-z0-9\s]/,
};

function named<T>(table: Record<string, T>, name: string): T {
  const entry = table[name];
  if (!entry) throw new Error(`no check is named ${name}: there are ${Object.keys(table).join(', ')}`);
  return entry;
}

const patterns = new Map<string, RegExp>();

function compiled(source: string, flags: string): RegExp {
  const key = `${flags}/${source}`;
  let pattern = patterns.get(key);
  if (!pattern) patterns.set(key, (pattern = new RegExp(source, flags)));
  return pattern;
}
