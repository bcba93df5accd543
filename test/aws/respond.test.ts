import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkLedger } from '../../src/aws/ledger.ts';
import { respond } from '../../src/cli/respond.ts';
import { type RunOptions, runCommand, signedInAs } from './run-command.ts';
import { type AwsServer, startAwsServer } from './server/server.ts';
import { addKey, addUser, isAccepted, type Key, makeKeyId, makeWorld } from './server/world.ts';

let server: AwsServer;
let home: string;
let admin: Key;
let leaked: Key;

beforeEach(async () => {
  const world = makeWorld();
  addUser(world, 'admin');
  addUser(world, 'deploy');
  admin = addKey(world, 'admin');
  leaked = addKey(world, 'deploy', {
    lastUsed: { date: new Date(Date.now() - 3600_000), service: 's3', region: 'eu-west-1' },
  });
  server = await startAwsServer(world);
  home = mkdtempSync(join(tmpdir(), 'unleak-respond-'));
});
afterEach(async () => {
  await server.close();
  rmSync(home, { recursive: true, force: true });
});

const run = (argv: string[], options: RunOptions = {}) =>
  runCommand(respond, [...argv, '--aws-endpoint', server.url], {
    env: signedInAs(admin, home),
    cwd: home,
    ...options,
  });
const about = (key = leaked) => ['--key', key.id];
const apply = (...options: string[]) => run(['apply', ...about(), '--yes', leaked.id, ...options]);
const withSecret = (action: string, ...options: string[]) =>
  run([action, ...about(), '--yes', leaked.id, '--secret-stdin', ...options], { stdin: leaked.secret });
const stateFile = () => JSON.parse(readFileSync(join(home, 'state/unleak', `${leaked.id}.json`), 'utf8'));
const ledgerFile = () => join(home, 'state/unleak/ledger.jsonl');
const newKeys = () =>
  [...server.world.keys.values()].filter((key) => key.owner === 'deploy' && key !== leaked && !key.deleted);
const WRITES = /^(?:Update|Create|Delete|Put|Reset)/;
const writes = () => server.seen.filter(({ action }) => WRITES.test(action)).map(({ action }) => action);

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
    const { stdout } = await run(['plan', ...about(), '--json']);
    const { plan } = JSON.parse(stdout);
    expect(plan.trail).toMatchObject({
      events: 2,
      addresses: [['198.51.100.7', 2]],
      errors: [['UnauthorizedOperation', 1]],
    });
    expect(plan.trail.read).toHaveLength(17);
    expect(plan.trail.blindSpots.join()).toContain('data events');
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

