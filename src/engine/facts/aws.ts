import type { Facts } from '../../model/finding.ts';
import { isCanaryAccount } from './aws-canaries.ts';
import { decodeAwsKeyId } from './aws-key-id.ts';
import { parseSessionToken } from './aws-session-token.ts';
import type { FactSource } from './decode-facts.ts';

/** Account and generation that an access key id holds. */
export function keyIdFacts({ secret, groups }: FactSource): Facts {
  const keyId = groups.id ?? secret;
  const id = decodeAwsKeyId(keyId);
  return {
    keyId,
    ...(id && { generation: id.generation }),
    ...(id?.accountId && { accountId: id.accountId }),
    ...(id?.accountId && isCanaryAccount(id.accountId) && { canary: true }),
  };
}

const CHINA = /\bcn-(?:north|northwest)-\d\b|amazonaws\.com\.cn|aws-cn\b/;
const GOV = /\bus-gov-(?:east|west)-\d\b|aws-us-gov\b/;
const SOVEREIGN = /\beusc-de-east-\d\b|amazonaws\.eu\b|aws-eusc\b/;

/** The partition that regions and hosts near the key point to; a key id itself does not tell. */
export function partitionFacts({ around }: FactSource): Facts {
  const partition = CHINA.test(around)
    ? 'aws-cn'
    : GOV.test(around)
      ? 'aws-us-gov'
      : SOVEREIGN.test(around)
        ? 'aws-eusc'
        : 'aws';
  return { partition };
}

export function sessionTokenFacts({ secret }: FactSource): Facts {
  return { ...parseSessionToken(secret) };
}

/**
 * Bedrock and other service API keys. Long-term: four letters, then base64 of `<user>-at-<account>:<secret>`.
 * Short-term: `bedrock-api-key-` and base64 of a presigned URL, whose date and lifetime tell the end.
 */
export function apiKeyFacts(source: FactSource): Facts {
  const text = Buffer.from(source.secret.replace(/^(?:bedrock-api-key-|[A-Z]{4})/, ''), 'base64').toString(
    'latin1',
  );
  const owner = /^([\w+=,.@-]{1,128})-at-(\d{12}):/.exec(text);
  if (owner) return { user: owner[1], accountId: owner[2] };
  return presignedFacts({ ...source, secret: text, beside: () => ['', ''] });
}

/** Longest part of a URL that is looked through on either side, in bytes: a session token may stand between. */
const URL_REACH = 4096;
const BEFORE_QUERY = /^.*[\s"'<>\\`?]/s;
const AFTER_QUERY = /[\s"'<>\\`?#].*$/s;

/**
 * Id, account and end of a presigned URL: SigV4 (`X-Amz-Date` + `X-Amz-Expires` seconds) or SigV2 (`Expires`, seconds
 * since 1970). The order of its parameters is free, so what stands before the id and after the signature counts too.
 */
export function presignedFacts({ secret, beside, now }: FactSource): Facts {
  const [before, after] = beside(URL_REACH).map(plainUrl);
  const url = plainUrl(secret);
  const query = `${url}&${before.replace(BEFORE_QUERY, '')}&${after.replace(AFTER_QUERY, '')}`;
  const keyId = /(?:X-Amz-Credential|AWSAccessKeyId)=([A-Z0-9]{16,128})/i.exec(url)?.[1];
  const region = /X-Amz-Credential=[A-Z0-9]+\/\d{8}\/([a-z0-9-]+)\//i.exec(url)?.[1];
  const expires = expiryOf(query);
  const accountId = keyId && decodeAwsKeyId(keyId)?.accountId;
  return {
    ...(keyId && { keyId }),
    ...(accountId && { accountId }),
    ...(region && { region }),
    ...(expires !== undefined && {
      expires: new Date(expires).toISOString(),
      ...(expires < now && { expired: true }),
    }),
  };
}

/** Without the escapes that percent encoding, once or twice, XML and JSON put in a URL. */
function plainUrl(text: string): string {
  return text
    .replace(/&amp;|\\u0026/gi, '&')
    .replace(/%25/g, '%')
    .replace(/%2F/gi, '/')
    .replace(/%3D/gi, '=')
    .replace(/%26/g, '&')
    .replace(/%3F/gi, '?');
}

/** Milliseconds since 1970; undefined too where the scope of the credential names another day than the date, as SigV4 forbids. */
function expiryOf(url: string): number | undefined {
  const date = /X-Amz-Date=(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z/i.exec(url);
  const lifetime = /X-Amz-Expires=(\d{1,6})(?!\d)/i.exec(url);
  if (date && lifetime) {
    const [year, month, day, hour, minute, second] = date.slice(1).map(Number);
    const scope = /X-Amz-Credential=[A-Z0-9]+\/(\d{8})\//i.exec(url)?.[1];
    if (scope && scope !== date.slice(1, 4).join('')) return undefined;
    return Date.UTC(year, month - 1, day, hour, minute, second) + Number(lifetime[1]) * 1000;
  }
  const epoch = /[?&;]Expires=(\d{9,11})(?!\d)/i.exec(url);
  return epoch ? Number(epoch[1]) * 1000 : undefined;
}
