import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { expandFile, missing, run, sampleBytes, workshop } from './tools.ts';

const TOOLS = [
  ['gzip', 'gz'],
  ['bzip2', 'bz2'],
  ['xz', 'xz'],
  ['zstd', 'zst'],
] as const;

describe.each(TOOLS)('a file packed by %s', (tool, ending) => {
  it.skipIf(missing(tool)).each(['-1', '-9'])(
    'at level %s expands to what it was, whatever its size',
    (level) => {
      for (const size of [0, 1, 13, 1000, 70_000, 3_000_000]) {
        const content = sampleBytes(size, size + 1);
        const folder = workshop({ 'app.log': content });
        run(folder, tool, '-k', level, 'app.log');
        const { members, skipped } = expandFile(join(folder, `app.log.${ending}`));
        const expected = size === 0 ? {} : { [`app.log.${ending}!/app.log`]: content.toString('latin1') };
        expect(skipped).toEqual([]);
        expect(Object.keys(members)).toEqual(Object.keys(expected));
        expect(members[`app.log.${ending}!/app.log`] === expected[`app.log.${ending}!/app.log`]).toBe(true);
      }
    },
  );

  it.skipIf(missing(tool))('may be several streams in a row, with rubbish after them', () => {
    const folder = workshop({ a: 'first\n', b: 'second\n' });
    const packed = Buffer.concat([run(folder, tool, '-c', 'a'), run(folder, tool, '-c', 'b')]);
    const twice = workshop({ [`x.${ending}`]: packed });
    expect(expandFile(join(twice, `x.${ending}`))).toEqual({
      members: { [`x.${ending}!/x`]: 'first\nsecond\n' },
      skipped: [],
    });
  });

  it.skipIf(missing(tool))('gives what is left of it when its end is lost, and says so', () => {
    const content = sampleBytes(400_000, 7);
    const folder = workshop({ 'app.log': content });
    run(folder, tool, '-k', 'app.log');
    const packed = readFileSync(join(folder, `app.log.${ending}`));
    const cut = workshop({ [`app.log.${ending}`]: packed.subarray(0, packed.length - 100) });
    const { members, skipped } = expandFile(join(cut, `app.log.${ending}`));
    const [text = ''] = Object.values(members);
    expect(skipped).toEqual([{ path: `app.log.${ending}`, reason: expect.stringContaining('truncated') }]);
    expect(content.toString('latin1').startsWith(text)).toBe(true);
  });
});
