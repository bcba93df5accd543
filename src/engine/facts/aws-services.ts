import type { Facts } from '../../model/finding.ts';
import { decodeAwsKeyId } from './aws-key-id.ts';
import type { FactSource } from './decode-facts.ts';

/** What tells where a key of a single AWS service is to be asked about: its endpoint, region or user, as they stand near it. */

const REGION = '[a-z]{2,4}(?:-[a-z]{2,12}){1,3}-\\d';
const APPSYNC = new RegExp(
  `([a-z0-9]{26})\\.(?:ddpg\\.)?appsync(?:-realtime)?-api\\.(${REGION})\\.(amazonaws\\.com(?:\\.cn)?)`,
  'g',
);
const SMTP = new RegExp(`email-smtp(?:-fips)?\\.(${REGION})\\.amazonaws\\.com`, 'g');
const REPOSITORY = new RegExp(
  `git-codecommit(?:-fips)?\\.(${REGION})\\.(amazonaws\\.com(?:\\.cn)?)(/v1/repos/[\\w.-]{1,100})?`,
  'g',
);
const HOST = new RegExp(`\\.(${REGION})\\.amazonaws\\.(?:com|eu)\\b`, 'g');
/** `AWS_REGION=eu-west-1`, `"region": "eu-west-1"`. */
const LABEL = new RegExp(`region["'\\]]{0,2}\\s{0,4}[=:>,(]{1,2}\\s{0,4}["']?(${REGION})\\b`, 'gi');
const KEY_ID = /(?<![A-Za-z0-9+/])AKIA[A-Z2-7]{16}(?![A-Za-z0-9+/])/g;

/** The GraphQL endpoint of an AppSync key: the key says nothing of it. Subscriptions have a host of their own; questions go to the other. */
export function appSyncFacts(source: FactSource): Facts {
  const found = nearest(source, APPSYNC);
  if (!found) return regionFacts(source);
  const [, id, region, suffix] = found;
  return { endpoint: `https://${id}.appsync-api.${region}.${suffix}/graphql`, region };
}

/** Region and user of an SES SMTP password: the region is part of what the password is made from, the user is an access key id. */
export function smtpFacts(source: FactSource): Facts {
  const region = nearest(source, SMTP)?.[1];
  const keyId = nearest(source, KEY_ID)?.[0];
  const accountId = keyId && decodeAwsKeyId(keyId)?.accountId;
  return {
    ...(region ? { region } : regionFacts(source)),
    ...(keyId && { keyId }),
    ...(accountId && { accountId }),
  };
}

/** User, account and repository of a service-specific password. A URL percent-encodes the user, whose name may hold `+`, `=`, `,` and `@`. */
export function servicePasswordFacts(source: FactSource): Facts {
  const user = decode(source.groups.user ?? '');
  const accountId = /-at-(\d{12})$/.exec(user)?.[1];
  const [, region, suffix, path = ''] = nearest(source, REPOSITORY) ?? [];
  const isKeyspaces = !region && /cassandra|keyspaces|cqlsh/i.test(source.around);
  return {
    ...(user && { user }),
    ...(accountId && { accountId }),
    ...(region
      ? { url: `https://git-codecommit.${region}.${suffix}${path}`, region, service: 'codecommit' }
      : isKeyspaces && { service: 'keyspaces' }),
  };
}

/** The region that stands nearest: in the name of one of AWS' hosts, or under a name that ends in `region`. */
export function regionFacts(source: FactSource): Facts {
  const region = (nearest(source, LABEL) ?? nearest(source, HOST))?.[1];
  return region ? { region } : {};
}

/** The match that stands nearest to the secret. `around` has it in its middle, but where a blob begins or ends. */
function nearest({ around, secret }: FactSource, pattern: RegExp): RegExpExecArray | undefined {
  const at = around.indexOf(secret);
  const from = at < 0 ? around.length / 2 : at;
  const to = at < 0 ? from : at + secret.length;
  const distance = ({ index, 0: text }: RegExpExecArray) =>
    index < from ? from - index - text.length : index - to;
  return [...around.matchAll(pattern)].sort((a, b) => distance(a) - distance(b))[0];
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
