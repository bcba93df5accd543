import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { constants, deflateRawSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { expandArchive } from '../../../src/sources/archives/expand.ts';
import { expand, expandFile, missing, run, workshop } from './tools.ts';

/** What the process may grow by while it looks at a bomb, in bytes: an archive of the largest size held, and its parts, stay below. */
const MEMORY = 300 * 2 ** 20;

function growth(work: () => void): number {
  const before = process.memoryUsage().rss;
  work();
  return process.memoryUsage().rss - before;
}

/** A zip of one deflated member with its sizes as told; the local header leaves them to the directory. */
function zipOf(name: string, packed: Buffer, told: number): Buffer {
  const local = Buffer.alloc(30);
  local.writeUInt32LE(0x04034b50, 0);
  local.writeUInt16LE(8, 8);
  local.writeUInt16LE(name.length, 26);
  const central = Buffer.alloc(46);
  central.writeUInt32LE(0x02014b50, 0);
  central.writeUInt16LE(8, 10);
  central.fill(0xff, 20, 28);
  central.writeUInt16LE(name.length, 28);
  central.writeUInt16LE(20, 30);
  const wide = Buffer.alloc(20);
  wide.writeUInt16LE(1, 0);
  wide.writeUInt16LE(16, 2);
  wide.writeBigUInt64LE(BigInt(told), 4);
  wide.writeBigUInt64LE(BigInt(packed.length), 12);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(46 + name.length + 20, 12);
  end.writeUInt32LE(30 + name.length + packed.length, 16);
  return Buffer.concat([local, Buffer.from(name), packed, central, Buffer.from(name), wide, end]);
}

/** Ten gigabytes of zeros as deflate makes them, put together from equal blocks so that it takes no minute. */
function tenGigabytes(): Buffer {
  const block = deflateRawSync(Buffer.alloc(2 ** 26), { finishFlush: constants.Z_FULL_FLUSH });
  return Buffer.concat([...new Array<Buffer>(160).fill(block), deflateRawSync(Buffer.alloc(0))]);
}

describe('a decompression bomb is named and not expanded', () => {
  it('zip of 10 GB of zeros', () => {
    const { members, skipped } = expand('bomb.zip', zipOf('zeros', tenGigabytes(), 160 * 2 ** 26));
    expect(members).toEqual({});
    expect(skipped).toEqual([
      { path: 'bomb.zip!/zeros', reason: expect.stringContaining('decompression bomb') },
    ]);
  });

  it('zip whose member says it is small', () => {
    const bomb = zipOf('zeros', tenGigabytes(), 10);
    const { members, skipped } = expand('bomb.zip', bomb);
    expect(members).toEqual({});
    expect(skipped).toEqual([
      { path: 'bomb.zip!/zeros', reason: expect.stringContaining('decompression bomb') },
    ]);
  });

  it.each([
    ['gzip', '-c', 'gz', 300],
    ['bzip2', '-c', 'bz2', 300],
    ['xz', '-1c', 'xz', 300],
    ['zstd', '-c', 'zst', 1000],
  ])('%s', (tool, options, ending, megabytes) => {
    if (missing(tool)) return expect(missing(tool)).toBe(true);
    const folder = workshop();
    const bytes = run(folder, 'sh', '-c', `head -c ${megabytes}M /dev/zero | ${tool} ${options}`);
    let result = expand('none', bytes.subarray(0, 0));
    expect(growth(() => (result = expand(`bomb.${ending}`, bytes)))).toBeLessThan(MEMORY);
    expect(result).toEqual({
      members: {},
      skipped: [{ path: `bomb.${ending}`, reason: expect.stringContaining('decompression bomb') }],
    });
  });

  it('in an archive, and what stands beside it is read', () => {
    const folder = workshop({ 'bomb.gz': gzipSync(Buffer.alloc(200 * 2 ** 20)), 'beside.txt': 'TOKEN=1' });
    const bytes = run(
      folder,
      'sh',
      '-c',
      'head -c 3M /dev/urandom >noise && tar -c bomb.gz noise beside.txt',
    );
    const { members, skipped } = expand('x.tar', bytes);
    expect(Object.keys(members)).toEqual(['x.tar!/noise', 'x.tar!/beside.txt']);
    expect(skipped).toEqual([
      { path: 'x.tar!/bomb.gz', reason: expect.stringContaining('decompression bomb') },
    ]);
  });

  it('tar with a sparse member of 10 GB, in each of its formats', () => {
    for (const format of ['gnu', 'posix --sparse-version=0.1', 'posix --sparse-version=1.0']) {
      const folder = workshop({ 'beside.txt': 'TOKEN=1' });
      run(folder, 'truncate', '-s', '10G', 'holes');
      const bytes = run(folder, 'sh', '-c', `tar -c -S --format=${format} holes beside.txt`);
      const { members, skipped } = expand('x.tar', bytes);
      expect(members).toEqual({ 'x.tar!/beside.txt': 'TOKEN=1' });
      expect(skipped).toEqual([
        { path: 'x.tar!/holes', reason: expect.stringContaining('sparse: expands to more than') },
      ]);
    }
  });

  it.skipIf(missing('zip'))('zips nested 50 deep, at the sixth', () => {
    const folder = workshop({ '0.txt': 'TOKEN=1' });
    run(
      folder,
      'sh',
      '-c',
      'zip -q 1.zip 0.txt; for i in $(seq 2 50); do zip -q $i.zip $((i - 1)).zip; done',
    );
    const { members, skipped } = expandFile(join(folder, '50.zip'));
    expect(members).toEqual({});
    expect(skipped).toEqual([
      {
        path: '50.zip!/49.zip!/48.zip!/47.zip!/46.zip!/45.zip',
        reason: 'an archive more than 5 archives deep',
      },
    ]);
  });

  it.skipIf(missing('zip'))('zips that hold many zips, once the whole allowance is spent', () => {
    const folder = workshop();
    run(folder, 'sh', '-c', 'head -c 40M /dev/zero >zeros && zip -q 0.zip zeros');
    const copies =
      'for j in a b c d e f g h; do cp $i.zip $j.zip; done && zip -q $((i + 1)).zip ?.zip -x "[0-9]*"';
    run(folder, 'sh', '-c', `for i in 0 1 2; do ${copies}; done`);
    let sum = 0;
    const { skipped, members } = expandFile(join(folder, '3.zip'), { totalBytes: 100 * 2 ** 20 });
    for (const content of Object.values(members)) sum += content.length;
    expect(sum).toBeLessThanOrEqual(100 * 2 ** 20);
    expect(skipped.length).toBeGreaterThan(0);
    for (const { reason } of skipped) expect(reason).toContain('100 MB');
  });
});

describe('limits', () => {
  it('on entries end an archive with a word', () => {
    const folder = workshop(Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`f/${i}`, 'x'])));
    const bytes = run(folder, 'tar', '-c', 'f');
    const { members, skipped } = expand('x.tar', bytes, { entries: 10 });
    expect(Object.keys(members)).toHaveLength(10);
    expect(skipped).toEqual([{ path: 'x.tar', reason: 'holds more than 10 entries: the rest was not read' }]);
  });

  it.skipIf(missing('zip'))('on an archive in an archive leave it out and go on', () => {
    const folder = workshop({ noise: randomBytes(2 ** 20), small: 'y' });
    run(folder, 'zip', '-q', 'large.zip', 'noise');
    const bytes = run(folder, 'tar', '-c', 'large.zip', 'small');
    const { members, skipped } = expand('x.tar', bytes, { heldBytes: 2 ** 20 });
    expect(members).toEqual({ 'x.tar!/small': 'y' });
    expect(skipped).toEqual([{ path: 'x.tar!/large.zip', reason: expect.stringContaining('over 1 MB') }]);
  });

  it('hold no more of a large tar in memory than a piece', () => {
    const folder = workshop();
    run(
      folder,
      'sh',
      '-c',
      'for i in 1 2 3 4 5 6 7 8; do head -c 60M /dev/zero >$i; done; tar -cf x.tar ? && rm ?',
    );
    let count = 0;
    const grown = growth(() => {
      for (const { pieces } of expandArchive({ path: 'x.tar', file: join(folder, 'x.tar') }, []))
        for (const piece of pieces) count += piece.length;
    });
    expect(count).toBe(8 * 60 * 2 ** 20);
    expect(grown).toBeLessThan(100 * 2 ** 20);
  });

  it.skipIf(missing('zip'))('on what is named one by one: the rest is counted', () => {
    const folder = workshop(Object.fromEntries(Array.from({ length: 1200 }, (_, i) => [`f/${i}`, 'x'])));
    run(folder, 'zip', '-qr', '-P', 'word', 'x.zip', 'f');
    const { skipped } = expandFile(join(folder, 'x.zip'));
    expect(skipped).toHaveLength(1001);
    expect(skipped.at(-1)).toEqual({ path: 'x.zip', reason: '200 more of its members were not read' });
  });

  it('of a file that cannot be opened are the operating system', () => {
    const skipped: { path: string; reason: string }[] = [];
    const blobs = [...expandArchive({ path: 'x.zip', file: join(workshop(), 'none') }, skipped)];
    expect(blobs).toEqual([]);
    expect(skipped).toEqual([{ path: 'x.zip', reason: expect.stringContaining('ENOENT') }]);
  });
});
