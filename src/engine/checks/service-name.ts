import { builtInNames } from '../../rules/catalogue.ts';
import { foldName, isHost, type NamedService } from '../../rules/service.ts';
import type { Assignment } from './assignment.ts';
import { findCall, findComment, findHostOfUrl, findHostsNear, findParents } from './named-nearby.ts';
import type { Surroundings } from './run-checks.ts';

export interface Naming {
  service: NamedService;
  /** Named by the value's own name, by the words before it or by its URL; else by what stands near. */
  own: boolean;
}

/**
 * The service that an assigned value is named after: in its name or the two words before it on the line, in the host of
 * the URL that it is part of; and where its name says no more than what it is, as `api_key` does, in the call that it is an
 * argument of, in the key or section above it, in the comment behind or above it, or in the host of the nearest URL. Looks at nothing outside the window.
 */
export function findService(at: Assignment, around: Surroundings, value: string): Naming | undefined {
  const words = wordsOf(at.name);
  const named = byWords([...wordsBefore(at.before), ...words]);
  if (named) return { service: named, own: true };
  const host = findHostOfUrl(at, around);
  if (host) {
    const service = byHost(host);
    return service && { service, own: true };
  }
  if (!words.every(isPlainWord)) return undefined;
  const called = byWords(wordsOf(findCall(at) ?? ''));
  if (called) return { service: called, own: true };
  for (const parent of findParents(at, around)) {
    const service = byWords(wordsOf(parent));
    if (service) return { service, own: false };
  }
  const comment = findComment(at, around);
  if (comment) {
    const said = wordsOf(comment.text);
    const service = byWords(said);
    if (service) return { service, own: comment.isNext && said.length <= SHORT_COMMENT };
  }
  for (const near of findHostsNear(around, value)) {
    const service = byHost(near);
    if (service) return { service, own: false };
  }
  return undefined;
}

/** Whether a name says what a value is, and not whose: `api_key`. */
export function isPlainName(name: string): boolean {
  return wordsOf(name).every(isPlainWord);
}

function isPlainWord(word: string): boolean {
  return PLAIN.has(word.toLowerCase().replace(/\d+$/, ''));
}

/** Words that a comment has at most to be a heading, and not a sentence that names a service in passing. */
const SHORT_COMMENT = 4;

/** Names that say what a value is, and not whose. */
const PLAIN = new Set(
  (
    'api key keys apikey apikeys token tokens apitoken accesstoken authtoken secret secrets secretkey apisecret accesskey access auth ' +
    'authorization authentication bearer basic credential credentials client app application my the our service private user account ' +
    'http https header headers default prod production live main value data options config conf settings params query request rest ' +
    'oauth oauth2 admin passphrase gpg jwt session ' +
    'web server v x const let var env process self this react vite next public nuxt url'
  ).split(' '),
);

/** Words of a name, split where separators stand, or capitals. */
function wordsOf(name: string): string[] {
  return name
    .split(/[^A-Za-z0-9]+|(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/)
    .filter((word) => word !== '');
}

/** Nothing but brackets, quotes and an assignment may stand between them and the name: `new Acme({ apiKey`, `acme["token`. */
const TWO_WORDS =
  /(?:(?:^|[^\w-])([A-Za-z][\w-]{0,39})[\s"'`:={(.[\]<>@$-]{1,6})?(?<![\w-])([A-Za-z][\w-]{0,39})[\s"'`:={(.[\]<>@$-]{1,6}$/;

function wordsBefore(before: string): string[] {
  const found = TWO_WORDS.exec(before);
  return found ? [found[1], found[2]].flatMap((word) => wordsOf(word ?? '')) : [];
}

const LONGEST_NAME = 4;

/** The service with the longest name among the words, and of those the last. */
function byWords(words: readonly string[]): NamedService | undefined {
  const { names } = readTable();
  const folded = words.map((word) => word.toLowerCase());
  for (let length = LONGEST_NAME; length > 0; length--) {
    for (let i = folded.length - length; i >= 0; i--) {
      const joined = length === 1 ? folded[i] : folded.slice(i, i + length).join('');
      const service = names.get(joined) ?? (length === 1 ? byGluedWord(joined) : undefined);
      if (service) return service;
    }
  }
  return undefined;
}

/** `acmeapikey`, in small letters or capitals alone, as `acme api` and as `acme`. */
function byGluedWord(word: string): NamedService | undefined {
  const { names } = readTable();
  const named = word.replace(/(?:access|auth|secret|private)?(?:key|token|secret|auth)$/, '');
  return named === word && !word.endsWith('api')
    ? undefined
    : (names.get(named) ?? names.get(named.replace(/api$/, '')));
}

/** By the host or one above it, or by the name that its owner registered: `api.acme.com` by `acme`. */
function byHost(host: string): NamedService | undefined {
  const { names, hosts } = readTable();
  const labels = host.toLowerCase().split('.');
  for (let i = 0; i < labels.length - 1; i++) {
    const service = hosts.get(labels.slice(i).join('.'));
    if (service) return service;
  }
  const last = labels.length - 2;
  // `acme.co.uk`
  const registered = labels[last]?.length <= 3 && last > 0 ? labels[last - 1] : labels[last];
  return registered ? names.get(foldName(registered)) : undefined;
}

interface Table {
  names: Map<string, NamedService>;
  hosts: Map<string, NamedService>;
}

let table: Table | undefined;

function readTable(): Table {
  if (table) return table;
  table = { names: new Map(), hosts: new Map() };
  for (const service of builtInNames()) {
    for (const key of service.keys) (isHost(key) ? table.hosts : table.names).set(key, service);
  }
  return table;
}
