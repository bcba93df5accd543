import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { COMMANDS } from '../../src/cli/commands.ts';
import { completion } from '../../src/cli/completion.ts';
import { run } from './run.ts';

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'unleak-completion-'));
  writeFileSync(join(folder, 'unleak.bash'), (await run(completion, ['bash'], folder)).stdout);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** What bash offers for the last word, when the words before it were typed. */
function complete(...words: string[]): string[] {
  const script = `. ./unleak.bash
    function=$(complete -p unleak | sed 's/.*-F \\([^ ]*\\) .*/\\1/')
    COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
    "$function" unleak
    printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = spawnSync('bash', ['-c', script, 'bash', 'unleak', ...words], {
    cwd: folder,
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  return stdout.split('\n').filter(Boolean);
}

describe('bash', () => {
  test('completes commands, and none of those that only hooks call', () => {
    expect(complete('st')).toEqual(['staged']);
    const shown = COMMANDS.filter(({ hidden }) => !hidden).map(({ name }) => name);
    expect(complete('')).toEqual([...shown, 'help', '--help', '--version']);
  });

  test('completes the actions of a command', () => {
    expect(complete('respond', '')).toEqual(['plan', 'apply', 'status', 'undo', 'policy']);
    expect(complete('rules', 's')).toEqual(['show']);
    expect(complete('install', 'pre-p')).toEqual(['pre-push']);
  });

  test.each(COMMANDS.map(({ name }) => name))('completes each option of %s', async (name) => {
    const { options } = await COMMANDS.find((command) => command.name === name)!.load();
    expect(complete(name, '--')).toEqual(['help', ...Object.keys(options)].map((option) => `--${option}`));
  });

  test('completes the values of an option, in both ways to write it', () => {
    expect(complete('scan', '--min-confidence', '')).toEqual(['low', 'medium', 'high']);
    expect(complete('scan', '.', '--format', 'js')).toEqual(['json', 'jsonl']);
    expect(complete('scan', '--format', '=')).toContain('sarif');
    expect(complete('scan', '--format', '=', 'js')).toEqual(['json', 'jsonl']);
  });

  test('leaves files to bash', () => {
    expect(complete('scan', 'unleak')).toEqual([]);
    expect(complete('scan', '--config', '')).toEqual([]);
    const { stdout } = spawnSync('bash', ['-c', '. ./unleak.bash; complete -p unleak'], { cwd: folder });
    expect(String(stdout)).toContain('-o default');
  });
});

test.each(['zsh', 'fish'])(
  'the script for %s names every command and option, and its quotes close',
  async (shell) => {
    const { stdout } = await run(completion, [shell], folder);
    for (const { name, load } of COMMANDS) {
      expect(stdout).toContain(name);
      for (const option of Object.keys((await load()).options)) {
        expect(stdout).toContain(shell === 'zsh' ? `--${option}[` : `-l ${option} `);
      }
    }
    // Single quotes mean the same in bash: its parser is the judge.
    const quoted = stdout.replace(/\(\( .*? \)\)/g, 'true');
    expect(spawnSync('bash', ['-n'], { input: quoted, encoding: 'utf8' }).stderr).toBe('');
  },
);

test('another shell is an error that names those there are', async () => {
  await expect(run(completion, ['tcsh'], folder)).rejects.toThrow('give one shell: bash, zsh, fish');
});
