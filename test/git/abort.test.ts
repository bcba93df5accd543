import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { runGit } from '../../src/git/run.ts';
import { gitEnvironment, temporaryFolder } from '../sources/repository.ts';

/** A git that is slow to end when it is told to. */
function slowGit(script: string) {
  const folder = temporaryFolder();
  writeFileSync(
    join(folder, 'git'),
    `#!/bin/sh\n[ "$1" = --no-pager ] || exit 0\ncd '${folder}'\n${script}`,
    { mode: 0o755 },
  );
  return { folder, env: gitEnvironment({ PATH: `${folder}:${process.env.PATH}` }) };
}

async function abortOnceStarted({ folder, env }: ReturnType<typeof slowGit>): Promise<unknown> {
  const stopping = new AbortController();
  const running = runGit(['clone'], { cwd: folder, env, signal: stopping.signal });
  const failed = running.catch((error: Error) => error.name);
  while (!existsSync(join(folder, 'started'))) await new Promise((resolve) => setTimeout(resolve, 5));
  stopping.abort();
  return failed;
}

test('an aborted git has ended when its caller hears of it', async () => {
  const git = slowGit(`
trap 'sleep 0.1; : > written-last; exit 1' TERM
: > started
while :; do sleep 0.01; done
`);
  expect(await abortOnceStarted(git)).toBe('AbortError');
  expect(existsSync(join(git.folder, 'written-last'))).toBe(true);
});

test('helpers that git leaves behind are not waited for', async () => {
  const git = slowGit(`
sleep 20 & echo $! > helper
: > started
wait
`);
  onTestFinished(() => {
    process.kill(Number(readFileSync(join(git.folder, 'helper'), 'utf8')));
  });
  const began = performance.now();
  expect(await abortOnceStarted(git)).toMatch(/Error$/);
  expect(performance.now() - began).toBeLessThan(10_000);
});
