import { randomness } from './entropy.ts';
import type { Surroundings } from './run-checks.ts';

/**
 * Judges what a variable named like a password or a token is given: a secret, or one of the many things that are none.
 * @returns why it is none, or undefined
 */
export function judgeValue(
  kind: 'password' | 'token',
  value: string,
  around: Surroundings,
): string | undefined {
  const form = CODE_FORMS.find(([pattern]) => pattern.test(value));
  if (form) return `it is ${form[1]}`;
  if (isQuotedKeyOf(value, around.match)) return 'it repeats the name it is given to';
  return kind === 'password' ? judgePassword(value) : judgeToken(value);
}

/** Forms that a value takes when it is code, a reference or a description instead of a secret. */
const CODE_FORMS: [RegExp, string][] = [
  [/^[A-Za-z_$][\w$]*(?:(?:\.|->|::|\?\.)[A-Za-z_$][\w$]*)+(?:[([].*)?$/, 'an expression'],
  [/^[A-Za-z_$][\w$.]*[([]/, 'a call'],
  [/^(?:process\.env|os\.environ|System\.getenv|ENV\[|env\(|getenv)/, 'read from the environment'],
  [
    /^(?:null|nil|none|undefined|true|false|void|string|str|bytes|int|integer|boolean|bool|any|object|self|this|function|required|optional|default|yes|no|on|off|empty|unset|disabled|enabled|secret|password|passwd|pass|token|key|apikey|api_key|username|user|login|email|name|value|text|hidden|unknown|test|admin_password|not_set|n\/a)$/i,
    'a word of code',
  ],
  [/^(?:\/|\.{1,2}\/|~\/|[A-Za-z]:\\)[\w./\\ -]*$/, 'a path'],
  [/^[a-z][a-z0-9+.-]*:\/\/(?![^/\s]*:[^/\s]*@)/i, 'a URL without credentials'],
  [/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i, 'a UUID'],
  [/^v?\d+(?:\.\d+){1,3}(?:[-+][\w.]+)?$/, 'a version'],
  [/^\d{4}-\d\d-\d\d/, 'a date'],
  [/^(?:sha(?:1|256|384|512)|md5)[-:$]/i, 'a hash'],
  [/^#[0-9a-f]{3,8}$/i, 'a colour'],
  [/^[%#$@&*]?[({<[].*[)}>\]]$/, 'a template'],
  [/%[sdv](?!\w)|\{\d*\}|\\[nrt]$/, 'a format'],
];

function isQuotedKeyOf(value: string, match: string): boolean {
  const at = match.lastIndexOf(value);
  const name = match
    .slice(0, at)
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '');
  const folded = value.toLowerCase().replace(/[^a-z0-9]/g, '');
  return folded.length > 2 && name.endsWith(folded);
}

function judgePassword(value: string): string | undefined {
  if (value.length < 4) return 'it is too short';
  if (/\s/.test(value) && !/\d|[^\w\s.,'"!?:-]/.test(value)) return 'it is a phrase';
  if (/^[A-Za-z]+(?:[ _.-][A-Za-z]+)+$/.test(value)) return 'it is words';
  if (/^(?:[A-Z]?[a-z]+|[A-Z]+)$/.test(value) && !COMMON_PASSWORDS.test(value)) return 'it is a word';
  if (/^(?:[a-z]+(?:[A-Z][a-z]+)+|(?:[A-Z][a-z]+){2,})$/.test(value)) return 'it is an identifier';
  return undefined;
}

/** Words that are passwords where a password is assigned: the heads of public lists of the commonest ones. */
const COMMON_PASSWORDS =
  /^(?:letmein|qwerty\w*|iloveyou|dragon|monkey|sunshine|princess|football|baseball|welcome|master|shadow|superman|batman|trustno|hunter|passw\w{1,3}|abc|root|toor|admin|administrator|postgres|mysql|mongo|guest|changeit)$/i;

function judgeToken(value: string): string | undefined {
  if (value.length < 8) return 'it is too short';
  if (/^[A-Za-z]+$/.test(value) && value.length < 24) return 'it is a word';
  if (/^[A-Za-z]+(?:[ _./:-][A-Za-z]+)+$/.test(value)) return 'it is words';
  if (/\s/.test(value)) return 'it is a phrase';
  if (!/\d/.test(value)) return 'it has no digit';
  if (randomness(value) < 0.75) return 'it is not random';
  if (wordShare(value) > 0.6) return 'it is made of words';
  return undefined;
}

/** Share of the characters that stand in runs of letters as words have them: four or more, of one case, with a vowel. */
function wordShare(value: string): number {
  let inWords = 0;
  for (const [run] of value.matchAll(/[A-Z]?[a-z]{3,}|[A-Z]{4,}/g)) {
    if (/[aeiouy]/i.test(run) && !/[bcdfghjklmnpqrstvwxz]{5}/i.test(run)) inWords += run.length;
  }
  return inWords / value.length;
}
