import type { Verdict } from '../model/finding.ts';
import { type Partition, partitionNamed } from './partitions.ts';
import {
  type AwsFailure,
  type Connection,
  clientConfig,
  failureOf,
  nameUserAgent,
  type StaticCredentials,
} from './sdk.ts';

/** Who a credential is, in AWS' words and ours. */
export interface Identity {
  arn: string;
  account: string;
  userId: string;
  kind: 'root' | 'user' | 'role-session' | 'identity-center' | 'federated-user' | 'unknown';
  /** User name, role name or federated name. */
  name?: string;
  /** The session's name: for Identity Center the person, for an EC2 role the instance. */
  session?: string;
}

/**
 * Asks STS who the credential is.
 * @throws what the SDK throws: see `failureOf`
 */
export async function callerIdentity(
  credentials: StaticCredentials | (() => Promise<StaticCredentials>),
  partition: Partition,
  connection: Connection,
  region?: string,
): Promise<Identity> {
  const { STSClient, GetCallerIdentityCommand } = await import('@aws-sdk/client-sts');
  const config = await clientConfig('sts', { partition, region, credentials }, connection);
  const client = nameUserAgent(new STSClient(config), connection);
  const {
    Arn = '',
    Account = '',
    UserId = '',
  } = await client.send(new GetCallerIdentityCommand({}), {
    abortSignal: connection.signal,
  });
  return readArn(Arn, Account, UserId);
}

/** Reads an ARN of IAM or STS; the forms are those of aws docs "IAM identifiers". */
export function readArn(arn: string, account = arn.split(':')[4] ?? '', userId = ''): Identity {
  const resource = arn.split(':').slice(5).join(':');
  const [type, ...path] = resource.split('/');
  const base = { arn, account, userId };
  if (resource === 'root') return { ...base, kind: 'root' };
  if (type === 'user') return { ...base, kind: 'user', name: path.at(-1) };
  if (type === 'federated-user') return { ...base, kind: 'federated-user', name: path.at(-1) };
  if (type !== 'assumed-role') return { ...base, kind: 'unknown' };
  const [role, session] = path;
  const kind = role?.startsWith('AWSReservedSSO_') ? 'identity-center' : 'role-session';
  return { ...base, kind, name: role, session };
}

/** The verdict on a pair that STS has answered for with an identity. */
export function activeVerdict(identity: Identity, decodedAccount?: string): Verdict {
  const { kind, arn, account, userId, name, session } = identity;
  const facts: Record<string, string> = { arn, account, userId, kind };
  if (name) facts.name = name;
  if (session) facts.session = session;
  if (kind === 'user' && name?.startsWith('BedrockAPIKey-')) facts.phantom = 'made by a Bedrock API key';
  const notes = [
    kind === 'root' && 'a root key: no IAM policy can limit it',
    decodedAccount && account && decodedAccount !== account && `its id decodes to account ${decodedAccount}`,
  ].filter(Boolean);
  return { state: 'active', ...(notes.length > 0 && { reason: notes.join('; ') }), identity: facts };
}

/**
 * What a failed GetCallerIdentity means. Only an answer that AWS itself signed off with a known code decides anything:
 * a 403 alone may come from a proxy, a clock or a policy.
 * @param keyId the access key id that was asked for
 */
export function readFailure(failure: AwsFailure, keyId: string, partition: Partition): Verdict {
  const { code, message, status } = failure;
  const unknown = (reason: string): Verdict => ({ state: 'unknown', reason });
  switch (code) {
    case 'InvalidClientTokenId':
    case 'UnrecognizedClient':
      if (keyId.startsWith('ASIA'))
        return unknown(
          'STS does not accept this session token for the id: another token, or another partition',
        );
      return {
        state: 'inactive',
        reason: `deactivated, deleted or never made: no active key in partition ${partition.id} has this id`,
      };
    case 'SignatureDoesNotMatch':
      if (isSkew(message)) return unknown("this machine's clock differs from AWS' own: set it and ask again");
      return { state: 'mismatch', reason: 'the key id is active, but this is not its secret' };
    case 'ExpiredToken':
    case 'ExpiredTokenId':
      return { state: 'expired', reason: 'a genuine session that has ended' };
    case 'RequestExpired':
    case 'RequestTimeTooSkewed':
      return unknown("this machine's clock differs from AWS' own: set it and ask again");
    case 'AccessDenied': {
      const arn = /arn:[\w-]+:(?:iam|sts)::\d{12}:[\w+=,.@/-]+/.exec(message)?.[0];
      if (!arn) return unknown('access denied without naming who asked');
      return {
        ...activeVerdict(readArn(arn.replace(/[.,]$/, ''))),
        reason: 'AWS knew the caller, and denied the question',
      };
    }
    case 'IncompleteSignature':
    case 'MissingAuthenticationToken':
    case 'MissingAuthenticationTokenException':
    case 'MalformedInput':
      return unknown(`AWS could not read the request (${code}): a proxy may have changed it`);
    case 'Throttling':
    case 'ThrottlingException':
    case 'TooManyRequests':
    case 'RequestLimitExceeded':
      return unknown('AWS is throttling: ask again later');
    case 'ETIMEDOUT':
    case 'TimeoutError':
    case 'AbortError':
      return unknown('no answer in time');
  }
  if (status === 0) return unknown(`AWS could not be reached${code ? ` (${code})` : ''}`);
  if (status === 429) return unknown('AWS is throttling: ask again later');
  if (status >= 500) return unknown(`AWS failed with status ${status}`);
  if (!code)
    return unknown(
      `the answer (status ${status}) is not from AWS: a proxy or a login page may stand between`,
    );
  return unknown(`AWS answered ${code}`);
}

/** Codes with which a region, and not a key, is refused. */
export function isRegionRefusal({ code }: AwsFailure): boolean {
  return code === 'RegionDisabled' || code === 'OptInRequired';
}

/** One question, with a second one in the partition's first region when the asked region is switched off. */
export async function askIdentity(
  credentials: StaticCredentials,
  partition: Partition,
  connection: Connection,
  region?: string,
): Promise<{ identity: Identity } | { failure: AwsFailure }> {
  try {
    return { identity: await callerIdentity(credentials, partition, connection, region) };
  } catch (error) {
    const failure = failureOf(error);
    if (isRegionRefusal(failure) && region && region !== partition.region)
      return askIdentity(credentials, partition, connection);
    return { failure };
  }
}

/** The account that an id belongs to, asked with the user's own credentials: says nothing of the key's state, and its owner does not see it. */
export async function accountOfKey(
  keyId: string,
  own: StaticCredentials | (() => Promise<StaticCredentials>),
  connection: Connection,
) {
  const { STSClient, GetAccessKeyInfoCommand } = await import('@aws-sdk/client-sts');
  const config = await clientConfig(
    'sts',
    { partition: partitionNamed('aws'), credentials: own },
    connection,
  );
  const client = nameUserAgent(new STSClient(config), connection);
  const { Account } = await client.send(new GetAccessKeyInfoCommand({ AccessKeyId: keyId }));
  return Account;
}

function isSkew(message: string): boolean {
  return /signature (?:expired|not yet current)|not yet current/i.test(message);
}
