import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { verifyFindings } from '../../src/verify/verify-findings.ts';
import { pairFinding } from './findings.ts';
import { addKey, addUser, makeWorld } from './server/world.ts';

let proxy: Server;
let asked: string[];

beforeEach(async () => {
  asked = [];
  proxy = createServer().on('connect', (request, socket) => {
    asked.push(request.url!);
    socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
  });
  await new Promise<void>((done) => proxy.listen(0, '127.0.0.1', done));
});
afterEach(() => proxy.close());

it.each([
  [{}, 'sts.us-east-1.amazonaws.com:443'],
  [{ region: 'eu-west-1' }, 'sts.eu-west-1.amazonaws.com:443'],
  [{ partition: 'aws-cn' }, 'sts.cn-north-1.amazonaws.com.cn:443'],
  [{ region: 'us-gov-east-1' }, 'sts.us-gov-east-1.amazonaws.com:443'],
  [{ partition: 'aws-eusc' }, 'sts.eusc-de-east-1.amazonaws.eu:443'],
])('a pair with %o is asked about at %s, through the proxy of the environment', async (facts, host) => {
  const world = makeWorld();
  addUser(world, 'deploy');
  const finding = pairFinding(addKey(world, 'deploy'), { facts });
  const env = {
    HTTPS_PROXY: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
  };
  await verifyFindings([finding], {
    requests: new Map(),
    hosts: new Set(),
    env,
    version: 'test',
    timeoutMs: 2000,
  });
  expect(new Set(asked)).toEqual(new Set([host]));
  expect(finding.verdict?.state).toBe('unknown');
});