describe('respond apply', () => {
  it('deactivates and proves that AWS refuses the pair, however late IAM settles', async () => {
    server.delayMs = 1500;
    const { code, stdout, stderr } = await withSecret('apply');
    expect(stderr).toContain('the pair is still accepted');
    expect(stdout).toContain(`${leaked.id} is dead`);
    expect(code).toBe(0);
    expect(isAccepted(leaked)).toBe(false);
    expect(stateFile().proof.by).toBe('refused');
    expect(server.seen.find(({ action }) => action === 'UpdateAccessKey')?.params.UserName).toBe('deploy');
  });

  it('says so, and fails, when AWS does not refuse the pair in time', async () => {
    server.delayMs = 60_000;
    const { code, stdout } = await withSecret('apply', '--proof-timeout', '1');
    expect(code).toBe(1);
    expect(stdout).toContain('NOT proven dead');
  });

  it("takes IAM's list for proof when the secret is not at hand", async () => {
    const { code } = await apply();
    expect(code).toBe(0);
    expect(stateFile().proof.by).toBe('listed');
  });

  it('shows what an intruder has added meanwhile', async () => {
    await run(['plan', ...about()]);
    const stranger = addKey(server.world, 'deploy');
    server.world.users.get('deploy')!.attached.push('arn:aws:iam::aws:policy/AdministratorAccess');
    server.world.users.get('deploy')!.loginProfile = new Date();
    const { stderr } = await apply();
    expect(stderr).toContain(`access key ${stranger.id} is new`);
    expect(stderr).toContain('AdministratorAccess is new');
    expect(stderr).toContain('console password was set');
  });

  it('makes no new key beside one that nobody knows', async () => {
    await run(['plan', ...about()]);
    addKey(server.world, 'deploy');
    const { code, stderr } = await apply('--rotate', '--sink', 'file:new.env');
    expect(code).toBe(3);
    expect(stderr).toContain('was not there when this was planned');
    expect(writes()).not.toContain('CreateAccessKey');
  });

  it('denies sessions that are older than now, and undo takes it all back', async () => {
    await apply('--revoke-sessions');
    const user = server.world.users.get('deploy')!;
    const [, policy] = [...user.inline][0];
    expect(policy).toMatchObject({
      Statement: [
        { Effect: 'Deny', Condition: { DateLessThan: { 'aws:TokenIssueTime': expect.any(String) } } },
      ],
    });
    const { code } = await run(['undo', ...about(), '--yes', leaked.id]);
    expect(code).toBe(0);
    expect(user.inline.size).toBe(0);
    expect(isAccepted(leaked)).toBe(true);
    expect(stateFile().proof).toBeUndefined();
  });

  it('hands a new key to a file that only its owner reads, and never shows it', async () => {
    const { code, stdout, stderr } = await apply('--rotate', '--sink', 'file:new.env');
    expect(code).toBe(0);
    const [made] = newKeys();
    const text = readFileSync(join(home, 'new.env'), 'utf8');
    expect(text).toBe(`AWS_ACCESS_KEY_ID=${made.id}\nAWS_SECRET_ACCESS_KEY=${made.secret}\n`);
    expect(statSync(join(home, 'new.env')).mode & 0o777).toBe(0o600);
    for (const shown of [stdout, stderr, readFileSync(ledgerFile(), 'utf8'), JSON.stringify(stateFile())])
      expect(shown).not.toContain(made.secret);
    await apply('--rotate', '--sink', 'file:new.env');
    expect(newKeys()).toHaveLength(1);
  });

  it.each([
    ['secretsmanager:prod/deploy', () => server.world.secrets.get('prod/deploy')?.at(-1)],
    ['ssm:/prod/deploy', () => server.world.parameters.get('/prod/deploy')?.at(-1)?.value],
    [
      'command:cat > from-command.json; cat from-command.json',
      () => readFileSync(join(home, 'from-command.json'), 'utf8'),
    ],
  ])('hands a new key to %s', async (sink, stored) => {
    const { code, stdout, stderr } = await apply('--rotate', '--sink', sink);
    expect(code).toBe(0);
    const [made] = newKeys();
    expect(JSON.parse(stored()!)).toEqual({
      AccessKeyId: made.id,
      SecretAccessKey: made.secret,
      UserName: 'deploy',
    });
    expect(stdout + stderr).not.toContain(made.secret);
  });

  it('puts a new key into one profile and leaves the others alone', async () => {
    const file = join(home, 'credentials');
    writeFileSync(
      file,
      '[a]\naws_access_key_id = old\naws_secret_access_key = old\nregion = eu-west-1\n\n[b]\naws_access_key_id = b\n',
    );
    const env = { ...signedInAs(admin, home), AWS_SHARED_CREDENTIALS_FILE: file };
    const { code } = await run(['apply', ...about(), '--yes', leaked.id, '--rotate', '--sink', 'profile:a'], {
      env,
    });
    expect(code).toBe(0);
    const [made] = newKeys();
    expect(readFileSync(file, 'utf8')).toBe(
      `[a]\naws_access_key_id = ${made.id}\naws_secret_access_key = ${made.secret}\nregion = eu-west-1\n\n[b]\naws_access_key_id = b\n`,
    );
  });

  it('makes no key when the sink cannot take one', async () => {
    const { code } = await apply('--rotate', '--sink', 'file:nowhere/new.env');
    expect(code).toBe(2 + 1);
    expect(newKeys()).toHaveLength(0);
    expect(isAccepted(leaked)).toBe(false);
  });

  it('contains a user with two keys, and says which slot must be freed before a new one', async () => {
    addKey(server.world, 'deploy', { status: 'Inactive' });
    const { code, stderr } = await apply('--rotate', '--sink', 'file:new.env');
    expect(code).toBe(3);
    expect(stderr).toContain('IAM permits no third');
    expect(isAccepted(leaked)).toBe(false);
  });

  it('deletes only a key that was quiet for the time that was said', async () => {
    expect((await apply('--watch', '72h', '--delete')).stderr).toContain('not deleted yet');
    expect(leaked.deleted).toBeUndefined();
    server.world.events.push({
      id: 'x',
      name: 'ListBuckets',
      source: 's3.amazonaws.com',
      time: new Date(Date.now() + 1000),
      keyId: leaked.id,
      user: 'deploy',
      ip: '203.0.113.9',
      agent: 'boto3',
      region: 'us-east-1',
    });
    const busy = await apply('--watch', '0', '--delete');
    expect(busy.code).toBe(3);
    expect(busy.stderr).toContain('203.0.113.9');
    expect(leaked.deleted).toBeUndefined();
    server.world.events.length = 0;
    expect((await apply('--watch', '0', '--delete')).code).toBe(0);
    expect(leaked.deleted).toBe(true);
  });

  it('asks for the id, and does nothing with another', async () => {
    expect((await run(['apply', ...about(), '--yes', admin.id])).code).toBe(2);
    expect((await run(['apply', ...about()])).stderr).toContain(`--yes ${leaked.id}`);
    expect(writes()).toEqual([]);
  });

  it('stops with a clear word while another response to the same key is under way', async () => {
    server.delayMs = 1500;
    const [first, second] = await Promise.all([
      withSecret('apply'),
      new Promise((done) => setTimeout(done, 300)).then(() => apply()),
    ]);
    expect(first.code).toBe(0);
    expect(second.code).toBe(3);
    expect(second.stderr).toContain('is under way');
  });

  it('names the permission that is missing and what grants it', async () => {
    server.world.users.get('admin')!.denied.add('iam:UpdateAccessKey');
    const { code, stdout, stderr } = await apply();
    expect(code).toBe(3);
    expect(stderr).toContain('may not call iam:UpdateAccessKey');
    expect(stdout).toContain('unleak respond policy');
    expect(isAccepted(leaked)).toBe(true);
  });

  it('can act as the leaked key itself, and only when told to', async () => {
    const argv = ['apply', ...about(), '--yes', leaked.id, '--secret-stdin'];
    const env = { HOME: home, XDG_STATE_HOME: `${home}/state`, AWS_EC2_METADATA_DISABLED: 'true' };
    expect((await run(argv, { env, stdin: leaked.secret })).code).toBe(2);
    const { code } = await run([...argv, '--as-leaked-key'], { env, stdin: leaked.secret });
    expect(code).toBe(0);
    expect(isAccepted(leaked)).toBe(false);
  });
});

