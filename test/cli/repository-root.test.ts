import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Repository } from '../sources/repository.ts';
import { BIN, token } from './audit-run.ts';

function staged({ dir, env }: Repository, below: string, ...args: string[]) {
  const { status, stdout } = spawnSync(process.execPath, [BIN, 'staged', '--format', 'json', ...args], {
    cwd: join(dir, below),
    env,
    encoding: 'utf8',
  });
  return { status, report: JSON.parse(stdout), stdout };
}

test('the baseline at the root of the repository counts in the folders below it', () => {
  const repository = new Repository();
  repository.stage('k', token(1));
  mkdirSync(join(repository.dir, 'below'));
  const { status, stdout } = staged(repository, 'below');
  expect(status).toBe(1);
  const add = spawnSync(process.execPath, [BIN, 'baseline', 'add', '-'], {
    cwd: join(repository.dir, 'below'),
    env: repository.env,
    input: stdout,
  });
  expect(add.status).toBe(0);
  for (const folder of ['.', 'below']) {
    const again = staged(repository, folder);
    expect(again.status).toBe(0);
    expect(again.report.scan.suppressed.baseline).toBe(1);
  }
});

test('settings by path mean the same paths wherever a git command starts', () => {
  const repository = new Repository();
  repository.write('unleak.yaml', 'exclude:\n  - left/**\n');
  repository.stage('left/k', token(1));
  repository.stage('right/k', token(2));
  for (const folder of ['.', 'left', 'right']) {
    const { report } = staged(repository, folder);
    expect(report.findings.flatMap(({ places }: { places: { path: string }[] }) => places)).toMatchObject([
      { path: 'right/k' },
    ]);
  }
});
