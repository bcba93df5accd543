import { UserError } from '../model/errors.ts';
import { callerIdentity, type Identity } from './identity.ts';
import { type Partition, partitionNamed, partitionOfRegion } from './partitions.ts';
import { profileRegion } from './profile-region.ts';
import {
  type Connection,
  clientConfig,
  type Environment,
  failureOf,
  handlerOf,
  nameUserAgent,
  type StaticCredentials,
} from './sdk.ts';

/** Who acts: an identity of the account's owner, never the leaked pair unless that was asked for in so many words. */
export interface Operator {
  identity: Identity;
  /** The id that signs, and the one that stands behind it when a role was assumed: compared with the target's. */
  keyIds: string[];
  credentials: () => Promise<StaticCredentials>;
  partition: Partition;
  region: string;
  connection: Connection;
}

export interface OperatorOptions {
  profile?: string;
  region?: string;
  /** A role of the account that holds the leaked key, assumed from the operator's own identity. */
  roleArn?: string;
  /** Acts with these and reads nothing else: for `--as-leaked-key`. */
  explicit?: StaticCredentials;
  env: Environment;
  home: string;
  connection: Connection;
}

/**
 * Finds the operator's credentials (environment, profile, Identity Center, process, role) and asks STS whose they are.
 * @throws {UserError} when there are none, when a session has expired, or when AWS cannot be reached (exit 3)
 */
export async function signIn(options: OperatorOptions): Promise<Operator> {
  const { env, connection } = options;
  const profile = options.profile ?? (env.AWS_ACCESS_KEY_ID ? undefined : env.AWS_PROFILE);
  const own =
    env.AWS_REGION || env.AWS_DEFAULT_REGION || profileRegion(profile ?? 'default', env, options.home);
  // A profile that is named knows its region better than the environment of whoever names it.
  const region =
    options.region ?? (options.profile && profileRegion(options.profile, env, options.home)) ?? own;
  const partition = region ? partitionOfRegion(region) : partitionNamed('aws');
  const base = { partition, region: region ?? partition.region, connection };
  let credentials = options.explicit
    ? async () => options.explicit!
    : await findCredentials(options, base.region);
  try {
    const own = await credentials();
    if (options.roleArn) credentials = assumeRole(options.roleArn, credentials, base);
    const { accessKeyId } = await credentials();
    const identity = await callerIdentity(credentials, partition, connection, base.region);
    return { ...base, identity, keyIds: [accessKeyId, own.accessKeyId], credentials };
  } catch (error) {
    throw explainSignIn(error, {
      profile,
      region: base.region,
      roleArn: options.roleArn,
      isLeaked: options.explicit !== undefined,
    });
  }
}

async function findCredentials(
  { profile, env, home, connection }: OperatorOptions,
  region: string,
): Promise<() => Promise<StaticCredentials>> {
  if (!profile && env.AWS_ACCESS_KEY_ID && env.AWS_SECRET_ACCESS_KEY) {
    const fromEnvironment = {
      accessKeyId: env.AWS_ACCESS_KEY_ID,
      secretAccessKey: env.AWS_SECRET_ACCESS_KEY,
      sessionToken: env.AWS_SESSION_TOKEN || undefined,
    };
    return async () => fromEnvironment;
  }
  const init = {
    profile: profile ?? env.AWS_PROFILE,
    filepath: env.AWS_SHARED_CREDENTIALS_FILE ?? `${home}/.aws/credentials`,
    configFilepath: env.AWS_CONFIG_FILE ?? `${home}/.aws/config`,
    clientConfig: { region, requestHandler: await handlerOf(connection), endpoint: connection.endpoint },
    logger: quietLogger,
  };
  if (init.profile) {
    // Not by the chain: it drops why the profile failed, such as an Identity Center session that is over.
    const { fromIni } = await import('@aws-sdk/credential-provider-ini');
    const provider = fromIni(init);
    return () => provider();
  }
  const { defaultProvider } = await import('@aws-sdk/credential-provider-node');
  const provider = defaultProvider(init);
  return () => provider();
}

/** The chain would print warnings to the terminal by itself. */
const quietLogger = { debug() {}, info() {}, warn() {}, error() {} };

/** A session of the role, renewed five minutes before its end. */
function assumeRole(
  roleArn: string,
  credentials: () => Promise<StaticCredentials>,
  { partition, region, connection }: { partition: Partition; region: string; connection: Connection },
): () => Promise<StaticCredentials> {
  if (!/^arn:[\w-]+:iam::\d{12}:role\/./.test(roleArn))
    throw new UserError(`${roleArn} is no role: give an ARN like arn:aws:iam::<account>:role/<name>`);
  let session: { made: StaticCredentials; renewAt: number } | undefined;
  return async () => {
    if (session && Date.now() < session.renewAt) return session.made;
    const { STSClient, AssumeRoleCommand } = await import('@aws-sdk/client-sts');
    const client = nameUserAgent(
      new STSClient(await clientConfig('sts', { partition, region, credentials }, connection)),
      connection,
    );
    const RoleSessionName = `unleak-${Date.now()}`;
    const { Credentials } = await client.send(new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName }));
    const made = {
      accessKeyId: Credentials!.AccessKeyId!,
      secretAccessKey: Credentials!.SecretAccessKey!,
      sessionToken: Credentials!.SessionToken!,
    };
    session = { made, renewAt: (Credentials!.Expiration?.getTime() ?? Date.now() + 900_000) - 300_000 };
    return made;
  };
}

interface SignInAttempt {
  profile?: string;
  region: string;
  roleArn?: string;
  isLeaked: boolean;
}

function explainSignIn(error: unknown, { profile, region, roleArn, isLeaked }: SignInAttempt): Error {
  if (error instanceof UserError) return error;
  const { name, message = '' } = error as Error;
  const { code, status } = failureOf(error);
  const which = profile ? `profile ${profile}` : 'the environment';
  if (/token.*expired|sso session|expired.*sso|aws sso login/i.test(message) && name.includes('Provider'))
    return new UserError(
      `the Identity Center session of ${which} has expired: run aws sso login${profile ? ` --profile ${profile}` : ''}`,
    );
  if (name.includes('CredentialsProviderError') || name === 'TokenProviderError')
    return new UserError(
      `no AWS credentials to act with in ${which}: give --profile, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (${message.split('\n')[0]})`,
    );
  switch (code) {
    case 'InvalidClientTokenId':
    case 'UnrecognizedClient':
    case 'SignatureDoesNotMatch':
      if (/expired|not yet current/i.test(message))
        return new UserError("this machine's clock differs from AWS' own: set it first", 3);
      if (isLeaked)
        return new UserError(
          'AWS refuses the leaked pair: it is dead already, or the secret is not the one of this id',
        );
      return new UserError(
        `AWS does not accept the credentials of ${which} in region ${region} (${code}): give others with --profile, or their own region with --region`,
      );
    case 'ExpiredToken':
      return new UserError(
        `the session of ${which} has expired: log in again, or give others with --profile`,
      );
    case 'AccessDenied':
      return new UserError(
        roleArn
          ? `${which} may not assume ${roleArn}: allow sts:AssumeRole to it, and let the role trust it`
          : `AWS denied sts:GetCallerIdentity to ${which}: ${message}`,
        3,
      );
  }
  return new UserError(
    `AWS could not be asked who ${which} is (${code || name}${status ? `, status ${status}` : ''}): ${oneLine(message)}`,
    3,
  );
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').slice(0, 200);
}
