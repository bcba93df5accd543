import type { Agent as HttpAgent } from 'node:http';
import type { Agent as HttpsAgent } from 'node:https';
import type { NodeHttpHandler } from '@smithy/node-http-handler';
import { endpointOf, type Partition, signingRegion } from './partitions.ts';

/** Static keys, or a function that fetches (and renews) them. */
export type Credentials = StaticCredentials | (() => Promise<StaticCredentials>);

export interface StaticCredentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}

export type Environment = Record<string, string | undefined>;

/** How AWS is reached in this run. */
export interface Connection {
  /** Takes the place of every service's official address. Nothing else does: `AWS_ENDPOINT_URL` and the like are not read. */
  endpoint?: string;
  /** Carry the proxy and the limit on connections. */
  agents: { http: HttpAgent; https: HttpsAgent };
  /** `unleak/<version>`: what the other side's CloudTrail will show. */
  userAgent: string;
  /** For one request; milliseconds. */
  timeoutMs: number;
  /** Tries of one request, the first included. */
  attempts: number;
  signal?: AbortSignal;
}

export type Service = 'sts' | 'iam' | 'cloudtrail' | 'organizations' | 'secretsmanager' | 'ssm';

const CONNECT_TIMEOUT = 3000;

/**
 * Must be called with the process' own environment before the SDK is loaded. Two of its habits are turned off: on Node 20 it
 * prints a support warning, and the credential providers would follow `AWS_ENDPOINT_URL` to whatever address it names.
 */
export function quietSdk(env: Environment): void {
  env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
  env.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS = 'true';
}

/** What every client of the SDK is built with: explicit address and credentials, and the timeouts that the SDK has none of. */
export async function clientConfig(
  service: Service,
  { partition, region = partition.region, credentials }: ClientTarget,
  connection: Connection,
) {
  return {
    region: signingRegion(service, partition, region),
    endpoint: connection.endpoint ?? endpointOf(service, partition, region),
    credentials,
    maxAttempts: connection.attempts,
    requestHandler: await handlerOf(connection),
  };
}

export interface ClientTarget {
  partition: Partition;
  region?: string;
  credentials: Credentials;
}

/** One handler a connection, so that all its clients share the limit on sockets. */
const handlers = new WeakMap<Connection, NodeHttpHandler>();

export async function handlerOf(connection: Connection): Promise<NodeHttpHandler> {
  const { NodeHttpHandler } = await import('@smithy/node-http-handler');
  const made =
    handlers.get(connection) ??
    new NodeHttpHandler({
      connectionTimeout: CONNECT_TIMEOUT,
      requestTimeout: connection.timeoutMs,
      throwOnRequestTimeout: true,
      httpAgent: connection.agents.http,
      httpsAgent: connection.agents.https,
    });
  handlers.set(connection, made);
  return made;
}

interface Stack {
  add(middleware: unknown, options: unknown): void;
}

/** The SDK's own user agent tells kernel, Node version and more of this machine to whoever owns the account: it is replaced. */
export function nameUserAgent<Client extends { middlewareStack: unknown }>(
  client: Client,
  connection: Connection,
): Client {
  type Next = (args: { request: { headers: Record<string, string> } }) => Promise<unknown>;
  const replace = (next: Next) => async (args: Parameters<Next>[0]) => {
    delete args.request.headers['x-amz-user-agent'];
    args.request.headers['user-agent'] = connection.userAgent;
    return next(args);
  };
  (client.middlewareStack as Stack).add(replace, { step: 'build', priority: 'low', name: 'unleakUserAgent' });
  return client;
}

/** What an AWS error says, whichever way the SDK has wrapped it. */
export interface AwsFailure {
  /** The code on the wire, such as `AccessDenied`; empty when the answer was not from AWS. */
  code: string;
  message: string;
  /** 0 when there was no answer at all. */
  status: number;
  requestId?: string;
}

export function failureOf(error: unknown): AwsFailure {
  const { Code, name, message, code, $metadata } = error as {
    Code?: string;
    name?: string;
    message?: string;
    code?: string;
    $metadata?: { httpStatusCode?: number; requestId?: string };
  };
  const status = $metadata?.httpStatusCode ?? 0;
  const parsed = name === 'Unknown' || name === 'Error' || name === 'SyntaxError' ? '' : (name ?? '');
  return {
    code: (Code ?? (status ? parsed : (code ?? parsed))).replace(/Exception$/, ''),
    message: message ?? '',
    status,
    requestId: $metadata?.requestId,
  };
}
