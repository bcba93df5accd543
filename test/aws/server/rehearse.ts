import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type AwsServer, startAwsServer } from './server.ts';
import { addKey, addUser, type Key, makeWorld, type World } from './world.ts';

/**
 * A leak to practise on: an account on loopback, a repository with a key in it, an intruder who has been there. Started by
 * `npm run rehearse`; with `--auto` the whole response is done and shown, without it the commands are printed for you.
 */
const [root, ...options] = process.argv.slice(2);
const folder = import.meta.dirname;
const home = join(folder, 'home');
const repository = join(folder, 'leaky');

const { server, admin, leaked } = await stage();
const env = { ...process.env, ...settings(admin) };
await makeRepository(leaked);
if (options.includes('--auto')) await perform();
else explain();

async function stage(): Promise<{ server: AwsServer; admin: Key; leaked: Key }> {
  const world = makeWorld();
  addUser(world, 'admin', { mfa: [`arn:aws:iam::${world.account}:mfa/admin`] });
  const user = addUser(world, 'deploy', { path: '/ci/' });
  user.inline.set('ship', {
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Action: ['s3:GetObject', 's3:PutObject', 's3:DeleteObject'], Resource: '*' },
      { Effect: 'Allow', Action: 'iam:PutUserPolicy', Resource: '*' },
    ],
  });
  const day = 24 * 3600_000;
  const admin = addKey(world, 'admin', { created: new Date(Date.now() - 20 * day) });
  const leaked = addKey(world, 'deploy', { created: new Date(Date.now() - 200 * day) });
  leaked.lastUsed = { date: new Date(Date.now() - 2 * 3600_000), service: 's3', region: 'eu-west-1' };
  intrude(world, leaked);
  const server = await startAwsServer(world, { delayMs: options.includes('--auto') ? 1000 : 3000 });
  server.onRequest = ({ action, status }) => {
    // The intruder is quicker than the operator, once.
    if (action !== 'UpdateAccessKey' || status !== 200 || user.attached.length > 0) return;
    user.attached.push('arn:aws:iam::aws:policy/AdministratorAccess');
  };
  return { server, admin, leaked };
}

function intrude(world: World, { id }: Key): void {
  const calls = [
    'GetCallerIdentity',
    'ListBuckets',
    'ListUsers',
    'RunInstances',
    'GetCallerIdentity',
    'CreateUser',
  ];
  for (const [index, name] of calls.entries()) {
    world.events.push({
      id: `intruder-${index}`,
      name,
      source: 'sts.amazonaws.com',
      time: new Date(Date.now() - (90 - index) * 60_000),
      keyId: id,
      user: 'deploy',
      ip: index % 2 ? '198.51.100.23' : '203.0.113.77',
      agent: 'Boto3/1.34 md/Botocore#1.34 ua/2.0 os/linux',
      region: index === 3 ? 'ap-south-1' : 'us-east-1',
      ...(/^(?:Run|Create)/.test(name) && { error: 'AccessDenied' }),
    });
  }
}

function settings({ id, secret }: Key): Record<string, string> {
  return {
    HOME: home,
    XDG_STATE_HOME: join(home, 'state'),
    AWS_ACCESS_KEY_ID: id,
    AWS_SECRET_ACCESS_KEY: secret,
    AWS_EC2_METADATA_DISABLED: 'true',
  };
}

async function makeRepository({ id, secret }: Key): Promise<void> {
  for (const path of [home, join(repository, 'deploy')]) mkdirSync(path, { recursive: true });
  writeFileSync(
    join(repository, 'deploy/production.env'),
    `AWS_REGION=eu-west-1\nAWS_ACCESS_KEY_ID=${id}\nAWS_SECRET_ACCESS_KEY=${secret}\n`,
  );
  const name = ['-c', 'user.name=Ann', '-c', 'user.email=ann@example.com'];
  for (const argv of [
    ['init', '-q'],
    ['add', '.'],
    [...name, 'commit', '-q', '-m', 'Deploy from the pipeline'],
  ])
    await run('git', argv, repository);
}

async function perform(): Promise<void> {
  const key = ['--key', leaked.id, '--aws-endpoint', server.url];
  const yes = ['--yes', leaked.id];
  await show('Whose key is it, what does it open, who used it?', ['respond', 'plan', ...key]);
  await show('Stop it, prove it, look what the intruder added, end sessions, make a new key', [
    'respond',
    'apply',
    ...key,
    ...yes,
    '--secret-stdin',
    '--revoke-sessions',
    '--rotate',
    '--sink',
    `file:${join(home, 'new.env')}`,
    '--watch',
    '0',
  ]);
  await show('Is it dead, quiet, and is the ledger whole?', ['respond', 'status', ...key]);
  await show('Take it back', ['respond', 'undo', ...key, ...yes]);
  await show('And end it for good', [
    'respond',
    'apply',
    ...key,
    ...yes,
    '--secret-stdin',
    '--watch',
    '0',
    '--delete',
  ]);
  await show('What else is old in this account?', ['keys', '--aws-endpoint', server.url]);
  await server.close();
}

async function show(title: string, argv: string[]): Promise<void> {
  console.log(`\n### ${title}\n$ unleak ${argv.join(' ')}\n`);
  const code = await run(process.execPath, [join(folder, 'child.js'), ...argv], repository, leaked.secret);
  console.log(`(exit code ${code})`);
}

function explain(): void {
  const built = join(root, 'dist/unleak.js');
  const unleak = existsSync(built) ? `node ${built}` : 'npx unleak';
  const exports = Object.entries(settings(admin)).map(([name, value]) => `export ${name}='${value}'`);
  const endpoint = `--aws-endpoint ${server.url}`;
  console.log(
    [
      'An account is up on loopback, and a repository has leaked one of its keys. In another terminal:',
      '',
      ...exports,
      `cd ${repository}`,
      '',
      `${unleak} scan . --verify ${endpoint} --format json --show-secrets --output leak.json   # so that death can be proven by use; remove it afterwards`,
      `${unleak} respond plan --report leak.json ${endpoint}`,
      `${unleak} respond apply --report leak.json ${endpoint} --revoke-sessions --rotate --sink file:$HOME/new.env --watch 72h`,
      `${unleak} respond status --report leak.json ${endpoint}`,
      `${unleak} respond undo --report leak.json ${endpoint}`,
      `${unleak} keys ${endpoint}`,
      '',
      'The keys are made up anew each time and work nowhere else. Ctrl-C ends the rehearsal and removes everything.',
    ].join('\n'),
  );
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(0));
}

function run(program: string, argv: string[], cwd: string, stdin = ''): Promise<number | null> {
  const child = spawn(program, argv, { cwd, env, stdio: ['pipe', 'inherit', 'inherit'] });
  child.stdin.on('error', () => undefined).end(stdin);
  return new Promise((done) => child.on('exit', (code) => done(code)));
}
