import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { verifyKey } from '../../src/aws/verify-pairs.ts';
import type { Finding } from '../../src/model/finding.ts';
import { agentsFor } from '../../src/verify/proxy.ts';
import { verifyFindings } from '../../src/verify/verify-findings.ts';
import { pairFinding } from './findings.ts';
import { type AwsServer, startAwsServer } from './server/server.ts';
import { addKey, addUser, type Key, makeKeyId, makeWorld } from './server/world.ts';

let server: AwsServer;

beforeEach(async () => {
  const world = makeWorld();
  addUser(world, 'deploy', { path: '/ci/' });
  server = await startAwsServer(world);
});
afterEach(() => server.close());

async function connection(timeoutMs = 5000) {
  return {
    endpoint: server.url,
    agents: await agentsFor(server.url, {}),
    userAgent: 'unleak/test',
    timeoutMs,
    attempts: 1,
  };
}

async function verdictOf(
  key: Pick<Key, 'id' | 'secret' | 'token'>,
  parts: Partial<Finding> = {},
  timeoutMs?: number,
) {
  const finding = pairFinding(key, parts);
  await verifyKey(key.id, [finding], { connection: await connection(timeoutMs) });
  return finding.verdict!;
}

describe('a pair that STS knows', () => {
  it('is active, with the user it belongs to', async () => {
    const verdict = await verdictOf(addKey(server.world, 'deploy'));
    expect(verdict).toMatchObject({
      state: 'active',
      identity: {
        arn: 'arn:aws:iam::210987654321:user/ci/deploy',
        account: '210987654321',
        kind: 'user',
        name: 'deploy',
      },
    });
    expect(verdict.checkedAt).toMatch(/^\d{4}-.*Z$/);
  });

  it.each([
    ['<root>', 'root', undefined],
    ['Worker/i-0123456789abcdef0', 'role-session', 'i-0123456789abcdef0'],
    ['AWSReservedSSO_Admin_0123456789abcdef/ann', 'identity-center', 'ann'],
  ])('of %s is told as %s', async (owner, kind, session) => {
    const { state, identity } = await verdictOf(addKey(server.world, owner));
    expect({ state, kind: identity?.kind, session: identity?.session }).toEqual({
      state: 'active',
      kind,
      session,
    });
  });

  it('is active too when a policy denies the question but names who asked', async () => {
    const key = addKey(server.world, 'deploy');
    server.world.users.get('deploy')!.denied.add('sts:GetCallerIdentity');
    expect(await verdictOf(key)).toMatchObject({
      state: 'active',
      identity: { kind: 'user', name: 'deploy' },
    });
  });

  it('is asked about without a token that stands near a long-term key by chance', async () => {
    const key = addKey(server.world, 'deploy');
    expect((await verdictOf({ ...key, token: 'stray' })).state).toBe('active');
  });

  it('is asked about with a user agent that tells nothing of this machine', async () => {
    await verdictOf(addKey(server.world, 'deploy'));
    const [{ headers }] = server.seen;
    expect(headers['user-agent']).toBe('unleak/test');
    expect(headers['x-amz-user-agent']).toBeUndefined();
  });
});

describe('a pair that STS refuses', () => {
  it.each(['Inactive', 'deleted', 'unknown'])(
    'is inactive when its key is %s, and other partitions are named as not asked',
    async (what) => {
      const key = addKey(
        server.world,
        'deploy',
        what === 'Inactive' ? { status: 'Inactive' } : { deleted: what === 'deleted' },
      );
      if (what === 'unknown') server.world.keys.clear();
      const verdict = await verdictOf(key);
      expect(verdict.state).toBe('inactive');
      expect(verdict.reason).toContain('aws-cn');
    },
  );

  it('is a mismatch when the id lives with another secret', async () => {
    const key = addKey(server.world, 'deploy');
    expect((await verdictOf({ id: key.id, secret: randomBytes(30).toString('base64') })).state).toBe(
      'mismatch',
    );
  });

  it('is expired when its session has ended', async () => {
    const key = addKey(server.world, 'Worker/one', { expires: new Date(Date.now() - 60_000) });
    expect((await verdictOf(key)).state).toBe('expired');
  });

  it('is unknown, and not asked about, as a session key without its token', async () => {
    const { id, secret } = addKey(server.world, 'Worker/one');
    expect((await verdictOf({ id, secret })).state).toBe('unknown');
    expect(server.seen).toHaveLength(0);
  });

  it('is unknown as a session key whose token is another', async () => {
    const key = addKey(server.world, 'Worker/one');
    expect((await verdictOf({ ...key, token: randomBytes(240).toString('base64') })).state).toBe('unknown');
  });
});

