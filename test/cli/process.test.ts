import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expandTemplate } from '../../src/rules/templates.ts';

const token = expandTemplate('ghp_{base62:30}{crc32}', 1);
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'unleak-process-'));
  writeFileSync(join(folder, 'leak.txt'), `token: ${token}\n`);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs a line of bash in which `unleak` is the command as it is shipped. */
function bash(line: string, dist = resolve('dist')) {
  const command = `unleak() { '${process.execPath}' '${dist}/unleak.js' "$@"; }; ${line}`;
  const { stdout, stderr, status } = spawnSync('bash', ['-c', command], { cwd: folder, encoding: 'utf8' });
  return { stdout, stderr, status };
}

test.each(['scan .', 'scan . --format json', 'rules list', '--help', 'completion bash'])(
  'a reader that has seen enough of unleak %s is no failure, and the exit code stays',
  (args) => {
    const whole = bash(`unleak ${args} > whole.txt`);
    const { stdout, stderr } = bash(`unleak ${args} | true; echo "$PIPESTATUS"`);
    expect([stdout, stderr]).toEqual([`${whole.status}\n`, '']);
  },
);

test.skipIf(!existsSync('/dev/full')).each(['scan .', 'scan . --format sarif', 'rules list', '--help'])(
  'a full disk is told, and unleak %s ends with 3',
  (args) => {
    const { stderr, status } = bash(`unleak ${args} > /dev/full`);
    expect([stderr, status]).toEqual(['unleak: cannot write to standard output: the disk is full\n', 3]);
  },
);

test('a crash ends with 3, for 1 means that secrets were found, and shows none', () => {
  const broken = join(folder, 'dist');
  cpSync(resolve('dist'), broken, { recursive: true });
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
  for (const name of readdirSync(join(broken, 'chunks')))
    if (name.startsWith('jsonl')) rmSync(join(broken, 'chunks', name));
  const { stdout, stderr, status } = bash('unleak scan leak.txt --format jsonl', broken);
  expect(status).toBe(3);
  expect(stderr).toMatch(/^Error: Cannot find module[\s\S]+\n {4}at /);
  expect(stdout + stderr).not.toContain(token.slice(4, 20));
});
