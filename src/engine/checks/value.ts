import type { Confidence } from '../../model/finding.ts';
import type { ValueKind } from '../../rules/rule.ts';
import { type NamedService, shapePattern } from '../../rules/service.ts';
import { type Assignment, readAssignment } from './assignment.ts';
import { isEvident } from './evident.ts';
import { EVERY_ROLE, type FileRole, roleOf } from './file-role.ts';
import { isSignedByGuess, namesNobody } from './jwt-key.ts';
import { findObvious, findUntokenlike } from './obvious-value.ts';
import { looksDrawn, UUID } from './random-value.ts';
import type { Surroundings } from './run-checks.ts';
import { scoreValue } from './score-value.ts';
import { isSequence } from './sequence.ts';
import { findService, type Naming } from './service-name.ts';
import { findVendorPrefix, isVendorName } from './vendor-form.ts';
import { wordness } from './words.ts';

export interface ValueVerdict {
  /** Why it is no secret. */
  dropped?: string;
  /** How sure it is one. */
  confidence?: Confidence;
  /** The service that it is named after. */
  service?: NamedService;
}

/**
 * Least score of each level. docs/detection.md has the precision measured at them.
 */
const LEVELS: [Confidence, number][] = [
  ['high', 0.9],
  ['medium', 0.5],
  ['low', 0.2],
];

/**
 * Judges what a name like a password or a token is given: a secret, or one of the many things that are none.
 * @param services ids of those that it may be named after
 */
export function judgeValue(
  kind: ValueKind,
  value: string,
  around: Surroundings,
  services?: readonly string[],
): ValueVerdict {
  if (kind === 'jwt') return isSignedByGuess(value) || namesNobody(value) ? { confidence: 'low' } : {};
  const at = readAssignment(around, value);
  const role = roleOf(around.path);
  if (LOCK_FILE.test(around.path) && CHECKSUM.test(value)) return { dropped: 'a checksum in a lock file' };
  if (LOCALE_FILE.test(around.path) && !/\d/.test(value)) return { dropped: 'a text in a locale file' };
  const verdict = role.kind === 'any' ? recall(kind, value, at, role) : judge(kind, value, at, role);
  const named =
    verdict.isScored && services?.length
      ? nameService(verdict, kind, value, at, role, around, services)
      : verdict;
  // Whole tokens are found by their vendor's rule. Low, not nothing: vendors change their forms before rules do.
  if (!named.dropped && named.confidence !== 'low' && isMalformed(kind, value, at, named.service))
    return { ...named, confidence: 'low' };
  return named;
}

/** Whether a value has a vendor's prefix or name, and not the form of its tokens. */
function isMalformed(kind: ValueKind, value: string, at: Assignment, service?: NamedService): boolean {
  if (findVendorPrefix(value)) return true;
  if (kind !== 'token' && (kind !== 'file' || /pass|pwd/i.test(at.name))) return false;
  return service?.shape ? !shapePattern(service.shape).test(value) : isVendorName(at.name) && !isTyped(value);
}

/** Letters and then digits, or the other way: made up by hand in any form, and believed as what it is named. */
function isTyped(value: string): boolean {
  return /^(?:[a-z]+\d*|[A-Z]+\d*|\d+[a-z]*)$/.test(value);
}

/** A verdict with what naming goes on from. */
interface Judgement extends ValueVerdict {
  /** The scorer weighed it: nothing plainer dropped it. */
  isScored?: true;
}

/** Verdicts on blobs of unknown path: all versions of a file have the same lines. */
const verdicts = new Map<string, Judgement>();
const MOST_VERDICTS = 20_000;

function recall(kind: ValueKind, value: string, at: Assignment, role: FileRole): Judgement {
  const key = [kind, value, at.name, at.between, at.before, at.after].join('\0');
  let verdict = verdicts.get(key);
  if (!verdict) {
    if (verdicts.size === MOST_VERDICTS) verdicts.clear();
    verdicts.set(key, (verdict = judge(kind, value, at, role)));
  }
  return verdict;
}

function judge(kind: ValueKind, value: string, at: Assignment, role: FileRole): Judgement {
  const reason = findObvious(kind, value, at, role);
  if (reason) return { dropped: reason };
  const isSoft = role.test || role.example || isComment(at, role);
  if (kind === 'file') return judgeInSecretFile(value, at, role);
  if (kind === 'argument') {
    if (/^\d{1,5}$/.test(value)) return { dropped: 'it is a small number' };
    return isSoft && isMadeUp(kind, value, at, role) ? { confidence: 'low' } : {};
  }
  // Of a blob whose path is not known yet whatever may count under some path must be kept.
  const score = scoreValue(kind, value, at, role.kind === 'any' ? EVERY_ROLE : [role]);
  if (score < LEVELS[1][1] && !isSoft && isEvident(kind, value, at, role))
    return { confidence: 'medium', isScored: true };
  let level = LEVELS.find(([, least]) => score >= least);
  // A login in a URL needs no better name: a password drawn at random is one.
  if (kind === 'url' && level?.[0] !== 'high' && looksDrawn(value)) level = LEVELS[1];
  if (!level) return { dropped: `it scores ${score.toFixed(2)} of 1, below ${LEVELS[2][1]}`, isScored: true };
  const isSure = score >= SURE_IN_TESTS && !isMadeUp(kind, value, at, role);
  return { confidence: isSure || !isSoft ? level[0] : 'low', isScored: true };
}

