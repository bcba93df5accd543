import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { respond } from '../../src/cli/respond.ts';
import { runCommand } from './run-command.ts';
import { type AwsServer, startAwsServer } from './server/server.ts';
import { addKey, addUser, type Key, makeKeyId, makeWorld } from './server/world.ts';

let server: AwsServer;
let home: string;
let admin: Key;
let leaked: Key;

beforeEach(async () => {
  const world = makeWorld();
  for (const name of ['admin', 'deploy']) addUser(world, name);
  world.roles.set('Responder', { name: 'Responder', path: '/', inline: new Map(), attached: [] });
  admin = addKey(world, 'admin');
  leaked = addKey(world, 'deploy');
  server = await startAwsServer(world);
  home = mkdtempSync(join(tmpdir(), 'unleak-operator-'));
  mkdirSync(join(home, '.aws'));
});
afterEach(async () => {
  await server.close();
  rmSync(home, { recursive: true, force: true });
});

const plan = async (options: string[] = [], env: Record<string, string> = {}) => {
  const argv = ['plan', '--key', leaked.id, '--json', '--no-trail', '--aws-endpoint', server.url, ...options];
  const run = await runCommand(respond, argv, {
    env: { HOME: home, XDG_STATE_HOME: join(home, 'state'), ...env },
    cwd: home,
  });
  return { ...run, operator: run.code === 0 ? JSON.parse(run.stdout).plan.operator : undefined };
};
const write = (name: string, text: string) => writeFileSync(join(home, '.aws', name), text);
const keyLines = ({ id, secret }: Key) => `aws_access_key_id = ${id}\naws_secret_access_key = ${secret}\n`;

describe('the operator signs in', () => {
  it('by a profile', async () => {
    write('credentials', `[work]\n${keyLines(admin)}`);
    expect((await plan(['--profile', 'work'])).operator).toBe('arn:aws:iam::210987654321:user/admin');
  });

  it("in the partition of the profile's region", async () => {
    write('credentials', `[work]\n${keyLines(admin)}`);
    write('config', '[profile work]\nregion = cn-northwest-1\n');
    const { code, stdout } = await plan(['--profile', 'work']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout).plan.partition).toBe('aws-cn');
    expect(String(server.seen.find(({ service }) => service === 'iam')?.headers.authorization)).toContain(
      '/cn-north-1/iam/',
    );
  });

  it('by a profile that assumes a role, at the endpoint that was given', async () => {
    write('credentials', `[base]\n${keyLines(admin)}`);
    write(
      'config',
      '[profile work]\nrole_arn = arn:aws:iam::210987654321:role/Responder\nsource_profile = base\nregion = eu-west-1\n',
    );
    expect((await plan(['--profile', 'work'])).operator).toMatch(
      /^arn:aws:sts::210987654321:assumed-role\/Responder\//,
    );
  });

  it('by a process', async () => {
    write(
      'config',
      `[profile work]\ncredential_process = echo '{"Version":1,"AccessKeyId":"${admin.id}","SecretAccessKey":"${admin.secret}"}'\n`,
    );
    expect((await plan(['--profile', 'work'])).operator).toBe('arn:aws:iam::210987654321:user/admin');
  });

  it('and takes a role of another account by --role-arn', async () => {
    write('credentials', `[work]\n${keyLines(admin)}`);
    const { operator } = await plan([
      '--profile',
      'work',
      '--role-arn',
      'arn:aws:iam::210987654321:role/Responder',
    ]);
    expect(operator).toMatch(/assumed-role\/Responder\/unleak-\d+/);
  });

  it('never by a profile of the environment when another is named', async () => {
    write('credentials', `[work]\n${keyLines(admin)}`);
    const { operator } = await plan(['--profile', 'work'], {
      AWS_ACCESS_KEY_ID: leaked.id,
      AWS_SECRET_ACCESS_KEY: leaked.secret,
    });
    expect(operator).toBe('arn:aws:iam::210987654321:user/admin');
  });

  it('and is told how to renew an Identity Center session that is over', async () => {
    const config = [
      '[profile work]\nsso_session = corp\nsso_account_id = 210987654321\nsso_role_name = Admin',
      '[sso-session corp]\nsso_region = us-east-1\nsso_start_url = https://example.awsapps.com/start\n',
    ];
    write('config', config.join('\n'));
    // The SDK's own Identity Center provider reads the process' environment alone.
    await withEnvironment({ AWS_CONFIG_FILE: join(home, '.aws/config'), HOME: home }, async () => {
      const { code, stderr } = await plan(['--profile', 'work']);
      expect(stderr).toContain('aws sso login --profile work');
      expect(code).toBe(2);
    });
  });

  it('and is told when a session is over', async () => {
    const session = addKey(server.world, 'Responder/me', { expires: new Date(Date.now() - 1000) });
    const { code, stderr } = await plan([], {
      AWS_ACCESS_KEY_ID: session.id,
      AWS_SECRET_ACCESS_KEY: session.secret,
      AWS_SESSION_TOKEN: session.token!,
    });
    expect(code).toBe(2);
    expect(stderr).toContain('has expired');
  });
});

it('does not let the leaked key act from behind a role either', async () => {
  const env = { AWS_ACCESS_KEY_ID: leaked.id, AWS_SECRET_ACCESS_KEY: leaked.secret };
  const { code, stderr } = await plan(['--role-arn', 'arn:aws:iam::210987654321:role/Responder'], env);
  expect(code).toBe(2);
  expect(stderr).toContain('the very key that you are signed in with');
});

it('ignores endpoints that the environment names', async () => {
  const elsewhere = await startAwsServer(makeWorld());
  const env = {
    AWS_ACCESS_KEY_ID: admin.id,
    AWS_SECRET_ACCESS_KEY: admin.secret,
    AWS_ENDPOINT_URL: elsewhere.url,
    AWS_ENDPOINT_URL_STS: elsewhere.url,
  };
  await withEnvironment(env, async () => expect((await plan([], env)).code).toBe(0));
  expect(elsewhere.seen).toEqual([]);
  await elsewhere.close();
});

async function withEnvironment(env: Record<string, string>, work: () => Promise<unknown>): Promise<void> {
  const before = { ...process.env };
  Object.assign(process.env, env);
  try {
    await work();
  } finally {
    for (const name of Object.keys(env)) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
  }
}

it('names an account of the organization, and the role to act there by', async () => {
  server.world.organization.push({ id: '444455556666', name: 'Shop', status: 'ACTIVE' });
  const argv = ['plan', '--key', makeKeyId('AKIA', '444455556666'), '--aws-endpoint', server.url];
  const env = { HOME: home, AWS_ACCESS_KEY_ID: admin.id, AWS_SECRET_ACCESS_KEY: admin.secret };
  const { code, stderr } = await runCommand(respond, argv, { env, cwd: home });
  expect(code).toBe(2);
  expect(stderr).toContain('account 444455556666 (Shop, ACTIVE) of your organization');
  expect(stderr).toContain('--role-arn arn:aws:iam::444455556666:role/OrganizationAccountAccessRole');
});
