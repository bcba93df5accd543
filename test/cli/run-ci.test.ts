import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { expect, test } from 'vitest';
import type { Io, Values } from '../../src/cli/command.ts';
import { runCi } from '../../src/cli/run-ci.ts';
import { Repository, temporaryFolder } from '../sources/repository.ts';

/** Runs `unleak ci` with a scan that only notes what it is given. */
async function ci(repository: Repository, env: Record<string, string>, values: Values = {}) {
  const seen: string[] = [];
  let given: Values = {};
  let stderr = '';
  const sink = new Writable({
    write(chunk, _, done) {
      stderr += chunk;
      done();
    },
  });
  const io: Io = {
    stdin: Readable.from([]),
    stdout: sink,
    stderr: sink,
    env: { ...repository.env, ...env },
    cwd: repository.dir,
    signal: new AbortController().signal,
  };
  const exitCode = await runCi({ positionals: [], values }, io, async (source, args) => {
    given = args.values;
    for await (const { path } of (await source).blobs) seen.push(path);
    return 0;
  });
  return { exitCode, seen, stderr, given };
}

function pushed() {
  const repository = new Repository();
  const before = repository.commit('one', { 'one.txt': '1\n' });
  const after = repository.commit('two', { 'two.txt': '2\n' });
  const event = join(temporaryFolder(), 'event.json');
  return { repository, before, after, event };
}

test('a push is scanned, told in the log, and annotated', async () => {
  const { repository, before, after } = pushed();
  repository.write('.git/event.json', JSON.stringify({ before, after }));
  const { seen, stderr, given } = await ci(repository, {
    GITHUB_ACTIONS: 'true',
    GITHUB_EVENT_NAME: 'push',
    GITHUB_SHA: after,
    GITHUB_EVENT_PATH: join(repository.dir, '.git/event.json'),
  });
  expect(seen).toEqual(['COMMIT_MSG', 'two.txt']);
  expect(stderr).toBe(`GitHub Actions, push: ${after} --not ${before}\n`);
  expect(given).toEqual({ format: 'github' });
});

test('a report that the user asks for comes beside the annotations', async () => {
  const { repository, after } = pushed();
  const env = { GITHUB_ACTIONS: 'true', GITHUB_EVENT_NAME: 'schedule', GITHUB_SHA: after };
  expect((await ci(repository, env, { output: ['sarif=out.sarif'] })).given).toEqual({
    format: 'github',
    output: ['sarif=out.sarif'],
  });
  expect((await ci(repository, env, { format: 'json' })).given).toEqual({ format: 'json' });
});

test('the report that a CI shows by itself is written, and its folder made', async () => {
  const { repository, before, after } = pushed();
  const env = { BITBUCKET_BUILD_NUMBER: '1', BITBUCKET_COMMIT: after, UNLEAK_BASE: before };
  const { given, seen } = await ci(repository, env);
  expect(given).toEqual({ format: 'text', output: ['junit=test-results/unleak.xml'] });
  expect(existsSync(join(repository.dir, 'test-results'))).toBe(true);
  expect(seen).toEqual(['COMMIT_MSG', 'two.txt']);
});

test('a schedule scans all files', async () => {
  const { repository, after } = pushed();
  const env = { GITHUB_ACTIONS: 'true', GITHUB_EVENT_NAME: 'schedule', GITHUB_SHA: after };
  expect((await ci(repository, env)).seen).toEqual(['one.txt', 'two.txt']);
});

test('outside a CI the user is told to name the range', async () => {
  await expect(ci(pushed().repository, {})).rejects.toThrow(/no CI is recognised.*unleak commits/);
});

test('an event that cannot be read is an error', async () => {
  const { repository, event } = pushed();
  const env = { GITHUB_ACTIONS: 'true', GITHUB_EVENT_NAME: 'push', GITHUB_EVENT_PATH: event };
  await expect(ci(repository, env)).rejects.toMatchObject({ exitCode: 3 });
});
