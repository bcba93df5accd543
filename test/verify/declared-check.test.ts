import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Finding } from '../../src/model/finding.ts';
import { Secret } from '../../src/model/secret.ts';
import type { VerifyRequest } from '../../src/rules/rule.ts';
import type { Guard } from '../../src/verify/ask.ts';
import { checkDeclared } from '../../src/verify/declared-check.ts';
import { pairFinding } from '../aws/findings.ts';

interface Seen {
  url: string;
  headers: Record<string, unknown>;
  body: string;
}

let issuer: Server;
let port: number;
let seen: Seen[];
let answer: (request: IncomingMessage, response: ServerResponse) => void;

beforeEach(async () => {
  seen = [];
  answer = (_, response) => response.writeHead(200).end('{"ok":true}');
  issuer = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    seen.push({ url: request.url!, headers: request.headers, body });
    answer(request, response);
  });
  await new Promise<void>((done) => issuer.listen(0, '127.0.0.1', done));
  port = (issuer.address() as AddressInfo).port;
});
afterEach(() => {
  issuer.closeAllConnections();
  issuer.close();
});

const guard = (parts: Partial<Guard> = {}): Guard => ({
  hosts: new Set(['127.0.0.1']),
  allowPrivate: true,
  timeoutMs: 2000,
  env: {},
  ...parts,
});

const request = (parts: Partial<VerifyRequest> = {}): VerifyRequest => ({
  method: 'GET',
  url: `http://127.0.0.1:${port}/user`,
  headers: { Authorization: 'Bearer {secret}' },
  answers: [
    { status: [200], body: '"ok":true', state: 'active' },
    { status: [401], state: 'inactive' },
    { status: [403], body: 'expired', state: 'expired' },
  ],
  ...parts,
});

const finding = (secret: string, parts: Partial<Finding> = {}) =>
  pairFinding({ id: 'name', secret }, { rule: 'vendor-token', ...parts });

describe('a declared question', () => {
  it.each([
    [200, '{"ok":true}', 'active'],
    [200, '{"ok":false}', 'unknown'],
    [401, '', 'inactive'],
    [403, 'token expired', 'expired'],
    [403, 'no', 'unknown'],
    [500, '', 'unknown'],
  ])('answered %i %s is %s', async (status, body, state) => {
    answer = (_, response) => response.writeHead(status).end(body);
    expect((await checkDeclared(finding('s3cret'), request(), guard())).state).toBe(state);
  });

  it('carries the secret as each place needs it', async () => {
    const secret = 'a"b/c d&e';
    const url = `http://127.0.0.1:${port}/check?key={secret}`;
    const json = { 'Content-Type': 'application/json', 'X-Key': '{secret}', Authorization: 'Basic {basic}' };
    await checkDeclared(
      finding(secret),
      request({ method: 'POST', url, headers: json, body: '{"key":"{secret}","id":"{id}"}' }),
      guard(),
    );
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    await checkDeclared(
      finding(secret),
      request({ method: 'POST', url, headers: form, body: 'key={secret}' }),
      guard(),
    );
    expect(new URL(seen[0].url, 'http://x').searchParams.get('key')).toBe(secret);
    expect(JSON.parse(seen[0].body)).toEqual({ key: secret, id: 'name' });
    expect(seen[0].headers['x-key']).toBe(secret);
    expect(seen[0].headers.authorization).toBe(`Basic ${Buffer.from(`name:${secret}`).toString('base64')}`);
    expect(new URLSearchParams(seen[1].body).get('key')).toBe(secret);
  });

  it('is not sent for a masked secret, nor with one that would break out of a header', async () => {
    const masked = finding('x', { secret: Secret.masked('ghp_********') });
    expect((await checkDeclared(masked, request(), guard())).reason).toContain('masked');
    const verdict = await checkDeclared(finding('a\r\nX-Evil: 1'), request(), guard());
    expect(verdict.state).toBe('unknown');
    expect(seen).toHaveLength(0);
  });
});

describe('the guard', () => {
  it('lets no question go to a host that is not named', async () => {
    const verdict = await checkDeclared(
      finding('s3cret'),
      request(),
      guard({ hosts: new Set(['api.example.com']) }),
    );
    expect(verdict).toMatchObject({ state: 'unknown', reason: expect.stringContaining('127.0.0.1') });
    expect(seen).toHaveLength(0);
  });

  it('lets a name stand for those below it, and not for itself or its look-alikes', async () => {
    const hosts = new Set(['*.localhost.']);
    const at = (host: string) =>
      checkDeclared(finding('s'), request({ url: `http://${host}:${port}/` }), guard({ hosts }));
    for (const host of ['localhost', 'evillocalhost'])
      expect((await at(host)).reason).toContain('no host of a built-in rule');
  });

  it.each(['127.0.0.1', 'localhost', '[::1]', '169.254.169.254', '10.1.2.3', '[::ffff:10.0.0.1]', '0.0.0.0'])(
    'lets no question go to %s, even where the host is named',
    async (host) => {
      const hosts = new Set([host, new URL(`https://${host}`).hostname]);
      const verdict = await checkDeclared(
        finding('s3cret'),
        request({ url: `https://${host}:${port}/` }),
        guard({ hosts, allowPrivate: false }),
      );
      expect(verdict).toMatchObject({ state: 'unknown', reason: expect.stringContaining('private address') });
      expect(seen).toHaveLength(0);
    },
  );

  it('sends nothing in clear', async () => {
    const hosts = new Set(['api.example.com']);
    const verdict = await checkDeclared(
      finding('s'),
      request({ url: 'http://api.example.com/' }),
      guard({ hosts, allowPrivate: false }),
    );
    expect(verdict.reason).toContain('http:');
  });

  it('follows a redirect on the same host and none to another', async () => {
    answer = ({ url }, response) =>
      url === '/user'
        ? response.writeHead(302, { location: '/me' }).end()
        : response.writeHead(200).end('{"ok":true}');
    expect((await checkDeclared(finding('s'), request(), guard())).state).toBe('active');
    answer = (_, response) => response.writeHead(302, { location: `http://localhost:${port}/me` }).end();
    seen = [];
    const verdict = await checkDeclared(
      finding('s'),
      request(),
      guard({ hosts: new Set(['127.0.0.1', 'localhost']) }),
    );
    expect(verdict).toMatchObject({ state: 'unknown', reason: expect.stringContaining('another host') });
    expect(seen).toHaveLength(1);
  });

  it('gives up on a circle of redirects, and on a server that does not answer', async () => {
    answer = (_, response) => response.writeHead(302, { location: '/user' }).end();
    expect((await checkDeclared(finding('s'), request(), guard())).reason).toContain('more than 3 times');
    answer = () => {};
    expect((await checkDeclared(finding('s'), request(), guard({ timeoutMs: 200 }))).reason).toContain(
      'no answer within 0.2 s',
    );
  });

  it('reads no more of an answer than decides', async () => {
    answer = (_, response) => {
      response.writeHead(200);
      const more = setInterval(() => response.write('x'.repeat(32 * 1024)), 1);
      response.on('close', () => clearInterval(more));
    };
    expect((await checkDeclared(finding('s'), request(), guard())).state).toBe('unknown');
  });

  it('never tells the secret in a reason', async () => {
    const secret = 'hunter2-hunter2';
    const url = 'https://nowhere.invalid/{secret}';
    const verdict = await checkDeclared(
      finding(secret),
      request({ url }),
      guard({ hosts: new Set(['nowhere.invalid']) }),
    );
    expect(verdict.state).toBe('unknown');
    expect(JSON.stringify(verdict)).not.toContain(secret);
  });
});
