import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TLSSocket } from 'node:tls';
import { selfSigned } from './self-signed.ts';

/** Plays hosts of the internet on loopback: a proxy that every `https:` request goes through, and behind it HTTP and SMTP over real TLS. */
export interface OfficialHosts {
  /** What a process needs to be led here, and to trust the certificate. */
  env: Record<string, string>;
  /** `host:port` of every connection that was asked for. */
  asked: string[];
  /** Requests, as `METHOD https://host/path`, with headers and body. */
  requests: { line: string; headers: Record<string, unknown>; body: string }[];
  /** Lines that SMTP clients sent. */
  mail: { host: string; line: string }[];
  close(): void;
}

export interface Behaviour {
  /** How HTTP is answered; never, when absent. */
  http?: (request: IncomingMessage, response: ServerResponse) => void;
  /** What SMTP says to a line (the greeting to none); undefined closes the connection, an empty text says nothing. */
  smtp?: (line: string | undefined) => string | undefined;
  /** Ports that nobody reaches. */
  closed?: number[];
}

/** @param behaviours by host name */
export async function startOfficialHosts(behaviours: Record<string, Behaviour>): Promise<OfficialHosts> {
  const folder = mkdtempSync(join(tmpdir(), 'unleak-hosts-'));
  const { key, cert } = selfSigned(Object.keys(behaviours));
  writeFileSync(join(folder, 'ca.pem'), cert);
  const hosts: OfficialHosts = { env: {}, asked: [], requests: [], mail: [], close: () => undefined };
  const sockets = new Set<Socket>();
  const web = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const line = `${request.method} https://${request.headers.host}${request.url}`;
    hosts.requests.push({ line, headers: request.headers, body });
    behaviours[request.headers.host!].http?.(request, response);
  });
  const proxy = createServer().on('connect', (request, socket: Socket) => {
    hosts.asked.push(request.url!);
    sockets.add(socket.on('error', () => undefined));
    const [host, port] = request.url!.split(':');
    const { closed = [], smtp } = behaviours[host];
    if (closed.includes(Number(port))) return socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
    const secure = new TLSSocket(socket, { isServer: true, key, cert }).on('error', () => undefined);
    if (port === '443') web.emit('connection', secure);
    else
      talk(
        secure,
        (line) => smtp?.(line),
        (line) => hosts.mail.push({ host, line }),
      );
  });
  await new Promise<void>((done) => proxy.listen(0, '127.0.0.1', done));
  hosts.env = {
    HTTPS_PROXY: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem'),
  };
  hosts.close = () => {
    for (const socket of sockets) socket.destroy();
    proxy.close();
    web.close();
    rmSync(folder, { recursive: true, force: true });
  };
  return hosts;
}

function talk(socket: TLSSocket, smtp: NonNullable<Behaviour['smtp']>, heard: (line: string) => void): void {
  const say = (reply: string | undefined) => (reply === undefined ? socket.destroy() : socket.write(reply));
  let text = '';
  say(smtp(undefined));
  socket.on('data', (chunk) => {
    text += chunk;
    for (let end = text.indexOf('\r\n'); end >= 0; end = text.indexOf('\r\n')) {
      const line = text.slice(0, end);
      text = text.slice(end + 2);
      heard(line);
      say(smtp(line));
    }
  });
}
