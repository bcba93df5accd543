import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { HOOKS } from '../src/git/hooks/script.ts';
import { PROVIDERS } from '../src/sources/ci/plan.ts';
import { Repository, temporaryFolder } from './sources/repository.ts';

const read = (name: string) => readFileSync(new URL(`../${name}`, import.meta.url), 'utf8');

/** Runs the script of action.yml with an npx that notes its arguments and ends with `code`. */
function runAction(inputs: Record<string, string>, code = 0) {
  const folder = new Repository([], temporaryFolder());
  folder.write('bin/npx', `#!/bin/sh\nprintf '%s\\n' "$@"\nexit ${code}\n`, 0o755);
  const [step] = parse(read('action.yml')).runs.steps;
  const { status, stdout } = spawnSync('bash', ['-e', '-c', step.run], {
    cwd: folder.dir,
    env: { PATH: `${folder.dir}/bin:${process.env.PATH}`, GITHUB_OUTPUT: join(folder.dir, 'out'), ...inputs },
    encoding: 'utf8',
  });
  return { status, words: stdout.trimEnd().split('\n') };
}

test('the action runs the version it is told, and hands its exit code on', () => {
  const { status, words } = runAction(
    { UNLEAK_VERSION: '1.2.3', UNLEAK_ARGUMENTS: '--verify -q', UNLEAK_SARIF: 'a b.sarif' },
    3,
  );
  expect(words).toEqual([
    '--yes',
    'unleak@1.2.3',
    'ci',
    '--fetch',
    '--output',
    'sarif=a b.sarif',
    '--verify',
    '-q',
  ]);
  expect(status).toBe(3);
});

test('the action refuses a version that is not exact', () => {
  for (const version of ['', 'latest', '^1.0.0', '1.0.0; id']) {
    expect(runAction({ UNLEAK_VERSION: version, UNLEAK_ARGUMENTS: '', UNLEAK_SARIF: '' }).status).toBe(2);
  }
});

test('no script of the action holds an expression that a pull request could fill', () => {
  for (const { run } of parse(read('action.yml')).runs.steps) expect(run).not.toContain('${{');
});

test('every hook that the pre-commit framework is offered is one', () => {
  const hooks: { id: string; entry: string; stages: string[] }[] = parse(read('.pre-commit-hooks.yaml'));
  expect(hooks.map(({ id }) => id)).toEqual(['unleak', 'unleak-push', 'unleak-message']);
  for (const { entry, stages } of hooks) {
    expect(entry).toBe(`unleak hook ${stages[0]}`);
    expect(HOOKS).toContain(stages[0]);
  }
});

test('the GitLab template is two documents, and hands over the report that unleak ci writes', () => {
  const documents = parseAllDocuments(read('.ci/gitlab.yml'));
  expect(documents.map(({ errors }) => errors)).toEqual([[], []]);
  const job = documents[1].toJS().unleak;
  const gitlab = PROVIDERS.find(({ name }) => name === 'GitLab')!;
  expect(gitlab.reports).toEqual([`gitlab=${job.artifacts.reports.secret_detection}`]);
});

test('every report that a CI is given is named in the docs, or in its template', () => {
  const docs = read('docs/ci.md');
  for (const { reports } of PROVIDERS) {
    for (const report of reports) expect(docs).toContain(report.split('=')[1].split('/')[0]);
  }
});
