import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { Socket } from 'node:net';
import { connect } from 'node:tls';
import { type Guard, NoAnswer, publicLookup } from './ask.ts';
import { proxyFor } from './proxy.ts';

/** Ports on which SES speaks TLS from the first byte: https://docs.aws.amazon.com/ses/latest/dg/smtp-connect.html. Firewalls that close the first often leave the second. */
const PORTS = [465, 2465];
/** Bytes of a reply that is still read; the longest of SES, to EHLO, is about 200. */
const MAX_REPLY = 16 * 1024;

/**
 * Logs in by SMTP over TLS with AUTH PLAIN (RFC 4954) and leaves; no mail is sent. Through the proxy of the environment, where there is one.
 * @returns the reply code that ended it: 235 a yes, 535 a no, another when the server did not come to that question
 * @throws {NoAnswer}
 */
export async function talkSmtp(host: string, user: string, password: string, guard: Guard): Promise<number> {
  const signal = AbortSignal.any([
    AbortSignal.timeout(guard.timeoutMs),
    ...(guard.signal ? [guard.signal] : []),
  ]);
  let failure = new NoAnswer(`${host} could not be reached`);
  for (const port of PORTS) {
    try {
      const tunnel = await openTunnel(host, port, guard, signal);
      return await converse({ host, port, tunnel, guard, signal }, [
        'EHLO unleak.invalid',
        `AUTH PLAIN ${Buffer.from(`\0${user}\0${password}`).toString('base64')}`,
      ]);
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      failure = error;
      // Once the server has spoken, the other port would only ask the same again.
      if (signal.aborted || error instanceof Broken) break;
    }
  }
  throw failure;
}

/** The server spoke, and then did not go on. */
class Broken extends NoAnswer {}

interface Line {
  host: string;
  port: number;
  /** A socket through a proxy; a direct connection is made when absent. */
  tunnel?: Socket;
  guard: Guard;
  signal: AbortSignal;
}

/** Says each line when the reply to the one before is no refusal, and resolves with the last reply's code. */
function converse({ host, port, tunnel, guard, signal }: Line, lines: string[]): Promise<number> {
  return new Promise((done, failed) => {
    const socket = connect({
      servername: host,
      ...(tunnel ? { socket: tunnel } : { host, port, ...(!guard.allowPrivate && { lookup: publicLookup }) }),
    });
    let text = '';
    let heard = false;
    let sent = 0;
    const fail = (reason: string) => {
      socket.destroy();
      failed(new (heard ? Broken : NoAnswer)(`${host} ${reason}`));
    };
    const stop = () =>
      fail(
        guard.signal?.aborted
          ? 'was not waited for'
          : `gave no answer within ${guard.timeoutMs / 1000} s (SMTP, port ${port})`,
      );
    if (signal.aborted) return stop();
    signal.addEventListener('abort', stop, { once: true });
    socket.setEncoding('utf8');
    socket.on('error', ({ code }: NodeJS.ErrnoException) =>
      fail(`could not be reached at port ${port}${code ? ` (${code})` : ''}`),
    );
    socket.on('close', () => {
      signal.removeEventListener('abort', stop);
      fail(`closed the connection before it answered (port ${port})`);
    });
    socket.on('data', (chunk: string) => {
      heard = true;
      text += chunk;
      if (text.length > MAX_REPLY) return fail('does not speak SMTP');
      // The last line of a reply has a blank after its code (or nothing), the others a hyphen.
      const code = Number(/(?:^|\n)(\d{3})(?: [^\n]*)?\r?\n$/.exec(text)?.[1]);
      if (!code) return;
      text = '';
      if (code < 400 && sent < lines.length) return void socket.write(`${lines[sent++]}\r\n`);
      done(code);
      socket.end('QUIT\r\n');
    });
  });
}

/** A way through the proxy that the environment names for `https:`, by CONNECT (RFC 9110). */
async function openTunnel(
  host: string,
  port: number,
  { env }: Guard,
  signal: AbortSignal,
): Promise<Socket | undefined> {
  const proxy = proxyFor(`https://${host}`, env);
  if (!proxy) return undefined;
  const { protocol, hostname, port: proxyPort, username, password } = new URL(proxy);
  const login = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString(
    'base64',
  );
  return new Promise((done, failed) => {
    const asked = (protocol === 'https:' ? requestHttps : requestHttp)({
      host: hostname,
      port: proxyPort || (protocol === 'https:' ? 443 : 80),
      method: 'CONNECT',
      path: `${host}:${port}`,
      headers: {
        host: `${host}:${port}`,
        ...(username && { 'proxy-authorization': `Basic ${login}` }),
      },
      signal,
    });
    asked.on('connect', ({ statusCode = 0 }, socket) => {
      if (statusCode === 200) return done(socket);
      socket.destroy();
      failed(
        new NoAnswer(
          `the proxy lets nobody through to ${host}, port ${port} (it answered ${statusCode}): NO_PROXY=${host} goes past it`,
        ),
      );
    });
    asked.on('response', ({ statusCode }) => {
      asked.destroy();
      failed(
        new NoAnswer(`the proxy lets nobody through to ${host}, port ${port} (it answered ${statusCode})`),
      );
    });
    asked.on('error', ({ code }: NodeJS.ErrnoException) =>
      failed(new NoAnswer(`the proxy for ${host} could not be reached${code ? ` (${code})` : ''}`)),
    );
    asked.end();
  });
}
