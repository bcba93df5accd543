import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { ask } from '../../src/verify/ask.ts';
import { proxyFor } from '../../src/verify/proxy.ts';

describe('proxyFor', () => {
  it.each([
    ['https://api.example.com/', { HTTPS_PROXY: 'http://proxy:3128' }, 'http://proxy:3128'],
    ['https://api.example.com/', { https_proxy: 'proxy:3128' }, 'http://proxy:3128'],
    ['https://api.example.com/', { ALL_PROXY: 'http://all:1' }, 'http://all:1'],
    ['https://api.example.com/', { HTTPS_PROXY: 'http://proxy:1', NO_PROXY: 'example.com' }, undefined],
    [
      'https://api.example.com/',
      { HTTPS_PROXY: 'http://proxy:1', NO_PROXY: 'localhost, .example.com:443' },
      undefined,
    ],
    ['https://notexample.com/', { HTTPS_PROXY: 'http://proxy:1', NO_PROXY: 'example.com' }, 'http://proxy:1'],
    ['https://api.example.com/', { HTTPS_PROXY: 'http://proxy:1', no_proxy: '*' }, undefined],
    ['http://127.0.0.1:5000/', { HTTPS_PROXY: 'http://proxy:1' }, undefined],
    ['https://api.example.com/', {}, undefined],
  ])('%s with %o goes through %s', (url, env, proxy) => {
    expect(proxyFor(url, env)).toBe(proxy);
  });
});

it('tunnels questions through the proxy of the environment, and takes its refusal for no answer of the issuer', async () => {
  const asked: string[] = [];
  const proxy = createServer().on('connect', (request, socket) => {
    asked.push(request.url!);
    socket.end('HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\n\r\n');
  });
  await new Promise<void>((done) => proxy.listen(0, '127.0.0.1', done));
  const env = { HTTPS_PROXY: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}` };
  const question = { method: 'GET' as const, url: 'https://api.example.com/user', headers: {} };
  const answer = ask(question, { hosts: new Set(['api.example.com']), timeoutMs: 2000, env });
  await expect(answer).rejects.toThrow('the proxy lets nobody through to api.example.com (it answered 401)');
  proxy.close();
  expect(asked).toEqual(['api.example.com:443']);
});
