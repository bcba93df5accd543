import type { Severity } from '../model/finding.ts';
import type { Example, Rule, RuleDetails, RuleExamples } from './rule.ts';

/** A service whose keys have no form of their own: it is known by the name that stands beside them. */
export interface Service {
  /** Of its rule: `abyssale-api-key`. What follows the vendor says what the secret is called. */
  id: string;
  vendor: string;
  /** Words that name it in identifiers and hosts (`abyssale`, `float_api`), and hosts (`float.com`). */
  names: string[];
  /** The vendor's page about its API. */
  docs: string;
  /** Where the vendor ends a key. */
  revoke?: string;
  /** The form that the vendor's documentation gives its keys, as an example's generator: `hex:32`. */
  shape?: string;
  /** What the key opens. */
  opens: string;
  severity: Severity;
}

/** The part of a service that a scan needs. */
export interface NamedService extends Pick<Service, 'id' | 'severity' | 'shape'> {
  /** Its names as they are looked up: hosts, and words without what stands between them. */
  keys: string[];
}

export function namedService({ id, severity, shape, names }: Service): NamedService {
  return {
    id,
    severity,
    shape,
    keys: [...new Set(names.map((name) => (isHost(name) ? name : foldName(name))))],
  };
}

/** What a secret is called, by the ending of its rule's id. */
export const CREDENTIALS: Record<string, string> = {
  'api-key': 'API key',
  'api-token': 'API token',
  'api-secret': 'API secret',
  'access-key': 'access key',
  'access-token': 'access token',
  'secret-key': 'secret key',
  credential: 'credential',
  token: 'token',
};

/** @returns undefined when the id does not end in one of CREDENTIALS */
export function credentialOf(id: string): string | undefined {
  const ending = Object.keys(CREDENTIALS).find((name) => id.endsWith(`-${name}`));
  return ending && CREDENTIALS[ending];
}

/** A name without what may stand between its words: `float_api` as `floatapi`. */
export function foldName(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '');
}

export function isHost(name: string): boolean {
  return name.includes('.');
}

/** The rule of a service: what `base` finds beside its name. It has no keyword, so it is never tried itself. */
export function serviceRule(base: Rule, { id, severity, keys }: NamedService): Rule {
  const { services, part, ...rest } = base;
  return {
    ...rest,
    id,
    severity,
    confidence: 'medium',
    generic: true,
    keywords: [],
    pattern: '',
    names: keys,
  };
}

export function serviceDetails({ id, vendor, docs, opens, revoke }: Service): RuleDetails {
  const credential = credentialOf(id) ?? 'key';
  return {
    id,
    title: `${vendor} ${credential}`,
    vendor,
    opens,
    docs,
    respond: {
      ...(revoke && { url: revoke }),
      steps: [
        `Revoke the ${credential} in the ${vendor} account, and issue another`,
        'Look through the usage or log of the account for what it did',
        'Read it from the environment or a secrets manager instead',
      ],
    },
  };
}

const FORMS: Record<string, string> = {
  hex: '[0-9a-f]',
  HEX: '[0-9A-F]',
  base62: '[0-9A-Za-z]',
  base36: '[0-9a-z]',
  upnum: '[0-9A-Z]',
  base64url: '[0-9A-Za-z_-]',
};

/** Forms that a service's keys may be said to have. */
export const SHAPE = new RegExp(`^(?:uuid|(?:${Object.keys(FORMS).join('|')}):\\d{2,3}(?:-\\d{2,3})?)$`);

/** A shape as a pattern of the whole value. */
export function shapePattern(shape: string): RegExp {
  if (shape === 'uuid') return /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
  const [alphabet, length] = shape.split(':');
  return new RegExp(`^${FORMS[alphabet]}{${length.replace('-', ',')}}$`);
}

/** Loud and quiet examples: two each of the same places for every service, in the forms that its names allow. */
export function serviceExamples({ id, names, shape }: Service): RuleExamples {
  // Vendors whose known forms have rules of their own: a form that none of these takes.
  const value = (usual: string) => `{${shape ?? (id.endsWith('-credential') ? 'base62:26' : usual)}}`;
  const loud: Example[] = [];
  const quiet: Example[] = [];
  const name = names.find((one) => !isHost(one));
  if (name) {
    const words = keyNameOf(name);
    const snake = words.join('_');
    const capitals = snake.toUpperCase();
    const kebab = words.join('-');
    const camel = words.map((word, i) => (i === 0 ? word : word[0].toUpperCase() + word.slice(1))).join('');
    loud.push(
      { text: `${capitals}=${value('hex:32')}`, path: 'deploy/app.conf' },
      { text: `  "${camel}": "${value('base62:24')}",`, path: 'config/app.json' },
      { text: `const ${camel} = '${value('uuid')}';`, path: 'src/client.ts' },
      { text: `curl -H "x-${kebab}: ${value('base62:40')}" $URL`, path: 'deploy.sh' },
    );
    quiet.push(
      { text: `${capitals}=\${${capitals}}`, path: 'deploy/app.conf' },
      { text: `const ${camel} = process.env.${capitals};`, path: 'src/client.ts' },
      { text: `${snake} = "your-${kebab}"`, path: 'app/settings.toml' },
      { text: `  "${camel}": "{repeat:x:32}",`, path: 'config/app.json' },
    );
  }
  const host = names.find(isHost);
  if (host) {
    const request = `GET https://${host}/v1/items\nAuthorization: Bearer`;
    loud.push(
      { text: `fetch("https://${host}/v1/items?api_key=${value('hex:32')}")`, path: 'src/client.js' },
      { text: `${request} ${value('base62:32')}\n`, path: 'items.http' },
    );
    quiet.push(
      { text: `fetch("https://${host}/v1/items?api_key=YOUR_API_KEY")`, path: 'src/client.js' },
      { text: `${request} {{token}}\n`, path: 'items.http' },
    );
  }
  return { id, loud: pickTwo(loud, id), quiet: pickTwo(quiet, id) };
}

/** The words of a variable that is named after the service: `acme` as `acme api key`, `acme_secret` as it is. */
function keyNameOf(name: string): string[] {
  const words = name.split('_');
  const last = words.at(-1)!;
  if (/^(?:(?:api|access|auth|secret)?(?:key|token|secret))$/.test(last)) return words;
  return [...words, ...(last === 'api' ? [] : ['api']), 'key'];
}

/** Others for other services, so that every place is proved by hundreds of them, and the check stays fast. */
function pickTwo(examples: Example[], id: string): Example[] {
  const first = [...id].reduce((sum, c) => sum + c.charCodeAt(0), 0) % examples.length;
  return [examples[first], examples[(first + 1) % examples.length]];
}
