import { lookup as resolve } from 'node:dns';
import { type IncomingMessage, type RequestOptions, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { isPrivateAddress } from './address.ts';
import { agentsFor, type Environment, proxyFor } from './proxy.ts';

/** Where questions may go, and how long one may take. */
export interface Guard {
  /** Host names; `*.example.com` stands for every name below it. */
  hosts: ReadonlySet<string>;
  /** Permits private, link-local and loopback addresses, and plain `http:` to them. */
  allowPrivate?: boolean;
  /** For one question, redirects included. */
  timeoutMs: number;
  env: Environment;
  signal?: AbortSignal;
}

export interface Question {
  method: 'GET' | 'POST';
  url: string;
  headers: Record<string, string>;
  body?: string;
}

export interface Answer {
  status: number;
  body: string;
}

/** Why a question was not sent, or got no answer. Its message holds no secret: at most the host is named. */
export class NoAnswer extends Error {
  override name = 'NoAnswer';
}

/** No answer that decides a verdict is longer; the rest of a longer one is not read. In bytes. */
const MAX_BODY = 64 * 1024;
const MAX_REDIRECTS = 3;
const MAX_SOCKETS = 8;

/**
 * Asks one question. Redirects are followed on the same host alone.
 * @throws {NoAnswer} when the guard forbids the host or address, and when there is no answer in time
 */
export async function ask(question: Question, guard: Guard): Promise<Answer> {
  const signal = AbortSignal.any([
    AbortSignal.timeout(guard.timeoutMs),
    ...(guard.signal ? [guard.signal] : []),
  ]);
  let { url } = question;
  for (let hop = 0; ; hop++) {
    const target = checkUrl(url, guard);
    const { status, location, body } = await send(target, question, guard, signal);
    if (status < 300 || status > 399 || !location) return { status, body };
    const next = new URL(location, target);
    if (next.host !== target.host || next.protocol !== target.protocol)
      throw new NoAnswer(
        `${target.hostname} redirects to another host (${next.hostname}), which was not followed`,
      );
    if (hop === MAX_REDIRECTS)
      throw new NoAnswer(`${target.hostname} redirects more than ${MAX_REDIRECTS} times`);
    url = next.href;
  }
}

function checkUrl(url: string, guard: Guard): URL {
  if (!URL.canParse(url)) throw new NoAnswer('the address of the check is no URL');
  const target = new URL(url);
  if (!isAllowedHost(target.hostname, guard.hosts))
    throw new NoAnswer(
      `${target.hostname} is no host of a built-in rule: allow it in the configuration first`,
    );
  if (target.protocol !== 'https:' && !(guard.allowPrivate && target.protocol === 'http:'))
    throw new NoAnswer(`${target.hostname} would be asked over ${target.protocol} and not https:`);
  if (target.username || target.password)
    throw new NoAnswer(`the address at ${target.hostname} holds a password`);
  if (!guard.allowPrivate && isPrivateAddress(target.hostname))
    throw new NoAnswer(`${target.hostname} is a private address: allow private addresses first`);
  return target;
}

function isAllowedHost(host: string, hosts: ReadonlySet<string>): boolean {
  if (hosts.has(host)) return true;
  return host
    .split('.')
    .some((_, index, labels) => index > 0 && hosts.has(`*.${labels.slice(index).join('.')}`));
}

async function send(
  target: URL,
  { method, headers, body }: Question,
  guard: Guard,
  signal: AbortSignal,
): Promise<Answer & { location?: string }> {
  const proxied = proxyFor(target.href, guard.env) !== undefined;
  const agents = await agentsFor(target.href, guard.env, { maxSockets: MAX_SOCKETS, keepAlive: false });
  const options: RequestOptions = {
    method,
    headers: { ...headers, ...(body !== undefined && { 'content-length': String(Buffer.byteLength(body)) }) },
    signal,
    agent: target.protocol === 'https:' ? agents.https : agents.http,
    // Checked at the very lookup that the connection uses: a name that changes its address between check and use gains nothing.
    ...(!guard.allowPrivate && !proxied && { lookup: publicLookup }),
  };
  return new Promise((done, failed) => {
    const fail = (error: Error) => failed(new NoAnswer(describe(error, target.hostname, guard, signal)));
    const sent = (target.protocol === 'https:' ? requestHttps : requestHttp)(target, options, (response) => {
      const chunks: Buffer[] = [];
      let size = 0;
      const finish = () => {
        const { location } = response.headers;
        done({ status: response.statusCode ?? 0, location, body: Buffer.concat(chunks).toString('utf8') });
      };
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        size += chunk.length;
        if (size < MAX_BODY) return;
        finish();
        response.destroy();
      });
      response.on('end', finish).on('error', fail);
    });
    // A proxy that refuses the way is no issuer that refuses the secret, though its answer would come here as one.
    sent.once('proxyConnect', ({ statusCode }: IncomingMessage) => {
      if (statusCode === 200) return;
      fail(new NoAnswer(`the proxy lets nobody through to ${target.hostname} (it answered ${statusCode})`));
      sent.destroy();
    });
    sent.on('error', fail);
    sent.end(body);
  });
}

/** Resolves a name to public addresses alone. */
export const publicLookup: LookupFunction = (hostname, options, callback) => {
  resolve(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) return callback(error, '', 0);
    const bad = addresses.find(({ address }) => isIP(address) === 0 || isPrivateAddress(address));
    if (bad) return callback(new NoAnswer(`${hostname} resolves to a private address`), '', 0);
    if (options.all) return callback(null, addresses);
    callback(null, addresses[0].address, addresses[0].family);
  });
};

function describe(error: Error, host: string, guard: Guard, signal: AbortSignal): string {
  if (error instanceof NoAnswer) return error.message;
  if (guard.signal?.aborted) return 'stopped before an answer came';
  if (signal.aborted) return `${host} gave no answer within ${guard.timeoutMs / 1000} s`;
  const { code } = error as NodeJS.ErrnoException;
  return `${host} could not be reached${code ? ` (${code})` : ''}`;
}
