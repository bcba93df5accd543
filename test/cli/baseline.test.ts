import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { baseline } from '../../src/cli/baseline.ts';
import { UserError } from '../../src/model/errors.ts';
import type { Finding } from '../../src/model/finding.ts';
import { makeFinding, makeReport } from '../suppress/findings.ts';
import { run } from './run.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'unleak-baseline-'));
  mkdirSync(join(root, '.git'));
  mkdirSync(join(root, 'sub'));
});
afterEach(() => rmSync(root, { recursive: true }));

const report = (findings: Finding[], scan = {}) => JSON.stringify(makeReport(findings, scan));
const [one, two] = [makeFinding('first-secret-text', 'a.ts'), makeFinding('second-secret-text', 'b.ts')];
const shown = (finding: Finding): Finding => ({ ...finding, suppressed: { by: 'baseline' } });
const text = () => readFileSync(join(root, '.unleak-baseline'), 'utf8');
const entries = () =>
  text()
    .split('\n')
    .filter((line) => /^[0-9a-f]{32} /.test(line));

describe('unleak baseline add', () => {
  test('accepts the findings of a report, masked as it is, at the root of the repository', async () => {
    const ran = await run(baseline, ['add', '--reason', 'test data'], join(root, 'sub'), report([one, two]));
    expect(ran.code).toBe(0);
    expect(ran.stdout).toContain('Accepted 2 findings');
    expect(entries()).toHaveLength(2);
    expect(text()).toMatch(/ generic-token a\.ts -- test data$/m);
    expect(readFileSync(join(root, '.gitattributes'), 'utf8')).toBe('.unleak-baseline merge=union\n');
  });

  test('a second time changes nothing', async () => {
    await run(baseline, ['add'], root, report([one, two]));
    const before = text();
    const { stdout } = await run(baseline, ['add'], root, report([one, two]));
    expect(stdout).toContain('Accepted 0 findings, 2 accepted before');
    expect(text()).toBe(before);
  });

  test('only some, by rule or fingerprint, from a file', async () => {
    writeFileSync(join(root, 'r.json'), report([one, two]));
    await run(baseline, ['add', 'r.json', '--fingerprint', two.fingerprint], root);
    expect(entries()).toEqual([expect.stringContaining('generic-token b.ts')]);
    await expect(run(baseline, ['add', 'r.json', '--fingerprint', '0'.repeat(20)], root)).rejects.toThrow(
      'no finding with',
    );
  });

  test('not a secret that still works, unless told so', async () => {
    const live = { ...one, verdict: { state: 'active' as const } };
    await expect(run(baseline, ['add'], root, report([live]))).rejects.toThrow(/still works: end it first/);
    await run(baseline, ['add', '--live'], root, report([live]));
    expect(entries()).toHaveLength(1);
  });

  test('--dry-run writes nothing', async () => {
    const { stdout } = await run(baseline, ['add', '--dry-run'], root, report([one]));
    expect(stdout).toContain('Would accept 1 finding ');
    expect(text).toThrow();
  });

  test('without a report at a terminal it names the command that makes one', async () => {
    const { Readable } = await import('node:stream');
    const stdin = Object.assign(Readable.from([]), { isTTY: true });
    const io = { stdin, cwd: root } as unknown as Parameters<typeof baseline.run>[1];
    await expect(baseline.run({ values: {}, positionals: ['add'] }, io)).rejects.toThrow(
      'unleak scan --format json',
    );
  });
});

describe('unleak baseline prune', () => {
  test('drops what a complete scan no longer finds', async () => {
    await run(baseline, ['add'], root, report([one, two]));
    const { stdout } = await run(
      baseline,
      ['prune'],
      root,
      report([shown(one)], { suppressed: { baseline: 1, comment: 0, config: 0 } }),
    );
    expect(stdout).toContain('- generic-token b.ts\nDropped 1 stale entry of 2');
    expect(entries()).toEqual([expect.stringContaining('a.ts')]);
  });

  test.each([
    [{ suppressed: { baseline: 2, comment: 0, config: 0 } }, /--show-suppressed/],
    [{ complete: false }, /incomplete/],
    [{ source: 'staged' }, /staged looks at changes alone/],
  ])('refuses a report that cannot tell: %j', async (scan, message) => {
    await run(baseline, ['add'], root, report([one, two]));
    await expect(run(baseline, ['prune'], root, report([], scan))).rejects.toThrow(message);
    expect(entries()).toHaveLength(2);
  });

  test('needs a baseline', async () => {
    await expect(run(baseline, ['prune'], root, report([]))).rejects.toThrow(
      /no baseline here: unleak baseline add/,
    );
  });
});

describe('unleak baseline verify', () => {
  test('0 when all is accepted and nothing stale, 1 otherwise', async () => {
    await run(baseline, ['add'], root, report([one]));
    expect((await run(baseline, ['verify'], root)).stdout).toContain(
      '1 entry, readable\n1 entry without a reason',
    );
    expect((await run(baseline, ['verify', '-'], root, report([one]))).code).toBe(0);
    const open = await run(baseline, ['verify', '-'], root, report([one, two]));
    expect([open.code, open.stdout]).toEqual([
      1,
      expect.stringContaining('not accepted: generic-token b.ts:1'),
    ]);
    const stale = await run(baseline, ['verify', '-'], root, report([]));
    expect([stale.code, stale.stdout]).toEqual([1, expect.stringContaining('stale: generic-token a.ts')]);
  });

  test('a broken file is an error with its line', async () => {
    writeFileSync(join(root, '.unleak-baseline'), '<<<<<<< ours\n');
    await expect(run(baseline, ['verify'], root)).rejects.toThrow(/\.unleak-baseline:1: conflict marker/);
  });
});

test('a misspelt action names the nearest', async () => {
  await expect(run(baseline, ['purne'], root)).rejects.toThrow('did you mean prune?');
  await expect(run(baseline, [], root)).rejects.toThrow(UserError);
});

test('the file that the configuration names is the one', async () => {
  writeFileSync(join(root, 'unleak.yaml'), 'baseline: sub/accepted\n');
  await run(baseline, ['add'], join(root, 'sub'), report([one]));
  expect(readFileSync(join(root, 'sub/accepted'), 'utf8')).toContain('a.ts');
});
