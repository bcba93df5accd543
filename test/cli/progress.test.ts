import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Io } from '../../src/cli/command.ts';
import { Progress } from '../../src/cli/progress.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['hrtime'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** What a terminal of `columns` gets after `seconds` of work of which `share` is done. */
function shown(
  seconds: number,
  {
    share,
    env = {},
    columns,
    isTTY = true,
  }: { share?: number; env?: Io['env']; columns?: number; isTTY?: boolean } = {},
): string {
  let text = '';
  const stderr = Object.assign(new PassThrough(), { isTTY, columns });
  stderr.on('data', (chunk) => (text += chunk));
  const progress = new Progress({ stderr, env } as unknown as Io, {});
  vi.advanceTimersByTime(seconds * 1000);
  progress.show('50 of 200 files', seconds * 30e6, share);
  return text;
}

test('long work tells its rate and about how long it will take', () => {
  expect(shown(10, { share: 0.25 })).toBe('\r50 of 200 files, 30 MB/s, about 30 s left');
  expect(shown(60, { share: 0.25 })).toContain('about 3 min 0 s left');
});

test('short work says nothing, and no estimate is made too early or of what is not known', () => {
  expect(shown(0.2, { share: 0.5 })).toBe('');
  expect(shown(1, { share: 0.5 })).toBe('\r50 of 200 files, 30 MB/s');
  expect(shown(10)).toBe('\r50 of 200 files, 30 MB/s');
});

test('it is cut to the terminal, and one that does not know its width has 80 columns', () => {
  expect(shown(10, { columns: 12 })).toBe('\r50 of 200 f');
  expect(shown(10, { columns: 0 })).toContain('30 MB/s');
});

test('a file and a dumb terminal get none', () => {
  expect(shown(10, { isTTY: false })).toBe('');
  expect(shown(10, { env: { TERM: 'dumb' } })).toBe('');
});
