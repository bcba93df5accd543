import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { home, run, server, useResponseStage } from './response-stage.ts';
import { addKey } from './server/world.ts';

useResponseStage();

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
