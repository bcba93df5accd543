import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { IAM } from '@aws-sdk/client-iam';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { verifyKey } from '../../src/aws/verify-pairs.ts';
import { keys } from '../../src/cli/keys.ts';
import { respond } from '../../src/cli/respond.ts';
import { agentsFor } from '../../src/verify/proxy.ts';
import { pairFinding } from './findings.ts';
import { runCommand, signedInAs } from './run-command.ts';
import { startAwsServer } from './server/server.ts';
import { addKey, addUser, type Key, makeWorld } from './server/world.ts';

export type Pair = Pick<Key, 'id' | 'secret'>;

/** A server that plays AWS, with an administrator and a way to make users. */
export interface Stage {
  url: string;
  admin: Pair;
  /** Makes a user (when there is none of this name) and a key of it. */
  makeKey(user: string): Promise<Pair>;
  close(): Promise<void>;
}

/** Where a server is known not to behave as AWS does. Each is tested for, so that the list cannot outlive the fact. */
export interface Differences {
  acceptsInactiveKeys?: boolean;
  hasNoTrail?: boolean;
  hasNoServiceCredentials?: boolean;
  /** UpdateAccessKey without a user's name changes the key of any user, not only of the signer. */
  updatesAnybodysKey?: boolean;
}

export async function startOwnServer(): Promise<Stage> {
  const world = makeWorld();
  addUser(world, 'admin');
  const server = await startAwsServer(world);
  const makeKey = async (user: string) => {
    if (!world.users.has(user)) addUser(world, user);
    return addKey(world, user);
  };
  return { url: server.url, admin: addKey(world, 'admin'), makeKey, close: () => server.close() };
}

