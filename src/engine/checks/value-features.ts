import type { ValueKind } from '../../rules/rule.ts';
import type { Assignment } from './assignment.ts';
import { entropy, randomness } from './entropy.ts';
import type { FileRole } from './file-role.ts';
import { wordness } from './words.ts';

/** Features that the scorer weighs, in the order of its model. All are functions of the value and of the text near it. */
export type Feature = (value: string, at: Assignment, role: FileRole, kind: ValueKind) => number | boolean;

const has =
  (pattern: RegExp): Feature =>
  (value) =>
    pattern.test(value);
const named =
  (pattern: RegExp): Feature =>
  (_, { name }) =>
    pattern.test(name);
const between =
  (pattern: RegExp): Feature =>
  (_, at) =>
    pattern.test(at.between);
const before =
  (pattern: RegExp): Feature =>
  (_, at) =>
    pattern.test(at.before);
const after =
  (pattern: RegExp): Feature =>
  (_, at) =>
    pattern.test(at.after);

export const FEATURES: Record<string, Feature> = {
  isPassword: (_, __, ___, kind) => kind === 'password',
  isUrl: (_, __, ___, kind) => kind === 'url',
  localHost: after(/^@(?:localhost|127\.|0\.0\.0\.0|\[::1|host\b|server\b|[\w.]*example\.)/),
  length: (value) => Math.min(value.length, 200),
  entropy: (value) => entropy(value),
  randomness: (value) => randomness(value),
  wordness: (value) => wordness(value),
  firstRunWordness: (value) => wordness(/[A-Za-z]{3,}/.exec(value)?.[0] ?? ''),
  letters: (value) => share(value, /[A-Za-z]/g),
  digits: (value) => share(value, /\d/g),
  capitals: (value) => share(value, /[A-Z]/g),
  symbols: (value) => share(value, /[^A-Za-z0-9]/g),
  kinds: (value) => kindsOf(value),
  changes: (value) => changesOf(value),
  distinct: (value) => new Set(value).size / value.length,
  longestRun: (value) => longestRun(value),
  hex: has(/^(?:[0-9a-f]{8,}|[0-9A-F]{8,})$/),
  base64: has(/^[A-Za-z0-9+/]{12,}={0,2}$/),
  base32: has(/^[A-Z2-7]{16,}$/),
  number: has(/^[\d.,_]+$/),
  smallWord: has(/^[a-z]+$/),
  capitalWord: has(/^[A-Z][a-z]+$/),
  constant: has(/^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$|^[A-Z]{2,}$/),
  camel: has(/^[a-z]+[a-z0-9]*(?:[A-Z][a-z0-9]+)+$/),
  pascal: has(/^(?:[A-Z][a-z0-9]+){2,}$/),
  snake: has(/^[a-z][a-z0-9]*(?:_[a-z0-9]+)+$/),
  kebab: has(/^[a-z][a-z0-9]*(?:-[a-z0-9]+)+$/),
  dotted: has(/^[A-Za-z_$][\w$]*(?:\??\.[A-Za-z_$][\w$]*)+$/),
  spaces: (value) => Math.min(8, value.split(/\s/).length - 1),
  call: has(/[\w\]]\(/),
  bracket: has(/[()[\]{}<>]/),
  dollar: has(/\$/),
  percent: has(/%/),
  slash: (value) => value.split('/').length - 1,
  colon: has(/:/),
  comma: has(/,/),
  equals: has(/[^=]=[^=]/),
  padding: has(/={1,2}$/),
  backslash: has(/\\/),
  nonAscii: has(/[^\x20-\x7e]/),
  hash: has(
    /^\$(?:1|2[abxy]?|5|6|apr1|argon2\w*|scrypt|pbkdf2\S*)\$|^\{\w+\}|^pbkdf2_|^(?:md5|sha\d*|bcrypt\w*|argon2\w*)\$/i,
  ),
  saysSecret: has(/pass|secret|token|passwd|pwd|cred|auth|key/i),
  saysTest: has(/test|demo|dummy|fake|foo|bar|baz|mock|stub|sample|example/i),
  saysUser: has(/user|admin|root|name|mail|login|guest/i),
  saysWrong: has(/wrong|invalid|incorrect|bad|missing|empty|new|old|default|change|your|my/i),
  endsInDigits: has(/[A-Za-z]\d{1,4}!?$/),
  repeatsName: (value, { name }) => repeats(value, name),
  namePassword: named(/pass|pwd|psw/i),
  nameSecret: named(/secret/i),
  nameToken: named(/token/i),
  nameKey: named(/key/i),
  nameApi: named(/api/i),
  nameAuth: named(/auth|cred/i),
  namePublic: named(/public|pub[_-]?key|site[_-]?key|publish/i),
  nameHash: named(/hash|digest|crypt|salt|signature|checksum/i),
  nameOther: named(
    /(?:pass(?:word|wd|phrase)?|pwd|secret|token|key)s?[_.-]?(?:id|name|file|path|type|field|label|len|length|min|max|policy|regex|pattern|reset|confirm|prompt|error|msg|message|url|uri|endpoint|hint|valid|required|strength|expir|change|changed|format|input|form|box|text|view|class|provider|service|manager|encoder|count|limit|ttl|age|algorithm|version|ref|store|s)/i,
  ),
  nameEnds: named(/(?:pass(?:word|wd|phrase)?|pwd|secret|token|key)s?\d?$/i),
  nameTest: named(/test|fake|mock|dummy|example|sample|invalid|wrong|expected|bad/i),
  nameConstant: named(/^[A-Z0-9_]+$/),
  nameCapital: named(/^[A-Z][a-z]/),
  nameParts: (_, { name }) => name.split(/[_.-]|(?<=[a-z])(?=[A-Z])/).length,
  nameLength: (_, { name }) => name.length,
  nameMember: named(/\./),
  nameFlag: (_, { name, before }) => /^-/.test(name) || /\s-{1,2}$/.test(before),
  quoted: between(/["'`]$/),
  doubleQuoted: between(/"$/),
  quoteEnds: after(/^\\?["'`]/),
  nameQuoted: between(/^\\?["'`]/),
  assigned: between(/(?:^|[^=!<>])=(?!=|>)/),
  spaced: between(/ [=:]|=> ?/),
  declared: between(/:=|=>/),
  keyed: between(/:(?!=|:)/),
  compared: between(/[=!]==?|\b(?:eq|is)\b/),
  called: between(/\(/),
  listed: between(/,/),
  element: between(/>/),
  separatedBySpace: between(/^\s+["'`]?$/),
  nextLine: between(/\n/),
  optional: between(/\?|\|\|/),
  typed: between(/:\s?\w+[^=:]*=/),
  byte: between(/\b[bur]["']$|\[\]byte|Some\(|new /i),
  endsLine: after(/^\s*$/),
  endsStatement: after(/^["'`]?\)*;?\s*$/),
  followedByComma: after(/^["'`]?,/),
  followedByCall: after(/^[.([]|^["'`]?\s?[.+[]/),
  followedByClose: after(/^["'`]?[)\]}]/),
  followedByName: after(/^["'`]?,?\s*["']?\w+["']?\s?(?:=>|[:=])/),
  followedByTag: after(/^["']?\s?\/?>|^<\//),
  moreWords: after(/^\s+\w+\s+\w+/),
  beforeUser: before(/user|login|host|mail|account|client|admin|root/i),
  beforeDeclares: before(
    /\b(?:const|let|var|val|final|static|private|public|string|char|def|my|readonly)\b/i,
  ),
  beforeFunction: before(/\b(?:function|func|def|fn|sub|fun|async)\s/),
  beforeAssert: before(/\b(?:assert\w*|expect\w*|should|verify|check\w*|equal\w*|when|require)\b/i),
  beforeReturn: before(/\b(?:return|if|while|throw|raise|import|from|class|new)\b/),
  beforeComment: before(/^\s*(?:#|\/\/|\*|--|;|<!--|rem\b)/i),
  beforeEmpty: before(/^[\s"'\-[{(]*$/),
  beforeExport: before(/\b(?:export|set|env|arg|-e|declare)\s+$|\$env:/i),
  beforeQuote: before(/["'`]$/),
  beforeMember: before(/[.>]$/),
  beforeUrl: before(/:\/\/|\?|&$/),
  beforeTag: before(/<\w/),
  beforeCommand: before(/\b(?:docker|curl|mysql|psql|run|sudo|ssh|wget|http|redis-cli|echo)\b/),
  beforeLength: (_, at) => at.before.length,
  indent: (_, at) => /^\s*/.exec(at.before)![0].length,
  code: (_, __, role) => role.kind === 'code',
  config: (_, __, role) => role.kind === 'config',
  shell: (_, __, role) => role.kind === 'shell',
  text: (_, __, role) => role.kind === 'text',
  markup: (_, __, role) => role.kind === 'markup',
  test: (_, __, role) => role.test,
  example: (_, __, role) => role.example,
};

function share(value: string, pattern: RegExp): number {
  return (value.match(pattern)?.length ?? 0) / value.length;
}

function kindsOf(value: string): number {
  return [/[a-z]/, /[A-Z]/, /\d/, /[^A-Za-z0-9]/].filter((pattern) => pattern.test(value)).length;
}

/** Share of neighbours of different kind: small letter, capital, digit, other. */
function changesOf(value: string): number {
  let changes = 0;
  let last = '';
  for (const c of value) {
    const kind = /[a-z]/.test(c) ? 'a' : /[A-Z]/.test(c) ? 'A' : /\d/.test(c) ? '0' : '-';
    if (last && kind !== last) changes++;
    last = kind;
  }
  return changes / value.length;
}

function longestRun(value: string): number {
  return Math.max(0, ...(value.match(/[a-z]+|[A-Z]+/g) ?? []).map((run) => run.length)) / value.length;
}

/** How much of the value repeats words of its name: `dbPassword: "db-password"`. */
function repeats(value: string, name: string): number {
  const words = value.toLowerCase().match(/[a-z]{3,}/g) ?? [];
  const folded = name.toLowerCase().replace(/[^a-z]/g, '');
  const known = words.filter((word) => folded.includes(word)).join('').length;
  return known / value.length;
}
