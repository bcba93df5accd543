import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { respond } from '../../src/cli/respond.ts';
import { verify } from '../../src/cli/verify.ts';
import { fingerprintOf } from '../../src/engine/fingerprint.ts';
import type { Finding } from '../../src/model/finding.ts';
import { Secret } from '../../src/model/secret.ts';
import { renderReport } from '../../src/report/formats.ts';
import { makeReport } from '../suppress/findings.ts';
import { pairFinding } from './findings.ts';
import { runCommand, signedInAs } from './run-command.ts';
import { type AwsServer, startAwsServer } from './server/server.ts';
import { addKey, addUser, isAccepted, type Key, makeWorld } from './server/world.ts';

let server: AwsServer;
let home: string;
let admin: Key;
let leaked: Key;

beforeEach(async () => {
  const world = makeWorld();
  for (const name of ['admin', 'deploy']) addUser(world, name);
  admin = addKey(world, 'admin');
  leaked = addKey(world, 'deploy');
  server = await startAwsServer(world);
  home = mkdtempSync(join(tmpdir(), 'unleak-report-'));
});
afterEach(async () => {
  await server.close();
  rmSync(home, { recursive: true, force: true });
});

async function writeReport(findings: Finding[], showSecrets: boolean): Promise<string> {
  const text = [...(await renderReport('json', makeReport(findings), { showSecrets }))].join('');
  writeFileSync(join(home, 'report.json'), text);
  return text;
}

const run = (action: string, ...options: string[]) =>
  runCommand(
    respond,
    [action, '--report', 'report.json', '--yes', leaked.id, '--aws-endpoint', server.url, ...options],
    { env: signedInAs(admin, home), cwd: home },
  );
const ask = (...options: string[]) =>
  runCommand(verify, ['report.json', '--aws-endpoint', server.url, ...options], {
    env: { HOME: home },
    cwd: home,
  });

describe('respond with a report', () => {
  it('whose secrets are there proves death by use', async () => {
    await writeReport([pairFinding(leaked)], true);
    const { code, stdout, stderr } = await run('apply');
    expect(code).toBe(0);
    expect(stderr).toContain('AWS refuses the leaked pair');
    expect(stdout + stderr).not.toContain(leaked.secret);
  });

  it('that is masked ends the key all the same, by its id', async () => {
    expect(await writeReport([pairFinding(leaked)], false)).not.toContain(leaked.secret);
    const { code, stdout } = await run('apply');
    expect(code).toBe(0);
    expect(stdout).toContain("by IAM's list");
    expect(isAccepted(leaked)).toBe(false);
  });

  it('looks back to the first commit that held the key', async () => {
    const [place] = pairFinding(leaked).places;
    const places = [
      { ...place, date: '2026-10-20T10:00:00+02:00', commit: 'b'.repeat(40) },
      { ...place, date: '2026-10-01T10:00:00+02:00', commit: 'a'.repeat(40) },
    ];
    await writeReport([pairFinding(leaked, { places })], false);
    const { stdout } = await run('plan', '--json');
    expect(JSON.parse(stdout).plan.trail.since).toBe('2026-10-01T08:00:00.000Z');
  });

  it('of several keys asks which, and takes the one of --finding', async () => {
    const findings = [pairFinding(leaked), pairFinding(admin)];
    await writeReport(findings, false);
    const { code, stderr } = await run('plan');
    expect(code).toBe(2);
    expect(stderr).toContain(findings[1].fingerprint);
    expect((await run('plan', '--finding', findings[0].fingerprint)).code).toBe(0);
    expect((await run('plan', '--finding', 'ffff')).code).toBe(2);
  });

  it('finds the credential that a Bedrock key names its user by', async () => {
    const key = `ABSK${Buffer.from('deploy+1-at-210987654321:secret-of-the-key').toString('base64')}`;
    const finding = pairFinding(leaked, {
      rule: 'aws-bedrock-api-key',
      secret: Secret.of(key),
      pair: undefined,
    });
    await writeReport([{ ...finding, facts: { user: 'deploy+1', accountId: '210987654321' } }], false);
    const made = {
      service: 'bedrock.amazonaws.com',
      status: 'Active' as const,
      created: new Date(),
      secret: 's',
    };
    server.world.users
      .get('deploy')!
      .serviceCredentials.push(
        { ...made, id: 'ACCAAAAAAAAAAAAAAAA1', userName: 'deploy-at-210987654321' },
        { ...made, id: 'ACCAAAAAAAAAAAAAAAA2', userName: 'deploy+1-at-210987654321' },
      );
    const { code } = await run('apply', '--yes', 'ACCAAAAAAAAAAAAAAAA2');
    expect(code).toBe(0);
    expect(server.world.users.get('deploy')!.serviceCredentials.map(({ status }) => status)).toEqual([
      'Active',
      'Inactive',
    ]);
  });

  it.each<[string, (finding: Finding) => Finding, boolean]>([
    ['account', (finding) => ({ ...finding, facts: { ...finding.facts, accountId: '111122223333' } }), false],
    ['id', (finding) => ({ ...finding, pair: { ...finding.pair!, id: admin.id } }), true],
    [
      'id, in all its places,',
      (finding) => ({
        ...finding,
        pair: { ...finding.pair!, id: admin.id },
        facts: { ...finding.facts, keyId: admin.id },
      }),
      true,
    ],
    [
      'secret',
      (finding) => ({ ...finding, pair: { ...finding.pair!, secret: Secret.of('x'.repeat(40)) } }),
      true,
    ],
  ])('whose %s was edited is refused', async (_, edit, showSecrets) => {
    await writeReport([edit(pairFinding(leaked))], showSecrets);
    const { code, stderr } = await run('apply');
    expect(code).toBe(2);
    expect(stderr).toContain('was edited');
    expect(isAccepted(leaked)).toBe(true);
    if (!showSecrets) return;
    server.seen.length = 0;
    expect(await ask()).toMatchObject({ code: 2, stderr: expect.stringContaining('was edited') });
    expect(server.seen).toEqual([]);
  });

  it('of an id alone that was edited is refused too', async () => {
    const { pair, ...alone } = pairFinding(leaked);
    const secret = Secret.of(leaked.id, 'AKIA');
    const found = { ...alone, secret, fingerprint: fingerprintOf(alone.rule, leaked.id) };
    await writeReport([found], false);
    expect((await run('plan')).code).toBe(0);
    await writeReport([{ ...found, facts: { ...found.facts, keyId: admin.id } }], false);
    expect((await run('plan')).stderr).toContain('was edited');
  });

  it('that calls the key bait, as does the configuration, is refused', async () => {
    await writeReport([pairFinding(leaked, { verdict: { state: 'canary' } })], true);
    expect(await run('apply')).toMatchObject({ code: 2, stderr: expect.stringContaining('bait key') });
    await writeReport([pairFinding(leaked)], true);
    writeFileSync(join(home, 'unleak.yaml'), 'verify:\n  canary-accounts: ["210987654321"]\n');
    expect(await run('apply')).toMatchObject({ code: 2, stderr: expect.stringContaining('bait key') });
    expect(server.seen).toEqual([]);
    // On a night on call a broken file that nobody asked for holds nothing up, and is not passed over in silence either.
    writeFileSync(join(home, 'unleak.yaml'), 'verfy: {}\n');
    expect(await run('plan')).toMatchObject({ code: 0, stderr: expect.stringContaining('cannot be read') });
    expect((await run('plan', '--config', 'unleak.yaml')).code).toBe(2);
  });

  it('advises where to take the key out of history, once it is dead', async () => {
    await writeReport([pairFinding(leaked)], true);
    await run('apply');
    const { stdout } = await run('status', '--history-file', join(home, 'replacements.txt'));
    expect(stdout).toContain('Take it out of the files first: deploy/.env');
    expect(readFileSync(join(home, 'replacements.txt'), 'utf8').split('\n')).toContain(
      `literal:${leaked.secret}==>REMOVED`,
    );
  });
});