/** What unleak relies on, asked of a server through the official SDK and through the commands themselves. */
export function contract(start: () => Promise<Stage>, differences: Differences): void {
  let stage: Stage;
  let home: string;
  beforeAll(async () => {
    stage = await start();
    home = mkdtempSync(join(tmpdir(), 'unleak-contract-'));
  });
  afterAll(async () => {
    await stage?.close();
    rmSync(home, { recursive: true, force: true });
  });

  const iam = ({ id, secret }: Pair = stage.admin) =>
    new IAM({
      endpoint: stage.url,
      region: 'us-east-1',
      credentials: { accessKeyId: id, secretAccessKey: secret },
      maxAttempts: 1,
    });
  const stateOf = async (pair: Pair & { token?: string }) => {
    const finding = pairFinding(pair);
    const agents = await agentsFor(stage.url, {});
    await verifyKey(pair.id, [finding], {
      connection: { endpoint: stage.url, agents, userAgent: 'unleak/test', timeoutMs: 5000, attempts: 1 },
    });
    return finding.verdict!.state;
  };
  const run = (leaked: Pair, action: string, ...options: string[]) =>
    runCommand(
      respond,
      [action, '--key', leaked.id, '--yes', leaked.id, '--aws-endpoint', stage.url, ...options],
      {
        env: signedInAs(stage.admin as Key, home),
        cwd: home,
      },
    );

  it('knows an active pair, a wrong secret and an unknown id apart', async () => {
    const pair = await stage.makeKey('verdicts');
    const other = randomBytes(30).toString('base64');
    expect(await stateOf(pair)).toBe('active');
    expect(await stateOf({ ...pair, secret: other })).toBe('mismatch');
    expect(await stateOf({ id: `${pair.id.slice(0, 13)}ZZZZZZZ`, secret: other })).toBe('inactive');
  });

  it('refuses a long-term key with a stray token, and takes it without', async () => {
    const pair = await stage.makeKey('stray');
    expect(await stateOf({ ...pair, token: 'stray' })).toBe('active');
  });

  it(`${differences.acceptsInactiveKeys ? 'accepts (unlike AWS)' : 'refuses'} a deactivated key, and refuses a deleted one`, async () => {
    const pair = await stage.makeKey('stopped');
    const ids = { UserName: 'stopped', AccessKeyId: pair.id };
    await iam().updateAccessKey({ ...ids, Status: 'Inactive' });
    expect(await stateOf(pair)).toBe(differences.acceptsInactiveKeys ? 'active' : 'inactive');
    await iam().deleteAccessKey(ids);
    expect(await stateOf(pair)).toBe('inactive');
  });

  it('permits two keys a user', async () => {
    await stage.makeKey('full');
    await iam().createAccessKey({ UserName: 'full' });
    await expect(iam().createAccessKey({ UserName: 'full' })).rejects.toMatchObject({
      name: 'LimitExceededException',
      Code: 'LimitExceeded',
      $metadata: { httpStatusCode: 409 },
    });
  });

  it(`${differences.updatesAnybodysKey ? "changes (unlike AWS) anybody's" : "changes only the signer's"} key when no user is named`, async () => {
    const pair = await stage.makeKey('unnamed');
    const change = iam().updateAccessKey({ AccessKeyId: pair.id, Status: 'Inactive' });
    if (differences.updatesAnybodysKey) await change;
    else await expect(change).rejects.toMatchObject({ Code: 'NoSuchEntity' });
  });

  it('lets a response go from plan to proof, back, and to a new key and the end of the old one', async () => {
    const leaked = await stage.makeKey('deploy');
    const plan = await run(leaked, 'plan', '--json');
    expect(plan.code).toBe(0);
    expect(JSON.parse(plan.stdout).plan).toMatchObject({
      user: 'deploy',
      account: expect.stringMatching(/^\d{12}$/),
    });
    expect((await run(leaked, 'status')).code).toBe(1);
    expect((await run(leaked, 'apply', '--revoke-sessions')).code).toBe(0);
    expect((await run(leaked, 'status')).code).toBe(0);
    expect((await run(leaked, 'undo')).code).toBe(0);
    expect(await stateOf(leaked)).toBe('active');
    const end = await run(leaked, 'apply', '--rotate', '--sink', 'file:new.json', '--watch', '0', '--delete');
    expect(end).toMatchObject({ code: 0, stderr: expect.stringContaining('is deleted') });
    expect(await stateOf(leaked)).toBe('inactive');
    const { AccessKeyId: id, SecretAccessKey: secret } = JSON.parse(
      readFileSync(join(home, 'new.json'), 'utf8'),
    );
    expect(await stateOf({ id, secret })).toBe('active');
    const { AccessKeyMetadata } = await iam().listAccessKeys({ UserName: 'deploy' });
    expect(AccessKeyMetadata!.map(({ AccessKeyId }) => AccessKeyId)).toEqual([id]);
    expect((await run(leaked, 'status')).stdout).toContain('all links hold');
  });

  it(`tells of a key's use by CloudTrail${differences.hasNoTrail ? ' (not there: the plan says so and goes on)' : ''}`, async () => {
    const leaked = await stage.makeKey('watched');
    await stateOf(leaked);
    const { plan } = JSON.parse((await run(leaked, 'plan', '--json', '--regions', 'us-east-1')).stdout);
    expect(plan.trail.read).toEqual(differences.hasNoTrail ? [] : ['us-east-1']);
    expect(plan.trail.unread).toHaveLength(differences.hasNoTrail ? 1 : 0);
  });

  it(`lists service credentials${differences.hasNoServiceCredentials ? ' (not there: the plan says so and goes on)' : ''}`, async () => {
    const leaked = await stage.makeKey('services');
    const { plan } = JSON.parse((await run(leaked, 'plan', '--json', '--no-trail')).stdout);
    expect(plan.unread.join().includes('iam:ListServiceSpecificCredentials')).toBe(
      differences.hasNoServiceCredentials === true,
    );
  });

  it('makes a credential report', async () => {
    const { id } = await stage.makeKey('reported');
    const { stdout } = await runCommand(keys, ['--format', 'json', '--aws-endpoint', stage.url], {
      env: signedInAs(stage.admin as Key, home),
    });
    expect(JSON.parse(stdout).keys).toContainEqual(
      expect.objectContaining({ id, user: 'reported', status: 'Active' }),
    );
  });
}
