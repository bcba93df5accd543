import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { respond } from '../../src/cli/respond.ts';
import { type RunOptions, runCommand, signedInAs } from './run-command.ts';
import { type AwsServer, startAwsServer } from './server/server.ts';
import { addKey, addUser, type Key, makeWorld } from './server/world.ts';

/** The stage of every test of a response: an account with an administrator, and a user whose key has leaked. New for each test. */
export let server: AwsServer;
export let home: string;
export let admin: Key;
export let leaked: Key;

export function useResponseStage(): void {
  beforeEach(async () => {
    const world = makeWorld();
    addUser(world, 'admin');
    addUser(world, 'deploy');
    admin = addKey(world, 'admin');
    const date = new Date(Date.now() - 3600_000);
    leaked = addKey(world, 'deploy', { lastUsed: { date, service: 's3', region: 'eu-west-1' } });
    server = await startAwsServer(world);
    home = mkdtempSync(join(tmpdir(), 'unleak-respond-'));
  });
  afterEach(async () => {
    await server.close();
    rmSync(home, { recursive: true, force: true });
  });
}

/** Signed in as the administrator, unless the options say otherwise. */
export const run = (argv: string[], options: RunOptions = {}) =>
  runCommand(respond, [...argv, '--aws-endpoint', server.url], {
    env: signedInAs(admin, home),
    cwd: home,
    ...options,
  });
export const about = () => ['--key', leaked.id];
export const apply = (...options: string[]) => run(['apply', ...about(), '--yes', leaked.id, ...options]);
export const withSecret = (action: string, ...options: string[]) =>
  run([action, ...about(), '--yes', leaked.id, '--secret-stdin', ...options], { stdin: leaked.secret });

export const stateFile = () =>
  JSON.parse(readFileSync(join(home, 'state/unleak', `${leaked.id}.json`), 'utf8'));
export const ledgerFile = () => join(home, 'state/unleak/ledger.jsonl');
export const newKeys = () =>
  [...server.world.keys.values()].filter((key) => key.owner === 'deploy' && key !== leaked && !key.deleted);
const WRITES = /^(?:Update|Create|Delete|Put|Reset)/;
/** Calls that changed something, in order. */
export const writes = () =>
  server.seen.filter(({ action }) => WRITES.test(action)).map(({ action }) => action);
