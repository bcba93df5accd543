import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  about,
  admin,
  apply,
  home,
  leaked,
  newKeys,
  run,
  server,
  stateFile,
  useResponseStage,
  withSecret,
  writes,
} from './response-stage.ts';
import { addKey, isAccepted } from './server/world.ts';

useResponseStage();

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

  it.each([
    ['iam:UpdateAccessKey', 'contain', [], []],
    ['iam:PutUserPolicy', 'contain', ['--revoke-sessions'], ['UpdateAccessKey']],
    ['iam:GetUserPolicy', 'plan', ['--revoke-sessions'], ['UpdateAccessKey']],
    ['iam:CreateAccessKey', 'rotate', ['--rotate', '--sink', 'file:new.env'], ['UpdateAccessKey']],
    ['iam:DeleteAccessKey', 'delete', ['--watch', '0', '--delete'], ['UpdateAccessKey']],
    ['iam:ListAccessKeys', 'plan', [], []],
  ])('names %s when it is missing, and the policy that grants it', async (action, part, options, done) => {
    await run(['plan', ...about()]);
    server.world.users.get('admin')!.denied.add(action);
    const { code, stderr } = await withSecret('apply', ...options);
    expect(code).toBe(3);
    expect(stderr).toContain(`may not call ${action}`);
    expect(stderr).toContain(`unleak respond policy ${part}`);
    expect(server.seen.filter(({ status }) => status === 200).map(({ action }) => action)).toEqual(
      expect.arrayContaining(done),
    );
    expect(newKeys()).toEqual([]);
    expect(isAccepted(leaked)).toBe(done.length === 0);
    // Granted, the same command does the rest.
    server.world.users.get('admin')!.denied.clear();
    expect((await withSecret('apply', ...options)).code).toBe(0);
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
