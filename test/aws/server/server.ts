import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { answerIam } from './iam.ts';
import { answerJson } from './json-services.ts';
import { AwsError, authenticate, type Caller } from './sigv4.ts';
import { answerSts } from './sts.ts';
import { isAccepted, type World } from './world.ts';
import { toXml } from './xml.ts';

/** What goes wrong with the next requests. */
export interface Fault {
  kind:
    | 'throttle'
    | 'server-error'
    | 'html'
    | 'html-forbidden'
    | 'hang'
    | 'reset'
    | 'deny'
    | 'region-disabled'
    | 'not-xml';
  /** Action such as `GetCallerIdentity`; every action when absent. */
  action?: string;
  /** How often; always when absent. */
  times?: number;
}

/** One request as the server saw it. */
export interface Seen {
  action: string;
  service: string;
  keyId: string;
  params: Record<string, string>;
  headers: Record<string, unknown>;
  /** HTTP status of the answer; 0 when none was given. */
  status: number;
}

export interface AwsServer {
  url: string;
  world: World;
  seen: Seen[];
  faults: Fault[];
  /** How long a changed key keeps answering by its former state; milliseconds. */
  delayMs: number;
  /** Added to the server's clock; milliseconds. */
  skewMs: number;
  /** The most connections that were open at one time. */
  maxConnections: number;
  /** Told of every request after it took effect and before it is answered. */
  onRequest?: (seen: Seen) => void;
  close(): Promise<void>;
}

export interface Exchange {
  world: World;
  caller: Caller;
  action: string;
  params: Record<string, string>;
  now: number;
  delayMs: number;
}

/** Starts a server on loopback that speaks for one account of one partition. */
export async function startAwsServer(
  world: World,
  parts: Partial<AwsServer> = {},
  port = 0,
): Promise<AwsServer> {
  const sockets = new Set<Socket>();
  const http = createServer((request, response) => void handle(request, response, server));
  const server: AwsServer = {
    world,
    url: '',
    seen: [],
    faults: [],
    delayMs: 0,
    skewMs: 0,
    maxConnections: 0,
    ...parts,
    close: () =>
      new Promise((done) => {
        for (const socket of sockets) socket.destroy();
        http.close(() => done());
      }),
  };
  http.on('connection', (socket) => {
    sockets.add(socket);
    server.maxConnections = Math.max(server.maxConnections, sockets.size);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((done) => http.listen(port, '127.0.0.1', done));
  server.url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  return server;
}

async function handle(request: IncomingMessage, response: ServerResponse, server: AwsServer): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks).toString('utf8');
  const { headers, method = '', url = '' } = request;
  const target = String(headers['x-amz-target'] ?? '');
  const params: Record<string, string> = target
    ? JSON.parse(body || '{}')
    : Object.fromEntries(new URLSearchParams(body));
  const action = target ? target.slice(target.lastIndexOf('.') + 1) : (params.Action ?? '');
  const scope = /Credential=([^/]+)\/\d+\/([^/]+)\/([^/]+)\//.exec(headers.authorization ?? '');
  const seen: Seen = {
    action,
    service: scope?.[3] ?? '',
    keyId: scope?.[1] ?? '',
    params,
    headers,
    status: 0,
  };
  server.seen.push(seen);
  const now = Date.now() + server.skewMs;
  const requestId = randomUUID();
  const send = (status: number, type: string, text: string) => {
    seen.status = status;
    server.onRequest?.(seen);
    response
      .writeHead(status, {
        'content-type': type,
        'x-amzn-requestid': requestId,
        date: new Date(now).toUTCString(),
      })
      .end(text);
  };
  const refuse = ({ code, status, message }: AwsError) => {
    if (target) return send(status, 'application/x-amz-json-1.1', JSON.stringify({ __type: code, message }));
    const error = { Error: { Type: 'Sender', Code: code, Message: message }, RequestId: requestId };
    send(status, 'text/xml', toXml('ErrorResponse', error));
  };
  try {
    const fault = takeFault(server, action);
    if (fault === 'hang') return;
    if (fault === 'reset') return void request.socket.destroy();
    if (fault === 'html') return send(500, 'text/html', '<html><body>Bad gateway</body></html>');
    if (fault === 'html-forbidden')
      return send(403, 'text/html', '<html><body>Log in to the proxy</body></html>');
    if (fault === 'not-xml') return send(200, 'text/html', '<html><body>Welcome</body>');
    if (fault) throw errorOf(fault, action, seen);
    const caller = authenticate({ method, url, headers, body }, server.world, now);
    checkPermission(caller, action, server.world);
    const exchange: Exchange = { world: server.world, caller, action, params, now, delayMs: server.delayMs };
    recordEvent(exchange, seen);
    if (target) return send(200, 'application/x-amz-json-1.1', JSON.stringify(answerJson(exchange)));
    const result = caller.service === 'iam' ? answerIam(exchange) : answerSts(exchange);
    const content = { [`${action}Result`]: result, ResponseMetadata: { RequestId: requestId } };
    send(200, 'text/xml', toXml(`${action}Response`, content));
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    refuse(error);
  }
}

function takeFault(server: AwsServer, action: string): Fault['kind'] | undefined {
  const fault = server.faults.find(
    (fault) => (!fault.action || fault.action === action) && (fault.times ?? 1) > 0,
  );
  if (fault?.times !== undefined) fault.times--;
  return fault?.kind;
}

function errorOf(kind: Fault['kind'], action: string, seen: Seen): AwsError {
  if (kind === 'throttle') return new AwsError('Throttling', 'Rate exceeded', 400);
  if (kind === 'region-disabled')
    return new AwsError('RegionDisabledException', 'STS is not activated in this region', 403);
  if (kind === 'deny')
    return new AwsError('AccessDenied', `User is not authorized to perform: ${seen.service}:${action}`);
  return new AwsError('ServiceUnavailable', 'Service is unavailable', 503);
}

function checkPermission({ key, service }: Caller, action: string, world: World): void {
  const permission = `${service}:${action}`;
  if (!world.users.get(key.owner)?.denied.has(permission)) return;
  const who = `arn:${world.partition}:iam::${world.account}:user/${key.owner}`;
  throw new AwsError(
    'AccessDenied',
    `User: ${who} is not authorized to perform: ${permission} because no identity-based policy allows it`,
  );
}

/** Every signed request leaves its trace, as in CloudTrail; reading the trail does not. */
function recordEvent({ world, caller: { key, service, region }, action, now }: Exchange, seen: Seen): void {
  if (isAccepted(key, now) && service !== 'cloudtrail')
    key.lastUsed = { date: new Date(now), service, region };
  world.events.push({
    id: randomUUID(),
    name: action,
    source: `${service}.amazonaws.com`,
    time: new Date(now),
    keyId: key.id,
    user: key.owner,
    ip: '127.0.0.1',
    agent: String(seen.headers['user-agent'] ?? ''),
    region,
  });
}
