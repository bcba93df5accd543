import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  about,
  admin,
  apply,
  home,
  leaked,
  ledgerFile,
  newKeys,
  run,
  server,
  stateFile,
  useResponseStage,
  writes,
} from './response-stage.ts';
import { signedInAs } from './run-command.ts';
import { addKey, isAccepted } from './server/world.ts';

useResponseStage();

describe('respond apply', () => {
  it('makes no new key beside one that nobody knows', async () => {
    await run(['plan', ...about()]);
    addKey(server.world, 'deploy');
    const { code, stderr } = await apply('--rotate', '--sink', 'file:new.env');
    expect(code).toBe(3);
    expect(stderr).toContain('was not there when this was planned');
    expect(writes()).not.toContain('CreateAccessKey');
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

  it('overwrites no file that holds anything else, and warns in a repository', async () => {
    writeFileSync(join(home, '.env'), `OTHER=1\nAWS_ACCESS_KEY_ID=${leaked.id}\n`);
    expect((await apply('--rotate', '--sink', 'file:.env')).stderr).toContain('holds something else');
    expect(newKeys()).toHaveLength(0);
    mkdirSync(join(home, '.git'));
    expect((await apply('--rotate', '--sink', 'file:new.env')).stderr).toContain('lies in a git repository');
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
});
