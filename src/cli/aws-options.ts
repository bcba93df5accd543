import { homedir } from 'node:os';
import type { Operator } from '../aws/operator.ts';
import type { Connection, StaticCredentials } from '../aws/sdk.ts';
import { UserError } from '../model/errors.ts';
import type { Io, Options, Values } from './command.ts';
import { VERSION } from './version.ts';

/** Options of every command that signs in to AWS. */
export const AWS_OPTIONS: Options = {
  profile: {
    type: 'string',
    value: 'NAME',
    help: 'Act with this profile of ~/.aws (environment variables otherwise)',
  },
  region: {
    type: 'string',
    value: 'REGION',
    help: 'Region to sign for; it also chooses the partition (cn-, us-gov-, eusc-)',
  },
  'role-arn': { type: 'string', value: 'ARN', help: 'Assume this role first: for a key of another account' },
  'aws-endpoint': {
    type: 'string',
    value: 'URL',
    help: 'Send every AWS request there instead, such as a test server',
  },
};

/** Milliseconds. */
const TIMEOUT = 5000;

/** How AWS is reached, with two switches of the SDK set in the environment before it is loaded. */
export async function connect(values: Values, io: Io, attempts = 3): Promise<Connection> {
  const [{ quietSdk }, { agentsFor }] = await Promise.all([
    import('../aws/sdk.ts'),
    import('../verify/proxy.ts'),
  ]);
  quietSdk(io.env);
  const endpoint = checkEndpoint(values['aws-endpoint'] as string | undefined);
  return {
    endpoint,
    agents: await agentsFor(endpoint ?? 'https://sts.amazonaws.com', io.env, { maxSockets: 8 }),
    userAgent: `unleak/${VERSION}`,
    timeoutMs: TIMEOUT,
    attempts,
    signal: io.signal,
  };
}

/** @throws {UserError} when there are no credentials that AWS accepts */
export async function signInAs(
  values: Values,
  io: Io,
  connection: Connection,
  explicit?: StaticCredentials,
): Promise<Operator> {
  const { signIn } = await import('../aws/operator.ts');
  return signIn({
    profile: values.profile as string | undefined,
    region: values.region as string | undefined,
    roleArn: values['role-arn'] as string | undefined,
    explicit,
    env: io.env,
    home: homeOf(io),
    connection,
  });
}

export function homeOf({ env }: Io): string {
  return env.HOME || env.USERPROFILE || homedir();
}

/** Where state and ledger live: `$XDG_STATE_HOME/unleak`, else `~/.local/state/unleak`. */
export function stateFolder(io: Io): string {
  return `${io.env.XDG_STATE_HOME || `${homeOf(io)}/.local/state`}/unleak`;
}

export function checkEndpoint(endpoint: string | undefined): string | undefined {
  if (endpoint === undefined) return undefined;
  if (URL.canParse(endpoint) && /^https?:$/.test(new URL(endpoint).protocol)) return endpoint;
  throw new UserError(`--aws-endpoint ${endpoint} is no address: give one like http://127.0.0.1:5000`);
}