const LOCK_FILE =
  /(?:\.lock|[-.]lock\.(?:json|ya?ml|toml|hcl)|go\.(?:work\.)?sum|\.sum|checksums?\.\w{1,6}|SHA\d*SUMS?|Package\.resolved)$/i;
const CHECKSUM =
  /^(?:[\da-f]{32}|[\da-f]{40}|[\da-f]{56}|[\da-f]{64}|[\da-f]{96}|[\da-f]{128}|(?:h1:|sha\d{1,3}[-:])?[\w+/-]{27,88}={0,2})$/i;

const LOCALE_FILE =
  /(?:^|[/_.-])(?:locales?|i18n|l10n|lang|languages?|translations?)(?:[/_.-])|messages_\w{2,5}\.properties$|\.(?:po|pot|xliff?|xlf|arb|strings|resx)$/i;

/** The verdict on a value that is named after a service: believed more where it looks drawn at random. */
function nameService(
  verdict: Judgement,
  kind: ValueKind,
  value: string,
  at: Assignment,
  role: FileRole,
  around: Surroundings,
  services: readonly string[],
): ValueVerdict {
  const isDrawn = looksDrawn(value);
  const naming = verdict.dropped && !isDrawn ? undefined : findService(at, around, value);
  if (!naming || !services.includes(naming.service.id)) return verdict;
  const { service } = naming;
  const isSoft = role.test || role.example || isComment(at, role);
  const isVouchedFor =
    isDrawn && vouches(naming, value, at.name) && !(isSoft && isMadeUp(kind, value, at, role));
  if (isVouchedFor && verdict.confidence !== 'high') return { confidence: 'medium', service };
  return verdict.dropped ? verdict : { confidence: verdict.confidence, service };
}

/** Whether a name after a service makes a random value its key: a UUID beside it may name many other things. */
function vouches({ service, own }: Naming, value: string, name: string): boolean {
  if (service.shape && !shapePattern(service.shape).test(value)) return false;
  if (!NAMES_KEY.test(name) || /test|fake|mock|dummy|example|sample|invalid|wrong|expected/i.test(name))
    return false;
  return own || /api|token|secret|auth|cred/i.test(name);
}

/** A name that ends in what a secret is called. */
const NAMES_KEY =
  /(?:key|token|secret|auth|authorization|credentials?)s?(?:[_.-]?(?:\d{1,2}|prod|production|live|dev|staging|value|string))?$/i;

/** In a file made to hold secrets weak ones count as well; a template of such a file has none. */
function judgeInSecretFile(value: string, at: Assignment, role: FileRole): ValueVerdict {
  if (NO_SECRET.test(at.name)) return { dropped: 'its name means another thing' };
  if (/^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$/.test(value)) return { dropped: 'the name of a variable' };
  if (!/pass|pwd|pw$/i.test(at.name)) {
    const reason = findUntokenlike(value);
    if (reason) return { dropped: reason };
    if (value.length < 8 || !/\d/.test(value)) return { dropped: 'it is no token' };
    // The few letters in a row of a random text are like words by chance.
    if (!RANDOM_FORM.test(value) && wordness(value) > 0.8) return { dropped: 'it is no token' };
  }
  return role.test || role.example ? { confidence: 'low' } : {};
}

/** A hexadecimal number, or capitals, small letters and three digits or more in one run. */
const RANDOM_FORM = /^(?:[0-9a-f]{16,}|(?=.*[A-Z])(?=.*[a-z])(?=(?:.*\d){3})[A-Za-z0-9]{16,})$/;

const NO_SECRET =
  /(?:pass\w*|pwd|secret|token|key)[_.-]?(?:id|name|file|path|type|len|length|min|max|policy|reset|prompt|url|uri|hint|ttl|age|expir\w*|validators?|hashers?|encoder|encryption|format|eval|exec|store|field|command|cmd|manager|service)$|_?(?:public|pub|site)_?key|key_?pair|askpass/i;

/** In tests, examples and documentation a value must score this to be more than low. */
const SURE_IN_TESTS = 0.6;

/** What people make up where any value will do: a word with digits for letters, a short number, a hexadecimal one in a test. */
function isMadeUp(kind: ValueKind, value: string, at: Assignment, role: FileRole): boolean {
  if (isSequence(value)) return true;
  // A comment that shows what a call returns.
  if (/#\s*=>/.test(at.before)) return true;
  if (kind === 'argument' && /^(?:[a-z]{1,5}|[0-9a-f]{32,})$/.test(value)) return true;
  if (kind !== 'token')
    return isComment(at, role) || (value.length < 20 && wordness(plainLetters(value)) > 0);
  if (UUID.test(value)) return role.example && !role.test;
  return (
    /^(?:[0-9a-f]+|[0-9A-F]+)$/.test(value) &&
    ((role.test && role.kind === 'code') || role.kind === 'text' || value.length <= 12)
  );
}

/** In a configuration a line that is commented out held a value once; in code it explains. */
function isComment(at: Assignment, role: FileRole): boolean {
  return role.kind === 'code' && /^\s*(?:#|\/\/|\/?\*|--)/.test(at.before);
}

/** `s3cr3t!` as `secret`. */
function plainLetters(value: string): string {
  return value.replace(/^[\d\W_]+|[\d\W_]+$/g, '').replace(/[013457$@!]/g, (c) => LOOKALIKES[c]);
}

const LOOKALIKES: Record<string, string> = {
  0: 'o',
  1: 'i',
  3: 'e',
  4: 'a',
  5: 's',
  7: 't',
  $: 's',
  '@': 'a',
  '!': 'i',
};