describe('respond refuses', () => {
  it.each([
    ["the operator's own key", () => ['--key', admin.id], /the very key that you are signed in with/],
    [
      'a key of another account',
      () => ['--key', makeKeyId('AKIA', '111122223333')],
      /belongs to account 111122223333.*--role-arn/,
    ],
    ['a bait key', () => ['--key', makeKeyId('AKIA', '534261010715')], /bait key/],
    ['a root key', () => ['--key', addKey(server.world, '<root>').id], /ROOT key.*assume-root/s],
    ['a key of an S3-compatible store', () => ['--key', 'DO00ABCDEFGHIJKLMNOP'], /no AWS access key id/],
    ['an example of the documentation', () => ['--key', `AKIAIOSFODNN7${'EXAMPLE'}`], /example/],
    [
      'a session key without --revoke-sessions',
      () => ['--key', addKey(server.world, 'Worker/one').id, '--principal', 'role/Worker'],
      /cannot be deactivated/,
    ],
  ])('%s', async (_, argv, reason) => {
    server.world.roles.set('Worker', { name: 'Worker', path: '/', inline: new Map(), attached: [] });
    const { code, stderr } = await run(['apply', ...argv(), '--yes', argv()[1]]);
    expect(code).toBe(2);
    expect(stderr).toMatch(reason);
    expect(writes()).toEqual([]);
  });
});

