import { statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  about,
  admin,
  home,
  leaked,
  run,
  server,
  useResponseStage,
  withSecret,
  writes,
} from './response-stage.ts';

useResponseStage();

describe('respond plan', () => {
  it('tells owner, keys, reach, use and what breaks, and changes nothing', async () => {
    const user = server.world.users.get('deploy')!;
    user.inline.set('ci', {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: ['s3:*', 'iam:PutUserPolicy'], Resource: '*' }],
    });
    const { code, stdout } = await run(['plan', ...about()]);
    expect(code).toBe(0);
    expect(stdout).toContain('user deploy');
    expect(stdout).toContain('write a policy for itself');
    expect(stdout).toContain('read objects in S3');
    expect(stdout).toContain('s3 in eu-west-1');
    expect(stdout).toContain(
      `aws iam update-access-key --user-name deploy --access-key-id ${leaked.id} --status Inactive`,
    );
    expect(stdout).toContain('needs iam:ListAccessKeys, iam:UpdateAccessKey');
    expect(writes()).toEqual([]);
    expect(statSync(join(home, 'state/unleak', `${leaked.id}.json`)).mode & 0o777).toBe(0o600);
  });

  it('sums up CloudTrail over all regions since the leak and names its blind spots', async () => {
    const event = { source: 's3.amazonaws.com', keyId: leaked.id, user: 'deploy', agent: 'aws-cli/2.0' };
    const time = new Date(Date.now() - 7200_000);
    server.world.events.push({
      ...event,
      id: '1',
      name: 'ListBuckets',
      time,
      ip: '198.51.100.7',
      region: 'us-east-1',
    });
    server.world.events.push({
      ...event,
      id: '2',
      name: 'RunInstances',
      time,
      ip: '198.51.100.7',
      region: 'ap-south-1',
      error: 'UnauthorizedOperation',
    });
    for (const region of ['af-south-1', 'ap-east-1', 'sa-west-1']) server.world.closedRegions.add(region);
    const { stdout } = await run(['plan', ...about(), '--json']);
    const { plan } = JSON.parse(stdout);
    expect(plan.trail).toMatchObject({
      events: 2,
      addresses: [['198.51.100.7', 2]],
      errors: [['UnauthorizedOperation', 1]],
    });
    expect(plan.trail.closed).toEqual(['af-south-1', 'ap-east-1', 'sa-west-1']);
    expect(plan.trail.read).toHaveLength(33);
    expect(plan.trail.unread).toEqual([]);
    expect(plan.trail.blindSpots.join()).toContain('data events');
  });

  it('says which regions were read, which the account has not, and which could not be read', async () => {
    server.world.closedRegions.add('me-south-1');
    const all = (await run(['plan', ...about()])).stdout;
    expect(all).toMatch(/read: af-south-1, .*us-west-2\n.*not enabled in this account: me-south-1\n/);
    const named = ['--regions', 'me-south-1', '--regions', 'eu-west-1'];
    const some = (await run(['plan', ...about(), ...named])).stdout;
    expect(some).toContain('read: eu-west-1\n');
    expect(some).toContain('not read: me-south-1 (the region is not enabled in this account)');
  });

  it('asks in the regions of its own partition alone', async () => {
    server.world.partition = 'aws-cn';
    const { stdout } = await run(['plan', ...about(), '--region', 'cn-north-1', '--json']);
    const { trail } = JSON.parse(stdout).plan;
    expect([trail.read, trail.closed]).toEqual([['cn-north-1', 'cn-northwest-1'], []]);
  });

  it('puts a new key first only for a private leak of a key in use', async () => {
    const order = async (exposure: string) =>
      JSON.parse((await run(['plan', ...about(), '--json', '--exposure', exposure])).stdout).plan.order;
    expect([await order('unknown'), await order('public'), await order('private')]).toEqual([
      'contain-first',
      'contain-first',
      'rotate-first',
    ]);
    leaked.lastUsed = { ...leaked.lastUsed!, date: new Date('2025-02-01') };
    expect(await order('private')).toBe('contain-first');
  });

  it("recognises AWS' quarantine, of any version", async () => {
    const arn = 'arn:aws:iam::aws:policy/AWSCompromisedKeyQuarantineV4';
    server.world.users.get('deploy')!.attached.push(arn);
    const { stdout } = await run(['plan', ...about(), '--exposure', 'private']);
    expect(stdout).toContain('AWSCompromisedKeyQuarantineV4 is attached');
    expect(stdout).toContain('contain first');
  });

  it('goes on without what it may not read, and names the permissions', async () => {
    for (const action of ['iam:ListMFADevices', 'cloudtrail:LookupEvents'])
      server.world.users.get('admin')!.denied.add(action);
    const { code, stdout } = await run(['plan', ...about()]);
    expect(code).toBe(0);
    expect(stdout).toContain('iam:ListMFADevices: AccessDenied');
    expect(stdout).toContain('cloudtrail:LookupEvents is needed');
  });
});

it('needs no permission that respond policy does not print', async () => {
  await withSecret('plan');
  await withSecret('apply', '--revoke-sessions', '--rotate', '--sink', 'ssm:/prod/deploy');
  await withSecret('status');
  await withSecret('undo');
  await withSecret('apply', '--watch', '0', '--delete');
  const used = server.seen
    .filter(({ keyId, service }) => keyId === admin.id && service !== 'sts')
    .map(({ action, service }) => `${service}:${action}`);
  const { stdout } = await run(['policy', '--sink', 'ssm:/prod/deploy']);
  const granted = JSON.parse(stdout).Statement.flatMap(({ Action }: { Action: string[] }) => Action);
  expect([...new Set(used)].filter((action) => !granted.includes(action))).toEqual([]);
  expect(
    JSON.parse((await run(['policy', 'contain'])).stdout).Statement.flatMap(
      ({ Action }: { Action: string[] }) => Action,
    ),
  ).not.toContain('iam:CreateAccessKey');
});

it('finds the owner by listing all users where GetAccessKeyLastUsed is not permitted', async () => {
  server.world.users.get('admin')!.denied.add('iam:GetAccessKeyLastUsed');
  const { code, stdout } = await run(['plan', ...about(), '--json']);
  expect(code).toBe(0);
  expect(JSON.parse(stdout).plan.user).toBe('deploy');
  server.world.users.get('admin')!.denied.add('iam:ListUsers');
  expect((await run(['plan', ...about()])).stderr).toContain('may not call iam:GetAccessKeyLastUsed');
});
