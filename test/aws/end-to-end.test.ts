import { execFileSync, spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Pair, type Stage, startOwnServer } from './contract.ts';
import { hasMoto, MOTO, startMoto } from './moto.ts';
import { signedInAs } from './run-command.ts';
import type { Key } from './server/world.ts';

const dist = resolve(import.meta.dirname, '../../dist/unleak.js');

describe('the built command takes a key from the commit it leaked in to its end, on', () => {
  describe('our own server', () => wholeWay(startOwnServer, { provable: true }));
  // Moto accepts a deactivated key, so there is no proof by use to be had of it: IAM's list is what is left.
  describe.skipIf(!hasMoto())(MOTO, () => wholeWay(startMoto, { provable: false }));
});

function wholeWay(start: () => Promise<Stage>, { provable }: { provable: boolean }): void {
  let stage: Stage;
  let folder: string;
  let leaked: Pair;
  /** Everything that was printed, and every command line that was seen. */
  let heard = '';

  beforeAll(async () => {
    stage = await start();
    leaked = await stage.makeKey('deploy');
    folder = mkdtempSync(join(tmpdir(), 'unleak-whole-'));
    commitAndRemove(join(folder, 'shop'), leaked);
  });
  afterAll(async () => {
    await stage?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function unleak(...argv: string[]): Promise<{ code: number | null; stdout: string }> {
    const child = spawn(process.execPath, [dist, ...argv, '--aws-endpoint', stage.url], {
      cwd: join(folder, 'shop'),
      env: signedInAs(stage.admin as Key, folder),
    });
    let stdout = '';
    child.stdout.on('data', (chunk) => (stdout += chunk));
    child.stderr.on('data', (chunk) => (heard += chunk));
    const watch = setInterval(() => (heard += commandLinesUnder(child.pid!)), 20);
    const code = await new Promise<number | null>((done) => child.on('close', done));
    clearInterval(watch);
    heard += stdout;
    return { code, stdout };
  }
  const report = () => ['--report', '../leak.json'];
  const yes = () => ['--yes', leaked.id];

  it('finds the pair in history and knows that it works', async () => {
    const secrets = provable ? ['--show-secrets'] : [];
    const { code } = await unleak(
      'audit',
      '--verify',
      '--no-progress',
      ...secrets,
      '--output',
      'json=../leak.json',
    );
    expect(code).toBe(1);
    const { findings } = JSON.parse(readFileSync(join(folder, 'leak.json'), 'utf8'));
    expect(findings).toMatchObject([
      {
        rule: 'aws-access-key',
        pair: { id: leaked.id },
        verdict: { state: 'active', identity: { name: 'deploy', kind: 'user' } },
        places: [{ path: 'deploy/production.env', line: 3, inHead: false }],
      },
    ]);
    expect(findings[0].facts.accountId).toBe(findings[0].verdict.identity.account);
  });

  it('plans, and changes nothing', async () => {
    const { code, stdout } = await unleak('respond', 'plan', ...report());
    expect(code).toBe(0);
    expect(stdout).toContain('Owner        user deploy');
    expect((await unleak('respond', 'status', ...report())).code).toBe(1);
  });

  it('stops it, with proof, and keeps the look of it', async () => {
    const { code, stdout } = await unleak('respond', 'apply', ...report(), ...yes());
    expect(stdout).toContain(
      provable ? `${leaked.id} is dead: AWS refuses it` : `${leaked.id} is dead by IAM's list`,
    );
    expect(code).toBe(0);
    const status = await unleak('respond', 'status', ...report());
    expect(status.code).toBe(0);
    expect(status.stdout).toContain('git filter-repo');
  });

  it('takes it back', async () => {
    expect((await unleak('respond', 'undo', ...report(), ...yes())).code).toBe(0);
    expect((await unleak('respond', 'status', ...report(), '--no-trail')).stdout).toContain('Active');
  });

  it('ends it for good, with a new key in a store', async () => {
    const sink = ['--rotate', '--sink', 'command:sleep 0.2; cat > ../got.json'];
    const options = ['--revoke-sessions', ...sink, '--watch', '0', '--delete', '--no-trail'];
    const { code, stdout } = await unleak('respond', 'apply', ...report(), ...yes(), ...options);
    expect(stdout).toContain('Done: deactivate, prove, compare, revoke-sessions, rotate, watch, delete.');
    expect(code).toBe(0);
    const made = JSON.parse(readFileSync(join(folder, 'got.json'), 'utf8'));
    expect(made.UserName).toBe('deploy');
    expect(made.AccessKeyId).not.toBe(leaked.id);
    const { stdout: after } = await unleak('respond', 'status', ...report(), '--json', '--no-trail');
    const status = JSON.parse(after);
    expect(status.ledger.problem).toBeUndefined();
    expect(status).toMatchObject({
      listed: 'deleted',
      contained: true,
      newKey: { id: made.AccessKeyId, listed: 'Active' },
    });
  });

  it('and shows no secret in anything that it printed, wrote down or ran', () => {
    const written = join(folder, 'state/unleak');
    const files = readdirSync(written).filter((name) => !name.endsWith('.key'));
    expect(files.sort()).toEqual([`${leaked.id}.json`, 'ledger.jsonl', 'ledger.jsonl.head']);
    const notes = files.map((name) => readFileSync(join(written, name), 'utf8')).join('\n');
    const { SecretAccessKey } = JSON.parse(readFileSync(join(folder, 'got.json'), 'utf8'));
    for (const secret of [leaked.secret, SecretAccessKey, stage.admin.secret]) {
      expect(heard).not.toContain(secret);
      expect(notes).not.toContain(secret);
    }
    for (const name of files) expect(statSync(join(written, name)).mode & 0o077).toBe(0);
    if (existsSync('/proc/self/cmdline')) expect(heard).toContain('cat > ../got.json');
  });
}

function commitAndRemove(repository: string, { id, secret }: Pair): void {
  const git = (...argv: string[]) =>
    execFileSync('git', ['-c', 'user.name=Ann', '-c', 'user.email=ann@example.com', ...argv], {
      cwd: repository,
      stdio: 'ignore',
    });
  mkdirSync(join(repository, 'deploy'), { recursive: true });
  git('init', '-q');
  writeFileSync(
    join(repository, 'deploy/production.env'),
    `AWS_REGION=eu-west-1\nAWS_ACCESS_KEY_ID=${id}\nAWS_SECRET_ACCESS_KEY=${secret}\n`,
  );
  git('add', '.');
  git('commit', '-q', '-m', 'Deploy from the pipeline');
  git('rm', '-q', '-r', 'deploy');
  git('commit', '-q', '-m', 'Forget the keys');
}

/** What everybody on the machine can read of a process and its children; nothing where there is no /proc. */
function commandLinesUnder(pid: number): string {
  try {
    const own = readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ');
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').split(' ').filter(Boolean);
    return [own, ...children.map((child) => commandLinesUnder(Number(child)))].join('\n');
  } catch {
    return '';
  }
}
