import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkLedger } from '../../src/aws/ledger.ts';
import {
  about,
  apply,
  home,
  leaked,
  ledgerFile,
  run,
  useResponseStage,
  withSecret,
  writes,
} from './response-stage.ts';

useResponseStage();

describe('respond status', () => {
  it('is 1 while the key lives and 0 when it is dead, with the history advice only then', async () => {
    const alive = await withSecret('status');
    expect(alive.code).toBe(1);
    expect(alive.stdout).not.toContain('filter-repo');
    const file = join(home, 'replacements.txt');
    expect((await withSecret('status', '--history-file', file)).code).toBe(2);
    expect(existsSync(file)).toBe(false);
    await withSecret('apply');
    const dead = await withSecret('status', '--history-file', file);
    expect(dead.code).toBe(0);
    expect(dead.stdout).toContain('git filter-repo');
    expect(readFileSync(file, 'utf8')).toContain(`literal:${leaked.secret}==>REMOVED`);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('finds every change of the ledger', async () => {
    await apply('--revoke-sessions');
    const whole = readFileSync(ledgerFile(), 'utf8');
    const lines = whole.trimEnd().split('\n');
    expect(checkLedger(ledgerFile()).entries.length).toBeGreaterThan(5);
    for (const changed of [
      whole.replace('"Inactive"', '"Active"'),
      lines.slice(1).join('\n'),
      lines.slice(0, -1).join('\n'),
      [...lines.slice(0, 2), ...lines.slice(3)].join('\n'),
      [lines[1], lines[0], ...lines.slice(2)].join('\n'),
      '',
    ]) {
      writeFileSync(ledgerFile(), changed && !changed.endsWith('\n') ? `${changed}\n` : changed);
      const { code, stdout } = await run(['status', ...about()]);
      expect(code).toBe(3);
      expect(stdout).toContain('WAS CHANGED');
      const done = writes().length;
      expect((await run(['undo', ...about(), '--yes', leaked.id])).code).toBe(3);
      const { code: refused, stderr } = await apply('--watch', '0', '--delete');
      expect([refused, stderr.match(/was changed/g)?.length]).toEqual([3, 1]);
      expect(writes()).toHaveLength(done);
    }
    writeFileSync(ledgerFile(), whole);
    expect((await run(['status', ...about()])).code).toBe(0);
    rmSync(ledgerFile());
    expect((await run(['status', ...about()])).code).toBe(3);
  });
});
