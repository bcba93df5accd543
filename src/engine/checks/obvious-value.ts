import type { ValueKind } from '../../rules/rule.ts';
import type { Assignment } from './assignment.ts';
import type { FileRole } from './file-role.ts';
import { decodeText, findNote } from './note.ts';
import { findPlaceholder } from './placeholder.ts';
import { UUID } from './random-value.ts';
import { isKeyboardWalk, isSequence } from './sequence.ts';
import { readWording } from './vocabulary.ts';
import { wordness } from './words.ts';

/** What needs no weighing: code, references, descriptions. Cheap, and first: most candidates end here. */
export function findObvious(
  kind: ValueKind,
  value: string,
  at: Assignment,
  role: FileRole,
): string | undefined {
  if (kind !== 'url' && kind !== 'argument') {
    const isBare = !/["'`]$/.test(at.between);
    if (isBare && /^(?:<(?!\/|!|br)|[$]?[{]|[$][(])/.test(at.after)) return 'it goes on with a template';
    if (isBare) {
      const bare = findBareCode(value, at, role);
      if (bare) return bare;
    }
    if (OTHER_NAMES.test(at.name)) return 'its name means another thing';
    // `https://token:value@host`, and `"password", "next": ...`: other rules read these.
    if (/:\/\/$/.test(at.before) && at.between === ':') return 'the login in a URL';
    if (/,/.test(at.between) && /^["'`]\s{0,4}:/.test(at.after)) return 'the name of the next value';
    // `</data><data>` between lines of base64 in which a name stands by chance.
    if (/^>$/.test(at.between) && /^@/.test(value)) return 'the host of a URL';
    if (/^<\//.test(at.between) && (at.name.length > 48 || /[+/]$/.test(at.before)))
      return 'base64 in elements';
    if (/\($/.test(at.between) && /^[a-z_]\w*=/i.test(value)) return 'an argument of a call';
    if (kind === 'password' && value.length === LONGEST && /^[\w+/]/.test(at.after))
      return 'longer than a password';
    if (ID_NAME.test(at.name) && UUID.test(value)) return 'an id';
    if (/^signing_?key$/i.test(at.name) && /^(?:0x)?[0-9A-F]{8,40}!?$/.test(value))
      return 'the id of an OpenPGP key';
  }
  if (kind === 'argument' && /^(?:<[\w ]|[$]?[{]|[$][(]|[(])/.test(at.after))
    return 'it goes on with a template';
  if (kind !== 'url' && URL_LOGIN.test(value)) return 'a URL with a login, which has rules of its own';
  const form = CODE_FORMS.find(([pattern]) => pattern.test(value));
  if (form) return `it is ${form[1]}`;
  if (sameText(value, at.name)) return 'it repeats the name it is given to';
  if (kind === 'token' && PASSWORD_NAME.test(at.name)) return 'its name is that of a password';
  const note = findNote(value, at, kind === 'token' || (kind === 'file' && !PASSWORD_NAME.test(at.name)));
  if (note) return note;
  if (kind === 'argument' && readWording(value) === 'word')
    return 'a word for a login that every server knows';
  if ((kind === 'url' || kind === 'argument') && /^p[a@4][s5$]{2}w[o0]rd$/i.test(value))
    return 'the word password';
  if (kind === 'token') return findUntokenlike(value);
  const placeholder = findPlaceholder(value);
  // `qwerty99!` is a password where passwords are kept.
  const isWeak = kind === 'file' && isSequence(value) && /^[a-z]{4,10}\d{1,4}[!@#$%.*?]?$/i.test(value);
  return isWeak && !isKeyboardWalk(value) ? undefined : placeholder;
}

const URL_LOGIN = /^[a-z][a-z\d+.-]{1,20}:\/\/[^/\s:@]{0,64}:[^/\s@]{1,128}@/i;

/** What the patterns of passwords take at most; an encrypted value such as that of a SealedSecret goes on. */
const LONGEST = 200;

/** `keyId`, `token-id`; the secret_id of Vault's AppRole is a secret all the same. */
const ID_NAME =
  /(?<![sS](?:ecret|ECRET)[_-]?)(?:(?<=[a-z\d])I[dD]|[_-](?:id|ID))$|[cC]lient_?[sS]ecret_?I[dD]$/;

const PASSWORD_NAME = /passw|pwd$/i;

/** Names in which `pass`, `key` or `auth` is a part of another word. */
const OTHER_NAMES =
  /(?:by|com|tres|sur|over|multi|single)pass|pass(?:ed|ing|ive|es|port|enger|through|age)(?!.{2,}(?:key|token|secret))|keyword|keyboard|(?:mon|don|tur|hoc|whis|joc|jer)key(?!.{2,}(?:key|token|secret))|key(?:s|down|up|press|code|frame|path|board|stroke|of|store|ring|point|note|space)?s?$(?<!key)|author(?!i[sz])|publickey|public_key|primary_?key|foreign_?key|partition_?key|sort_?key|cache_?key|tokeniz|sitekey|site_key|hotkey|shortcut|(?:placeholder|label|tooltip|caption|helptext|description)$|access_?key_?id|csrf|xsrf|authenticity/i;

function findBareCode(value: string, at: Assignment, role: FileRole): string | undefined {
  if (/^[([]/.test(at.after)) return 'a call or an index';
  if (/[:.,?*]$/.test(value) && !/\d/.test(value)) return 'a phrase';
  if (role.kind === 'any') return undefined;
  const isCode = role.kind === 'code' || (role.kind === 'other' && /[;,)]\s*$/.test(at.after));
  if (!isCode) return undefined;
  // Configurations stand within code too, as texts of several lines: random letters are no name of a variable.
  if (/^(?=[^_]{6})[A-Za-z0-9]+$/.test(value) && wordness(value) < -0.3) return undefined;
  if (/^[-+!&*~$@]?[A-Za-z_$][\w$]*(?:(?:\??\.|->|::)[\w$]+)*[!?]?$/.test(value) && !/:\/\//.test(at.before))
    return IN_STRING.test(at.before) ? undefined : 'an expression';
  if (/^-?\d+(?:\.\d+)?$/.test(value)) return 'a number';
  return /^[\w$.]*(?:->|::|=>|\?|\+|\|\|)/.test(value) ? 'an expression' : undefined;
}

/** The text before the name opens a string: `"user=x password=`. */
const IN_STRING = /["'`][^"'`]*$/;

/** Forms that a value takes when it is code, a reference or a description instead of a secret. */
const CODE_FORMS: [RegExp, string][] = [
  [/^[A-Za-z_$][\w$.]*(?:\(.*\)?|\[.*\])$/, 'a call'],
  [/^(?:process\.env|os\.environ|System\.getenv|ENV\[|env\(|getenv)/, 'read from the environment'],
  [
    /^(?:null|nil|none|undefined|true|false|void|string|str|bytes|int|integer|boolean|bool|any|object|self|this|function|required|optional|default|yes|no|on|off|empty|unset|disabled|enabled|secret|password|passwd|pass|token|key|apikey|api_key|username|user|login|email|name|value|text|hidden|unknown|not_set|n\/a|pwd|bearer|basic)$/i,
    'a word of code',
  ],
  [/^(?:\/|\.{1,2}\/|~\/|[A-Za-z]:\\)[\w./\\ -]*$/, 'a path'],
  [/^[a-z][a-z0-9+.-]*:\/\/(?![^/\s]*:[^/\s]*@)/i, 'a URL without credentials'],
  [/^v?\d+(?:\.\d+){1,3}(?:[-+][\w.]+)?$/, 'a version'],
  [
    /^(?:var|local|self|this|settings|config|import\.meta|process|env|secrets|vars|module|data|ctx|user|req|request|params|props|options|opts|random_(?:password|string|id)\.\w{1,40}|(?:aws|google|azurerm|vault)_\w{1,60}\.\w{1,40})\.[A-Za-z_][\w.]*$/,
    'a reference',
  ],
  [
    /^arn:aws|^(?:op|vault|ssm|keyring|secretKeyRef|secretRef|enc):(?!\/\/[^/]*:[^/]*@)[\w/ #.-]+$/,
    'a reference',
  ],
  [/^([@#_%~|$*=]{1,4})[A-Za-z_. -]{2,60}\1$/, 'a template'],
  [/[\w\]]\("?$|\w\[$|^!(?:Ref|Sub|GetAtt|vault|secret|env)\b/i, 'a call'],
  [/&lt(?:;|$)|[<{]$|:\/\/[^\s:@/]*:[%$][A-Za-z_{]/, 'a template'],
  [/^\d{4}-\d\d-\d\d/, 'a date'],
  [/^(?:sha(?:1|256|384|512)|md5)[-:$]/i, 'a hash'],
  [/^#[0-9a-f]{3,8}$/i, 'a colour'],
  [/^[%#$@&*]?[({<[].*[)}>\]]$/, 'a template'],
  [/\{[A-Za-z][\w-]{0,30}(?::[^{}]{0,60})?\}/, 'a template'],
  [/%[sdvq](?![\w%])|^\{\w*\}|\\[nrt]$/, 'a format'],
];

function sameText(value: string, name: string): boolean {
  const folded = value.toLowerCase().replace(/[^a-z0-9]/g, '');
  const words = name.toLowerCase().replace(/[^a-z0-9]/g, '');
  return folded.length > 3 ? words.includes(folded) : folded.length > 2 && words.endsWith(folded);
}

/** @returns why a value has not the form of a token */
export function findUntokenlike(value: string): string | undefined {
  if (value.length < 6) return 'it is too short';
  // Documentation shows how a token begins.
  if (/(?:\.{3}|…)$/.test(value)) return 'it is cut short';
  if (/^[A-Za-z]+(?:[ _./:-][A-Za-z]+)+$/.test(value)) return 'it is words';
  if (/\s/.test(value)) return 'it is a phrase';
  if (/[\\"]/.test(value)) return 'it holds quotes';
  if (/^[\w+/-]*=+[\w+/-][^!@#$^*()~|;,<>?]*$|--$/.test(value)) return 'it is an assignment or a flag';
  if (/^[A-Za-z0-9+/]+={1,2}$/.test(value) && value.length % 4 !== 0) return 'it is base64 cut short';
  if (/^\d+(?:[_.:-]\d+)+$/.test(value)) return 'it is numbers';
  if (/\[[^\]]*\w-\w[^\]]*\]/.test(value)) return 'it is a pattern';
  if (/^.{0,8}JhbGciOiJ/.test(value)) return 'it is a JSON Web Token, which has a rule of its own';
  const decoded = decodeText(value);
  if (decoded && wordness(decoded) > 0) return 'it is words in base64';
  return findPlaceholder(decoded ?? value);
}
