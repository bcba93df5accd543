import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { findCommand, runCommand } from '../../bench/command.ts';

const scratch = mkdtempSync(join(tmpdir(), 'unleak-test-'));
afterAll(() => rmSync(scratch, { recursive: true }));

const script = (text: string) => ({ argv: [process.execPath, '-e', text], cwd: scratch });
const limits = { scratch, timeout: 30 };

it('measures how long a command takes', async () => {
  const { seconds } = await runCommand(script('setTimeout(() => {}, 300)'), limits);
  expect(seconds).toBeGreaterThan(0.3);
});

it('tells the peak memory of the command, not of what measures it', async (context) => {
  const idle = await runCommand(script('0'), limits);
  if (idle.peakBytes === undefined) context.skip('this system has no /usr/bin/time');
  const hungry = await runCommand(script('Buffer.alloc(300e6, 1)'), limits);
  expect(hungry.peakBytes! - idle.peakBytes!).toBeGreaterThan(250e6);
  expect(hungry.peakBytes! - idle.peakBytes!).toBeLessThan(400e6);
});

it('tells CPU time apart from waiting', async (context) => {
  const busy = await runCommand(script('const e = Date.now() + 500; while (Date.now() < e);'), limits);
  if (busy.cpuSeconds === undefined) context.skip('this system has no /usr/bin/time');
  const waiting = await runCommand(script('setTimeout(() => {}, 900)'), limits);
  expect(waiting.cpuSeconds).toBeLessThan(waiting.seconds - 0.5);
});

it('writes standard output to the file it is given', async () => {
  const output = join(scratch, 'out');
  await runCommand({ ...script('console.log("found")'), output }, limits);
  expect(readFileSync(output, 'utf8')).toBe('found\n');
});

it('takes the exit codes that mean findings for success, and no other', async () => {
  await expect(runCommand({ ...script('process.exit(1)'), codes: [0, 1] }, limits)).resolves.toBeDefined();
  const failing = script('console.error("no such repository"); process.exit(2)');
  await expect(runCommand({ ...failing, codes: [0, 1] }, limits)).rejects.toThrow(
    'exit 2: no such repository',
  );
});

it('kills a command that takes too long, and what it started', async () => {
  const file = join(scratch, 'alive');
  const child = `setTimeout(() => require('fs').writeFileSync(${JSON.stringify(file)}, ''), 2500)`;
  const text = `require('child_process').spawnSync(process.execPath, ['-e', ${JSON.stringify(child)}])`;
  await expect(runCommand(script(text), { scratch, timeout: 1 })).rejects.toThrow('over 1 s');
  await new Promise((resolve) => setTimeout(resolve, 2500));
  expect(() => readFileSync(file)).toThrow('ENOENT');
});

it('finds a command on PATH, and no command that is not there', () => {
  expect(findCommand('git')).toMatch(/git$/);
  expect(findCommand('no-such-scanner')).toBeUndefined();
});
