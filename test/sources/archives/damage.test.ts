import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { detectArchive, HEAD_BYTES } from '../../../src/sources/archives/kind.ts';
import { expand, missing, run, sampleBytes, workshop } from './tools.ts';

const SQL =
  "create table t(name text, secret blob); insert into t select 'row', hex(randomblob(200)) from generate_series(1, 50); delete from t where rowid % 3 = 0;";

/** How to make each kind of archive in a folder with `a.txt` and `dir/b.bin`. */
const RECIPES: Record<string, [tool: string, command: string]> = {
  'x.zip': ['zip', 'zip -qr x.zip a.txt dir'],
  'stream.zip': ['zip', 'zip -qr - a.txt dir | cat > stream.zip'],
  'x.tar': ['tar', 'tar -cf x.tar a.txt dir'],
  'x.tar.gz': ['gzip', 'tar -czf x.tar.gz a.txt dir'],
  'x.tar.bz2': ['bzip2', 'tar -cjf x.tar.bz2 a.txt dir'],
  'x.tar.xz': ['xz', 'tar -cJf x.tar.xz a.txt dir'],
  'x.tar.zst': ['zstd', 'tar -c a.txt dir | zstd -q > x.tar.zst'],
  'x.7z': ['7z', '7z a x.7z a.txt dir'],
  'x.db': ['sqlite3', `sqlite3 x.db "${SQL}"`],
  'x.pyc': [
    'python3',
    `echo 'A = "text"; B = ("x", 1, 2.5, b"bytes")\ndef f(a=1): return "inner"' > m.py && python3 -c "import py_compile; py_compile.compile('m.py', 'x.pyc')"`,
  ],
  'X.class': [
    'javac',
    `echo 'class X { static final String A = "text"; long l = 5L; }' > X.java && javac X.java`,
  ],
};

describe.each(Object.entries(RECIPES))('%s', (name, [tool, command]) => {
  const isMissing = missing(tool);
  let archive: Buffer;

  beforeAll(() => {
    if (isMissing) return;
    const folder = workshop({ 'a.txt': sampleBytes(3000, 5), 'dir/b.bin': sampleBytes(9000, 6) });
    run(folder, 'sh', '-c', command);
    expect(existsSync(join(folder, name))).toBe(true);
    archive = readFileSync(join(folder, name));
  });

  it.skipIf(isMissing)(
    'cut anywhere gives no other content than the whole, and nothing is lost in silence',
    () => {
      const whole = expand(name, archive);
      expect(whole.skipped).toEqual([]);
      const property = fc.property(fc.nat(archive.length - 1), (length) => {
        const cut = archive.subarray(0, length);
        if (detectArchive(cut.subarray(0, HEAD_BYTES), name) === undefined) return; // then it is scanned as any file
        const { members, skipped } = expand(name, cut);
        const isWhole = Object.entries(whole.members).every(([path, content]) => members[path] === content);
        expect(isWhole || skipped.length > 0, `cut at ${length}`).toBe(true);
      });
      // At these lengths a decoder of gzip saw an end where there is none.
      const examples = [125, 126, 132, 138, 162].map((length): [number] => [
        Math.min(length, archive.length - 1),
      ]);
      fc.assert(property, { numRuns: 150, examples });
    },
  );

  it.skipIf(isMissing)('with bytes changed anywhere throws nothing and ends', () => {
    const change = fc.tuple(fc.nat(archive.length - 1), fc.nat(255));
    const property = fc.property(fc.array(change, { minLength: 1, maxLength: 8 }), (changes) => {
      const bytes = Buffer.from(archive);
      for (const [at, byte] of changes) bytes[at] = byte;
      const { skipped } = expand(name, bytes);
      for (const { reason } of skipped) expect(reason).not.toBe('');
    });
    fc.assert(property, { numRuns: 150 });
  });
});