describe('verify with a report', () => {
  it('sets verdicts and shows no secret', async () => {
    const dead = addKey(server.world, 'deploy', { status: 'Inactive' });
    await writeReport([pairFinding(leaked), pairFinding(dead)], true);
    const { code, stdout } = await ask('--format', 'json');
    expect(code).toBe(1);
    expect(
      JSON.parse(stdout)
        .findings.map(({ verdict }: Finding) => verdict?.state)
        .sort(),
    ).toEqual(['active', 'inactive']);
    expect(stdout).not.toContain(leaked.secret);
  });

  it('asks nobody about bait that the configuration names', async () => {
    writeFileSync(join(home, 'unleak.yaml'), 'verify:\n  canary-accounts: ["210987654321"]\n');
    await writeReport([pairFinding(leaked)], true);
    const { stdout } = await ask('--format', 'json');
    expect(JSON.parse(stdout).findings[0].verdict.state).toBe('canary');
    expect(server.seen).toEqual([]);
  });

  it('gives 0 when every secret is dead and 3 when AWS gives no clear answer', async () => {
    await writeReport([pairFinding(leaked)], true);
    server.faults.push({ kind: 'html-forbidden', times: 1 });
    expect((await ask()).code).toBe(3);
    leaked.status = 'Inactive';
    expect((await ask()).code).toBe(0);
  });

  it('says of a masked report that it holds nothing to ask about', async () => {
    await writeReport([pairFinding(leaked)], false);
    const { code, stderr } = await ask();
    expect(code).toBe(2);
    expect(stderr).toContain('masked');
    expect(server.seen).toEqual([]);
  });

  it('names the account of an old id with credentials of the user', async () => {
    const old = addKey(server.world, 'deploy', { id: `AKIAJ${'QRSTUVWXYZ23456'}` });
    await writeReport([pairFinding(old)], true);
    const { stdout } = await runCommand(
      verify,
      ['report.json', '--aws-endpoint', server.url, '--verify-with-own', '--format', 'json'],
      { env: signedInAs(admin, home), cwd: home },
    );
    expect(JSON.parse(stdout).findings[0].facts.accountId).toBe('210987654321');
  });
});