describe('a session key', () => {
  it('is ended by a policy on its role, which undo replaces by the one before', async () => {
    const before = { Version: '2012-10-17', Statement: [] };
    const role = {
      name: 'Worker',
      path: '/',
      inline: new Map([['AWSRevokeOlderSessions', before]]),
      attached: [],
    };
    server.world.roles.set('Worker', role);
    const session = addKey(server.world, 'Worker/i-0123');
    const argv = ['--key', session.id, '--yes', session.id, '--secret-stdin'];
    const stdin = `${session.secret}\n${session.token}\n`;
    const { code } = await run(['apply', ...argv, '--revoke-sessions'], { stdin });
    expect(code).toBe(0);
    expect(JSON.stringify(role.inline.get('AWSRevokeOlderSessions'))).toContain('aws:TokenIssueTime');
    expect((await run(['status', ...argv], { stdin })).code).toBe(0);
    await run(['undo', ...argv], { stdin });
    expect(role.inline.get('AWSRevokeOlderSessions')).toEqual(before);
  });

  it('of a person is sent to Identity Center', async () => {
    const session = addKey(server.world, 'AWSReservedSSO_Admin_0123/ann');
    const { code, stderr } = await run(['plan', '--key', session.id, '--secret-stdin'], {
      stdin: `${session.secret}\n${session.token}`,
    });
    expect(code).toBe(2);
    expect(stderr).toContain('Identity Center');
  });
});

describe('a service credential', () => {
  const id = 'ACCAEXAMPLE123456789';
  beforeEach(() => {
    server.world.users.get('deploy')!.serviceCredentials.push({
      id,
      service: 'codecommit.amazonaws.com',
      userName: 'deploy-at-210987654321',
      status: 'Active',
      created: new Date(0),
      secret: 'old',
    });
  });
  const credential = () => server.world.users.get('deploy')!.serviceCredentials[0];

  it('is deactivated and brought back', async () => {
    const key = 'ACCAABCDEFGHIJKLMNOP';
    credential().id = key;
    expect((await run(['apply', '--key', key, '--yes', key])).code).toBe(0);
    expect(credential().status).toBe('Inactive');
    expect((await run(['undo', '--key', key, '--yes', key])).code).toBe(0);
    expect(credential().status).toBe('Active');
  });

  it('gets a new secret for the sink, and is deleted', async () => {
    const key = 'ACCAABCDEFGHIJKLMNOP';
    credential().id = key;
    expect(
      (await run(['apply', '--key', key, '--yes', key, '--rotate', '--sink', 'file:git.json'])).code,
    ).toBe(0);
    expect(JSON.parse(readFileSync(join(home, 'git.json'), 'utf8')).SecretAccessKey).toBe(
      credential().secret,
    );
    expect(credential().status).toBe('Active');
    expect((await run(['status', '--key', key])).code).toBe(0);
    expect((await run(['apply', '--key', key, '--yes', key, '--delete'])).code).toBe(0);
    expect(server.world.users.get('deploy')!.serviceCredentials).toEqual([]);
  });
});

