import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { keys } from '../../src/cli/keys.ts';
import { respond } from '../../src/cli/respond.ts';
import { makeReport } from '../suppress/findings.ts';
import { runCommand, signedInAs } from './run-command.ts';
import { type AwsServer, startAwsServer } from './server/server.ts';
import { addKey, addUser, type Key, makeKeyId, makeWorld } from './server/world.ts';

let server: AwsServer;
let home: string;
let admin: Key;

const DAY = 24 * 3600_000;
const ago = (days: number) => new Date(Date.now() - days * DAY);
const used = (days: number) => ({ lastUsed: { date: ago(days), service: 's3', region: 'eu-west-1' } });

beforeEach(async () => {
  const world = makeWorld();
  addUser(world, 'admin', { mfa: ['arn:aws:iam::210987654321:mfa/admin'] });
  admin = addKey(world, 'admin', { created: ago(1), ...used(0) });
  server = await startAwsServer(world);
  home = mkdtempSync(join(tmpdir(), 'unleak-keys-'));
});
afterEach(async () => {
  await server.close();
  rmSync(home, { recursive: true, force: true });
});

const run = (argv: string[] = [], env: Record<string, string> = {}) =>
  runCommand(keys, [...argv, '--aws-endpoint', server.url], {
    env: { ...signedInAs(admin, home), ...env },
    cwd: home,
  });

async function issues(argv: string[] = []): Promise<string[]> {
  const { stdout } = await run([...argv, '--format', 'json']);
  return JSON.parse(stdout).issues.map(
    ({ who, what, level }: Record<string, string>) => `${level} ${who}: ${what}`,
  );
}

describe('keys of an account', () => {
  it('within every limit give 0', async () => {
    server.world.rootMfa.push('arn:aws:iam::210987654321:mfa/root');
    addUser(server.world, 'fresh');
    addKey(server.world, 'fresh', { created: ago(20), ...used(2) });
    const { code, stdout } = await run();
    expect(stdout).toContain('Nothing is over its limit');
    expect(code).toBe(0);
  });

  it.each([
    ['older than 90 days', { created: ago(91), ...used(1) }, 'is 91 days old'],
    ['unused for over 45 days', { created: ago(80), ...used(46) }, 'is unused for 46 days'],
    ['never used', { created: ago(50) }, 'was never used in 50 days'],
  ])('%s are over', async (_, parts, message) => {
    addUser(server.world, 'old');
    const { id } = addKey(server.world, 'old', parts);
    expect(await issues()).toContainEqual(`over old: ${id} ${message}`);
    expect((await issues(['--max-age', '365', '--unused', '365'])).join()).not.toContain(id);
  });

  it('that are inactive are over no limit, two active ones are', async () => {
    addUser(server.world, 'two');
    addKey(server.world, 'two', { created: ago(10), ...used(1) });
    const second = addKey(server.world, 'two', { created: ago(400), ...used(300) });
    expect(await issues()).toContain('over two: two active keys');
    second.status = 'Inactive';
    expect((await issues()).join()).not.toContain('two');
  });

  it('of root, passwords without MFA and service credentials are named', async () => {
    addKey(server.world, '<root>', { created: ago(5) });
    const user = addUser(server.world, 'ann', { loginProfile: ago(200) });
    user.serviceCredentials.push({
      id: 'ACCAABCDEFGHIJKLMNOP',
      service: 'bedrock.amazonaws.com',
      userName: 'x',
      status: 'Active',
      created: ago(100),
      secret: 's',
    });
    expect(await issues()).toEqual(
      expect.arrayContaining([
        'over <root_account>: root has an access key',
        'over <root_account>: root has no MFA',
        'over ann: a console password without MFA',
        'note ann: the console password is 200 days old',
        'over ann: bedrock.amazonaws.com credential ACCAABCDEFGHIJKLMNOP is 100 days old',
      ]),
    );
  });

  it('that a report has found leaked are marked', async () => {
    addUser(server.world, 'deploy');
    const { id } = addKey(server.world, 'deploy', { created: ago(3), ...used(1) });
    const place = { path: 'a.env', line: 1, column: 1, endLine: 1, endColumn: 20, snippet: '' };
    const finding = {
      rule: 'aws-access-key',
      vendor: 'AWS',
      title: 'x',
      severity: 'critical',
      confidence: 'high',
      fingerprint: '0'.repeat(20),
      secret: '********',
      entropy: 4,
      facts: { keyId: id },
      places: [place],
    };
    writeFileSync(
      join(home, 'report.json'),
      JSON.stringify({ ...makeReport([], { started: new Date().toISOString() }), findings: [finding] }),
    );
    expect(await issues(['--join', 'report.json'])).toContain(`over deploy: ${id} has LEAKED and is active`);
    expect((await run(['--join', 'report.json', '--format', 'markdown'])).stdout).toMatch(
      new RegExp(`\\| \`${id}\` \\| deploy .*\\*\\*yes\\*\\*`),
    );
  });

  it('that may not be read give a clear word and 3', async () => {
    server.world.users.get('admin')!.denied.add('iam:GenerateCredentialReport');
    const { code, stderr } = await run();
    expect(code).toBe(3);
    expect(stderr).toContain('may not call iam:GenerateCredentialReport');
    expect(stderr).toContain('unleak respond policy keys');
  });

  it('are read with no permission that respond policy keys does not print', async () => {
    addUser(server.world, 'deploy');
    addKey(server.world, 'deploy');
    await run();
    const { stdout } = await runCommand(respond, ['policy', 'keys'], { env: { HOME: home }, cwd: home });
    const granted = JSON.parse(stdout).Statement.flatMap(({ Action }: { Action: string[] }) => Action);
    const used = server.seen.filter(({ service }) => service === 'iam').map(({ action }) => `iam:${action}`);
    expect(new Set(used)).toEqual(new Set(granted));
  });
});

