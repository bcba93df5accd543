import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { respond } from '../../src/cli/respond.ts';
import {
  about,
  admin,
  apply,
  home,
  leaked,
  run,
  server,
  stateFile,
  useResponseStage,
  withSecret,
  writes,
} from './response-stage.ts';
import { runCommand, signedInAs } from './run-command.ts';
import { addKey, makeKeyId } from './server/world.ts';

useResponseStage();

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
    ['a region of CloudTrail that does not exist', {}, ['--regions', 'x.evil.example/'], 2, /is no region/],
    ['a region of CloudTrail in another partition', {}, ['--regions', 'cn-north-1'], 2, /partition aws:/],
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
