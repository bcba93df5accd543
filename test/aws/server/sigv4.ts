import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { isAccepted, type Key, type World } from './world.ts';

/** An error as AWS answers it. */
export class AwsError extends Error {
  readonly code: string;
  readonly status: number;

  constructor(code: string, message: string, status = 403) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

export interface SignedRequest {
  method: string;
  /** Path and query as sent. */
  url: string;
  headers: IncomingHttpHeaders;
  body: string;
}

export interface Caller {
  key: Key;
  region: string;
  service: string;
}

const MAX_SKEW = 5 * 60_000;

/**
 * Checks a request's Signature Version 4 against the secrets of the world, in the order that AWS answers: id, token,
 * signature, age. Written from https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function authenticate(request: SignedRequest, world: World, now: number): Caller {
  const { headers } = request;
  const parts =
    /^AWS4-HMAC-SHA256 Credential=([^,\s]+),\s*SignedHeaders=([^,\s]+),\s*Signature=([0-9a-f]{64})$/.exec(
      headers.authorization ?? '',
    );
  if (!parts)
    throw headers.authorization
      ? new AwsError('IncompleteSignature', 'The request signature does not conform to AWS standards', 400)
      : new AwsError('MissingAuthenticationToken', 'Request is missing Authentication Token');
  const [, credential, signedNames, signature] = parts;
  const [keyId, day, region, service, end] = credential.split('/');
  if (end !== 'aws4_request')
    throw new AwsError('IncompleteSignature', 'Credential must end with aws4_request', 400);
  const key = world.keys.get(keyId);
  const invalid = new AwsError(
    'InvalidClientTokenId',
    'The security token included in the request is invalid.',
  );
  if (world.closedRegions.has(region))
    throw new AwsError(
      service === 'cloudtrail' ? 'UnrecognizedClientException' : invalid.code,
      invalid.message,
      service === 'cloudtrail' ? 400 : 403,
    );
  if (!key || !isAccepted(key, now)) throw invalid;
  if ((headers['x-amz-security-token'] ?? undefined) !== key.token) throw invalid;
  const expected = sign(request, signedNames.split(';'), { day, region, service, secret: key.secret });
  const date = String(headers['x-amz-date']);
  if (!timingSafeEqual(Buffer.from(expected), Buffer.from(signature)))
    throw new AwsError(
      'SignatureDoesNotMatch',
      'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method.',
    );
  const sent = Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
  if (Math.abs(sent - now) > MAX_SKEW)
    throw new AwsError(
      'SignatureDoesNotMatch',
      `Signature ${sent < now ? 'expired' : 'not yet current'}: ${date} is too far from ${stamp(now)}`,
    );
  if (key.expires && key.expires.getTime() < now)
    throw new AwsError('ExpiredToken', 'The security token included in the request is expired');
  return { key, region, service };
}

interface Scope {
  day: string;
  region: string;
  service: string;
  secret: string;
}

function sign(
  { method, url, headers, body }: SignedRequest,
  names: string[],
  { day, region, service, secret }: Scope,
): string {
  const [path, query = ''] = url.split('?');
  const canonicalQuery = query.split('&').filter(Boolean).sort().join('&');
  const canonicalHeaders = names
    .map(
      (name) =>
        `${name}:${String(headers[name] ?? '')
          .trim()
          .replace(/ +/g, ' ')}\n`,
    )
    .join('');
  const canonical = [method, path, canonicalQuery, canonicalHeaders, names.join(';'), sha256(body)].join(
    '\n',
  );
  const text = [
    'AWS4-HMAC-SHA256',
    headers['x-amz-date'],
    `${day}/${region}/${service}/aws4_request`,
    sha256(canonical),
  ].join('\n');
  let signingKey: string | Buffer = `AWS4${secret}`;
  for (const part of [day, region, service, 'aws4_request'])
    signingKey = createHmac('sha256', signingKey).update(part).digest();
  return createHmac('sha256', signingKey).update(text).digest('hex');
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function stamp(time: number): string {
  return new Date(time).toISOString().replace(/[-:]|\.\d{3}/g, '');
}