describe('respond status', () => {
  it('is 1 while the key lives and 0 when it is dead, with the history advice only then', async () => {
    const alive = await withSecret('status');
    expect(alive.code).toBe(1);
    expect(alive.stdout).not.toContain('filter-repo');
    const file = join(home, 'replacements.txt');
    expect((await withSecret('status', '--history-file', file)).code).toBe(2);
    expect(existsSync(file)).toBe(false);
    await withSecret('apply');
    const dead = await withSecret('status', '--history-file', file);
    expect(dead.code).toBe(0);
    expect(dead.stdout).toContain('git filter-repo');
    expect(readFileSync(file, 'utf8')).toContain(`literal:${leaked.secret}==>REMOVED`);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('finds every change of the ledger', async () => {
    await apply('--revoke-sessions');
    const whole = readFileSync(ledgerFile(), 'utf8');
    const lines = whole.trimEnd().split('\n');
    expect(checkLedger(ledgerFile()).entries.length).toBeGreaterThan(5);
    for (const changed of [
      whole.replace('"Inactive"', '"Active"'),
      lines.slice(1).join('\n'),
      lines.slice(0, -1).join('\n'),
      [...lines.slice(0, 2), ...lines.slice(3)].join('\n'),
      [lines[1], lines[0], ...lines.slice(2)].join('\n'),
      '',
    ]) {
      writeFileSync(ledgerFile(), changed && !changed.endsWith('\n') ? `${changed}\n` : changed);
      const { code, stdout } = await run(['status', ...about()]);
      expect(code).toBe(3);
      expect(stdout).toContain('WAS CHANGED');
      expect((await run(['undo', ...about(), '--yes', leaked.id])).code).toBe(3);
    }
    writeFileSync(ledgerFile(), whole);
    expect((await run(['status', ...about()])).code).toBe(0);
    rmSync(ledgerFile());
    expect((await run(['status', ...about()])).code).toBe(3);
  });
});

describe('bad input', () => {
  it.each([
    ['no credentials', { AWS_ACCESS_KEY_ID: '' }, [], 2, /no AWS credentials/],
    [
      'credentials that AWS does not know',
      { AWS_ACCESS_KEY_ID: makeKeyId('AKIA', '210987654321') },
      [],
      2,
      /does not accept the credentials/,
    ],
    ['a profile that does not exist', {}, ['--profile', 'nobody'], 2, /no AWS credentials.*profile nobody/],
    ['a region that does not exist', {}, ['--region', 'mars-1'], 2, /no AWS region/],
    ['an endpoint that is none', {}, ['--aws-endpoint', 'here'], 2, /no address/],
    ['a port where nobody listens', {}, ['--aws-endpoint', 'http://127.0.0.1:1'], 3, /could not be asked/],
    [
      'a role that may not be assumed',
      {},
      ['--role-arn', 'arn:aws:iam::210987654321:role/None'],
      3,
      /may not assume/,
    ],
    ['a role that is none', {}, ['--role-arn', 'admin'], 2, /is no role/],
    ['a sink without --rotate', {}, ['--sink', 'file:x'], 2, /--rotate/],
    ['a watch that is no time', {}, ['--watch', 'soon'], 2, /72h/],
  ])('%s', async (_, env, options, code, message) => {
    const result = await runCommand(respond, ['plan', ...about(), '--aws-endpoint', server.url, ...options], {
      env: { ...signedInAs(admin, home), ...env },
      cwd: home,
    });
    expect(result.stderr).toMatch(message);
    expect(result.code).toBe(code);
    expect(writes()).toEqual([]);
  });

  it('an id that does not exist', async () => {
    const { code, stderr } = await run(['plan', '--key', makeKeyId('AKIA', '210987654321')]);
    expect(code).toBe(3);
    expect(stderr).toContain('is not in account 210987654321');
  });

  it('a state file of another version', async () => {
    await run(['plan', ...about()]);
    const path = join(home, 'state/unleak', `${leaked.id}.json`);
    writeFileSync(path, JSON.stringify({ ...stateFile(), version: 9 }));
    const { code, stderr } = await apply();
    expect(code).toBe(2);
    expect(stderr).toContain('version 9');
    expect(writes()).toEqual([]);
  });

  it('works with a clock that is off by an hour, as the SDK corrects it', async () => {
    server.skewMs = 3600_000;
    expect((await withSecret('apply')).code).toBe(0);
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

it('stops when it is interrupted while it waits for proof, gives the lock back, and goes on later', async () => {
  server.delayMs = 1500;
  const stop = new AbortController();
  setTimeout(() => stop.abort(), 700);
  const first = await run(['apply', ...about(), '--yes', leaked.id, '--secret-stdin', '--revoke-sessions'], {
    stdin: leaked.secret,
    signal: stop.signal,
  });
  expect(first.code).toBe(3);
  expect(first.stdout).toContain('Not done: revoke-sessions: interrupted');
  const second = await withSecret('apply', '--revoke-sessions');
  expect(second.code).toBe(0);
});

it('leaves no file in its folder but state, ledger, head and key, all for their owner alone', async () => {
  await apply('--rotate', '--sink', 'file:new.env');
  const folder = join(home, 'state/unleak');
  expect(readdirSync(folder).sort()).toEqual(
    [`${leaked.id}.json`, 'ledger.jsonl', 'ledger.jsonl.head', 'ledger.jsonl.key'].sort(),
  );
  for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).mode & 0o077).toBe(0);
});