describe('keys --local', () => {
  const id = makeKeyId('AKIA', '210987654321');
  const local = (argv: string[] = [], env: Record<string, string> = { HOME: home }) =>
    runCommand(keys, ['--local', ...argv], { env, cwd: home });

  it('finds long-lived keys, tells the profile, and opens no connection', async () => {
    mkdirSync(join(home, '.aws'));
    writeFileSync(
      join(home, '.aws/credentials'),
      `[work]\naws_access_key_id = ${id}\naws_secret_access_key = ${'s'.repeat(40)}\n`,
      { mode: 0o600 },
    );
    const { code, stdout } = await local();
    expect(code).toBe(1);
    expect(stdout).toContain(`a long-lived key ${id} [work]`);
    expect(stdout).toContain('Identity Center');
    expect(stdout).not.toContain('s'.repeat(40));
    expect(stdout).not.toContain('has mode');
    expect(server.seen).toEqual([]);
  });

  it('finds files and folders that others may read or write', async () => {
    mkdirSync(join(home, '.aws/sso/cache'), { recursive: true });
    const cache = join(home, '.aws/sso/cache/a.json');
    writeFileSync(cache, '{"accessToken":"x"}');
    chmodSync(cache, 0o644);
    chmodSync(join(home, '.aws/sso/cache'), 0o777);
    const { code, stdout } = await local();
    expect(code).toBe(1);
    expect(stdout).toContain(`chmod 600 ${cache}`);
    expect(stdout).toContain('everybody may write in its folder');
  });

  it('says nothing of a machine without keys', async () => {
    mkdirSync(join(home, '.aws'));
    writeFileSync(join(home, '.aws/config'), '[default]\nregion = eu-west-1\n');
    const { code, stdout } = await local();
    expect(stdout).toContain('1 files read, 0 long-lived keys');
    expect(code).toBe(0);
  });

  it('looks at the environment and at the files that it names', async () => {
    const rclone = join(home, 'rclone.conf');
    writeFileSync(rclone, `[s3]\naccess_key_id = ${id}\nsecret_access_key = x\n`, { mode: 0o600 });
    const { stdout } = await local(['--format', 'json'], {
      HOME: home,
      RCLONE_CONFIG: rclone,
      AWS_ACCESS_KEY_ID: id,
    });
    expect(JSON.parse(stdout).keys).toEqual([
      { id, path: rclone, section: 's3', account: '210987654321' },
      { id, path: 'environment variable AWS_ACCESS_KEY_ID', account: '210987654321' },
    ]);
  });
});
