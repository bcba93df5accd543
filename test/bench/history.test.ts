import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { sizeOfBlobs, sliceHistory } from '../../bench/grow-inputs.ts';
import { makeHistory } from '../../bench/history.ts';

const scratch = mkdtempSync(join(tmpdir(), 'unleak-test-'));
afterAll(() => rmSync(scratch, { recursive: true }));

const git = (repository: string, ...args: string[]) =>
  execFileSync('git', ['-C', repository, ...args], { maxBuffer: 1 << 28 })
    .toString()
    .trim();
const plan = { shape: 'commits', commits: 40, files: 8, seed: 'a' } as const;

describe('a generated history', () => {
  const repository = join(scratch, 'made');
  const bytes = makeHistory(repository, plan);

  it('has the commits and files that were asked for, and passes git fsck', () => {
    expect(git(repository, 'rev-list', '--count', '--all')).toBe('40');
    expect(git(repository, 'ls-tree', '-r', '--name-only', 'HEAD').split('\n')).toHaveLength(8);
    expect(git(repository, 'fsck', '--strict')).toBe('');
  });

  it('is the same for the same plan, and another for another seed', () => {
    makeHistory(join(scratch, 'again'), plan);
    makeHistory(join(scratch, 'other'), { ...plan, seed: 'b' });
    const tip = git(repository, 'rev-parse', 'HEAD');
    expect(git(join(scratch, 'again'), 'rev-parse', 'HEAD')).toBe(tip);
    expect(git(join(scratch, 'other'), 'rev-parse', 'HEAD')).not.toBe(tip);
  });

  it('tells the size that git tells for its blobs', () => {
    const blobs = new Set(
      git(
        repository,
        'rev-list',
        '--objects',
        '--all',
        '--filter=object:type=blob',
        '--filter-provided-objects',
      )
        .split('\n')
        .map((line) => line.slice(0, 40)),
    );
    const sizes = [...blobs].map((id) => Number(git(repository, 'cat-file', '-s', id)));
    expect(bytes).toBe(sizes.reduce((sum, size) => sum + size, 0));
  });

  it('of the generated shape has large files', () => {
    const large = join(scratch, 'large');
    makeHistory(large, { shape: 'generated', commits: 3, files: 2, lines: 5000, seed: 'a' });
    const sizes = git(large, 'ls-tree', '-r', '-l', 'HEAD').match(/\d+(?=\t)/g)!;
    expect(Math.min(...sizes.map(Number))).toBeGreaterThan(100_000);
  });

  it('gives slices that hold their share of its commits, and what those need', () => {
    const slice = join(scratch, 'slice');
    const part = sliceHistory(repository, slice, 1 / 4);
    expect(git(slice, 'rev-list', '--count', 'HEAD')).toBe('10');
    expect(git(slice, 'fsck', '--strict')).toBe('');
    expect(part).toBe(sizeOfBlobs(slice));
    expect(part).toBeLessThan(bytes);
  });
});