describe('an answer that decides nothing leaves the verdict unknown:', () => {
  it.each(['throttle', 'server-error', 'html', 'html-forbidden', 'not-xml', 'reset', 'deny'] as const)(
    '%s',
    async (kind) => {
      server.faults.push({ kind });
      const verdict = await verdictOf(addKey(server.world, 'deploy'));
      expect(verdict.state).toBe('unknown');
      expect(verdict.reason).toBeTruthy();
    },
  );

  it('a server that never answers', async () => {
    server.faults.push({ kind: 'hang' });
    expect(await verdictOf(addKey(server.world, 'deploy'), {}, 300)).toMatchObject({
      state: 'unknown',
      reason: 'no answer in time',
    });
  });

  it('a port where nobody listens', async () => {
    const key = addKey(server.world, 'deploy');
    await server.close();
    const verdict = await verdictOf(key);
    expect(verdict).toMatchObject({ state: 'unknown', reason: expect.stringContaining('ECONNREFUSED') });
  });

  it('a clock that is off by an hour', async () => {
    server.skewMs = 3600_000;
    const verdict = await verdictOf(addKey(server.world, 'deploy'));
    expect(verdict).toMatchObject({ state: 'unknown', reason: expect.stringContaining('clock') });
  });
});

it('asks again in the first region of the partition when a region is switched off', async () => {
  server.faults.push({ kind: 'region-disabled', times: 1 });
  const verdict = await verdictOf(addKey(server.world, 'deploy'), { facts: { region: 'af-south-1' } });
  expect(verdict.state).toBe('active');
  expect(
    server.seen.map(({ headers }) => /\d{8}\/([^/]+)\//.exec(String(headers.authorization))![1]),
  ).toEqual(['af-south-1', 'us-east-1']);
});

it('signs for the partition that the finding hints at', async () => {
  await verdictOf(addKey(server.world, 'deploy'), { facts: { region: 'cn-northwest-1' } });
  expect(String(server.seen[0].headers.authorization)).toContain('/cn-northwest-1/sts/');
});

describe('what must not be asked about', () => {
  it('is a bait key', async () => {
    const key = addKey(server.world, 'deploy', { id: makeKeyId('AKIA', '534261010715') });
    expect((await verdictOf(key)).state).toBe('canary');
    expect(server.seen).toHaveLength(0);
  });

  it.each([
    ['a key of an S3-compatible store', { id: 'DO00ABCDEFGHIJKLMNOP' }],
    ['an example of the documentation', { id: `AKIAIOSFODNN7${'EXAMPLE'}` }],
  ])('is %s', async (_, { id }) => {
    expect((await verdictOf({ id, secret: 'x'.repeat(40) })).state).toBe('unknown');
    expect(server.seen).toHaveLength(0);
  });

  it.each([
    [{ deny: ['210987654321'] }, 'unknown'],
    [{ allow: ['111111111111'] }, 'unknown'],
    [{ canaries: ['210987654321'] }, 'canary'],
    [{ allow: ['210987654321'] }, 'active'],
  ])('follows the lists of accounts: %o gives %s', async (accounts, state) => {
    const finding = pairFinding(addKey(server.world, 'deploy'));
    await verifyKey(finding.pair!.id, [finding], { connection: await connection(), accounts });
    expect(finding.verdict?.state).toBe(state);
    expect(server.seen.length > 0).toBe(state === 'active');
  });
});

describe('several secrets near one id', () => {
  it('are asked nearest first, one at a time, each mismatch twice, until one works', async () => {
    const key = addKey(server.world, 'deploy');
    const secrets = [randomBytes(30).toString('base64'), key.secret, randomBytes(30).toString('base64')];
    const findings = secrets
      .map((secret, index) => pairFinding({ id: key.id, secret }, {}, 10 + index))
      .reverse();
    await verifyKey(key.id, findings, { connection: await connection(), retryAfterMs: 1 });
    expect(findings.map(({ verdict }) => verdict!.state).reverse()).toEqual([
      'mismatch',
      'active',
      'mismatch',
    ]);
    expect(server.seen).toHaveLength(3);
  });

  it('are no more than five', async () => {
    const { id } = addKey(server.world, 'deploy');
    const findings = Array.from({ length: 7 }, (_, index) =>
      pairFinding({ id, secret: randomBytes(30).toString('base64') }, {}, index + 1),
    );
    await verifyKey(id, findings, { connection: await connection(), retryAfterMs: 1 });
    expect(findings.map(({ verdict }) => verdict!.state)).toEqual([
      ...Array(5).fill('mismatch'),
      'unknown',
      'unknown',
    ]);
    expect(server.seen).toHaveLength(10);
  });

  it('are all dead when the id is', async () => {
    const { id } = addKey(server.world, 'deploy', { status: 'Inactive' });
    const findings = [1, 2, 3].map((line) =>
      pairFinding({ id, secret: randomBytes(30).toString('base64') }, {}, line),
    );
    await verifyKey(id, findings, { connection: await connection() });
    expect(findings.map(({ verdict }) => verdict!.state)).toEqual(['inactive', 'inactive', 'inactive']);
    expect(server.seen).toHaveLength(1);
  });
});

it('verifies fifty pairs in under three seconds over at most eight connections', async () => {
  const findings = Array.from({ length: 50 }, (_, index) => {
    addUser(server.world, `user-${index}`);
    return pairFinding(addKey(server.world, `user-${index}`));
  });
  const started = performance.now();
  await verifyFindings(findings, {
    requests: new Map(),
    hosts: new Set(),
    env: {},
    version: 'test',
    aws: { endpoint: server.url },
  });
  expect(performance.now() - started).toBeLessThan(3000);
  expect(findings.every(({ verdict }) => verdict?.state === 'active')).toBe(true);
  expect(server.maxConnections).toBeLessThanOrEqual(8);
});
