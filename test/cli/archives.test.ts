import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { deflateRawSync, gunzipSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { expandTemplate } from '../../src/rules/templates.ts';
import { missing, sampleBytes } from '../sources/archives/tools.ts';

const BIN = resolve('dist/unleak.js');
const token = (seed = 1) => expandTemplate('ghp_{base62:30}{crc32}', seed);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'unleak-archives-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function write(path: string, content: string | Uint8Array): void {
  mkdirSync(join(folder, path, '..'), { recursive: true });
  writeFileSync(join(folder, path), content);
}

function shell(command: string): Buffer {
  return execFileSync('sh', ['-ec', command], { cwd: folder, stdio: ['ignore', 'pipe', 'ignore'] });
}

interface Report {
  scan: { complete: boolean; skipped: { path: string; reason: string }[] };
  findings: { places: { path: string; line: number }[] }[];
}

function scan(args: string[], input?: Buffer) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [BIN, 'scan', ...args, '--format', 'json', '--no-progress'],
    { cwd: folder, encoding: 'utf8', maxBuffer: 2 ** 26, input },
  );
  const report = JSON.parse(stdout || '{}') as Report;
  return { code: status, report, stderr };
}

const places = ({ findings }: Report) =>
  findings.flatMap((finding) => finding.places.map(({ path, line }) => `${path}:${line}`)).sort();

describe('unleak scan', () => {
  it('finds a secret in an archive, and in archives in it, at the member’s line', () => {
    write('conf/key.txt', `\nkey: ${token()}\n`);
    shell('tar -czf inner.tgz conf && tar -cf outer.tar inner.tgz conf && gzip -k conf/key.txt');
    rmSync(join(folder, 'conf/key.txt'));
    rmSync(join(folder, 'inner.tgz'));
    const { code, report } = scan(['.']);
    expect(code).toBe(1);
    expect(report.scan.complete).toBe(true);
    expect(places(report)).toEqual([
      'conf/key.txt.gz!/key.txt:2',
      'outer.tar!/conf/key.txt:2',
      'outer.tar!/inner.tgz!/conf/key.txt:2',
    ]);
  });

  it('with --no-archives takes an archive as the bytes it is', () => {
    write('key.txt', `${token()}\n`);
    write('packed.gz', gzipSync(`${token()}\n`));
    shell('tar -cf plain.tar key.txt');
    const { report } = scan(['.', '--no-archives']);
    expect(places(report).map((place) => place.split(':')[0])).toEqual(['key.txt', 'plain.tar']);
  });

  it('measures an archive by its own size, for --max-file-size', () => {
    write('small.gz', gzipSync(`${'x'.repeat(100_000)}\n${token(1)}\n`));
    write('large.gz', Buffer.concat([gzipSync(token(2)), Buffer.alloc(20_000)]));
    const { report } = scan(['.', '--max-file-size', '10KB']);
    expect(places(report)).toEqual(['small.gz!/small:2']);
    expect(report.scan.skipped.map(({ path }) => path)).toEqual(['large.gz']);
  });

  it('reads an archive from standard input', () => {
    const packed = gzipSync(`a\n${token()}\n`);
    expect(places(scan(['-'], packed).report)).toEqual(['-!/-:2']);
    expect(places(scan(['-', '--stdin-filename', 'dump.sql.gz'], packed).report)).toEqual([
      'dump.sql.gz!/dump.sql:2',
    ]);
    expect(scan(['-', '--no-archives'], packed).code).toBe(0);
  });

  it('gives the same with one thread and with four', () => {
    for (let i = 0; i < 2600; i++) {
      if (i % 5 === 0) write(`d/${i}.gz`, gzipSync(`text\n${i % 25 === 0 ? token(i) : ''}`));
      else if (i % 7 === 0) write(`d/${i}.gz`, gzipSync(`text ${i}`.repeat(50)).subarray(0, 30));
      else write(`d/${i}.txt`, i % 50 === 1 ? token(i) : `text ${i}`);
    }
    const strip = ({ report }: ReturnType<typeof scan>) => ({
      findings: report.findings,
      skipped: report.scan.skipped,
    });
    const [one, four] = [scan(['.', '--jobs', '1']), scan(['.', '--jobs', '4'])];
    expect(one.report.findings.length).toBeGreaterThan(100);
    expect(one.report.scan.skipped.length).toBeGreaterThan(100);
    expect(strip(four)).toEqual(strip(one));
  });

  it('scans a member larger than any that is held in memory, to its end', () => {
    shell('yes "a line of some log that says nothing of note" | head -c 160M > big.log');
    writeFileSync(join(folder, 'big.log'), `${token()}\n`, { flag: 'a' });
    shell('gzip -1 big.log');
    const { code, report } = scan(['.']);
    expect(report.scan.skipped).toEqual([]);
    expect(code).toBe(1);
    expect(places(report)[0]).toMatch(/^big\.log\.gz!\/big\.log:\d{7}$/);
  });
});

describe('a notebook', () => {
  const notebook = (cell: object) =>
    JSON.stringify({ cells: [cell], metadata: {}, nbformat: 4, nbformat_minor: 5 }, null, 1);
  const lineOf = (text: string) => text.split('\n').findIndex((line) => line.includes(token())) + 1;

  it.each([
    ['source array', { cell_type: 'code', source: ['import os\n', `key = "${token()}"\n`], outputs: [] }],
    ['source text', { cell_type: 'code', source: `import os\nkey = '${token()}'\n`, outputs: [] }],
    [
      'stream output',
      { cell_type: 'code', source: [], outputs: [{ output_type: 'stream', text: ['ok\n', `${token()}\n`] }] },
    ],
    [
      'rich output',
      {
        cell_type: 'code',
        source: [],
        outputs: [{ data: { 'text/plain': [`'${token()}'`] }, metadata: {} }],
      },
    ],
  ])('shows a secret of its %s at its line', (_, cell) => {
    const text = notebook(cell);
    write('work.ipynb', text);
    expect(places(scan(['.']).report)).toEqual([`work.ipynb:${lineOf(text)}`]);
  });
});

describe('bad input ends in good time, in bounded memory, named, and never as a clean scan:', () => {
  /** Most memory that the command may ever hold, in kB, and the longest it may take, in milliseconds. */
  const [MEMORY, TIME] = [400 * 1024, 30_000];
  // The high-water mark of the process itself: `maxRSS` also counts what its parent held when it started it.
  const peak = `data:text/javascript,import{readFileSync}from'node:fs';process.on('exit',()=>process.stderr.write(/VmHWM:\\s*(\\d+)/.exec(readFileSync('/proc/self/status','utf8'))[1]))`;

  function scanHostile() {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ['--import', peak, BIN, 'scan', '.', '--format', 'json', '--no-progress', '--jobs', '1'],
      { cwd: folder, encoding: 'utf8', timeout: TIME },
    );
    return { code: status, report: JSON.parse(stdout) as Report, peak: Number(stderr) };
  }

  const CASES: [name: string, tools: string[], make: () => void, path: string, reason: RegExp][] = [
    [
      'a zip bomb',
      ['zip'],
      () => shell('head -c 300M /dev/zero > zeros && zip -q bomb.zip zeros && rm zeros'),
      'bomb.zip!/zeros',
      /decompression bomb/,
    ],
    [
      'a bomb in a bomb',
      ['zip'],
      () =>
        shell(
          'head -c 90M /dev/zero > z && zip -q 1.zip z && for i in 2 3 4 5 6 7 8 9; do cp 1.zip $i.zip; done && zip -q all.zip ?.zip && rm ?.zip z',
        ),
      'all.zip!/1.zip!/z',
      /decompression bomb|exceed/,
    ],
    [
      'a gzip bomb',
      [],
      () => shell('head -c 200M /dev/zero | gzip > bomb.gz'),
      'bomb.gz',
      /decompression bomb/,
    ],
    [
      'a zstd bomb',
      ['zstd'],
      () => shell('head -c 500M /dev/zero | zstd -q > bomb.zst'),
      'bomb.zst',
      /decompression bomb/,
    ],
    [
      'an encrypted zip',
      ['zip'],
      () => shell('echo secret > a.txt && zip -q -P word x.zip a.txt'),
      'x.zip!/a.txt',
      /^encrypted$/,
    ],
    [
      'a truncated tar.gz',
      [],
      () => {
        write('a.bin', sampleBytes(90_000));
        shell('tar -czf - a.bin | head -c 20000 > x.tar.gz');
      },
      'x.tar.gz',
      /truncated/,
    ],
    [
      'zips nested 50 deep',
      ['zip'],
      () =>
        shell(
          'zip -q 1.zip /etc/hostname; for i in $(seq 2 50); do zip -q $i.zip $((i-1)).zip; rm $((i-1)).zip; done',
        ),
      '50.zip!/49.zip!/48.zip!/47.zip!/46.zip!/45.zip',
      /archives deep/,
    ],
    [
      'a sparse member of 10 GB',
      [],
      () => shell('truncate -s 10G holes && tar -cSf x.tar holes && rm holes'),
      'x.tar!/holes',
      /^sparse: /,
    ],
    [
      'a sparse member of 10 GB, compressed',
      [],
      () => shell('truncate -s 10G holes && tar -cSzf x.tgz holes && rm holes'),
      'x.tgz!/holes',
      /^sparse: /,
    ],
    [
      'a tar of 2,000 damaged gzips',
      [],
      () => {
        const damaged = gzipSync('x'.repeat(1000));
        damaged[10] = 7; // a block of no type
        for (let i = 0; i < 2000; i++) write(`d/${i}.gz`, damaged);
        shell('tar -cf x.tar d && rm -r d');
      },
      'x.tar',
      /^1000 more of its members were not read$/,
    ],
    [
      'a malformed PDF',
      [],
      () =>
        write(
          'x.pdf',
          `%PDF-1.7\n1 0 obj\n<< /Type /Page /Contents 2 0 R >>\nendobj\n2 0 obj\n<< /Length 5000 /Filter /FlateDecode >>\nstream\n${'rubbish('.repeat(200_000)}`,
        ),
      'x.pdf',
      /damaged|truncated/,
    ],
    [
      'a malformed SQLite file',
      [],
      () => {
        const bytes = Buffer.alloc(65_536, 0xa5);
        bytes.write('SQLite format 3\0', 'latin1');
        bytes.writeUInt16BE(4096, 16);
        write('x.db', bytes);
      },
      'x.db',
      /damaged|truncated/,
    ],
  ];

  it.each(CASES)('%s', (_, tools, make, path, reason) => {
    if (tools.some(missing)) return expect(tools.filter(missing)).not.toEqual([]);
    make();
    for (const name of ['a.txt', 'a.bin']) rmSync(join(folder, name), { force: true });
    const started = performance.now();
    const { code, report, peak } = scanHostile();
    expect(performance.now() - started).toBeLessThan(TIME);
    expect(report.scan.skipped).toContainEqual({ path, reason: expect.stringMatching(reason) });
    expect(report.scan.complete).toBe(false);
    expect(code).toBe(3);
    expect(peak).toBeLessThan(MEMORY);
  });

  it('names that lead out of the archive are told as they are and nothing is written', () => {
    write('in/key.txt', `${token()}\n`);
    shell('cd in && tar -P -cf ../x.tar ../in/key.txt && rm key.txt');
    const { code, report } = scan(['x.tar']);
    expect(code).toBe(1);
    expect(places(report)).toEqual(['x.tar!/../in/key.txt:1']);
    expect(shell('find . -type f').toString()).toBe('./x.tar\n');
  });

  it('a damaged gzip gives what is left of it', () => {
    const noise = Array.from({ length: 20_000 }, (_, i) => `line ${(i * 48_271) % 65_537}`).join('\n');
    const packed = gzipSync(`${token()}\n${noise}`);
    write('x.log.gz', packed.subarray(0, packed.length / 2));
    expect(() => gunzipSync(packed.subarray(0, packed.length / 2))).toThrow();
    const { code, report } = scan(['.']);
    expect(code).toBe(1);
    expect(places(report)).toEqual(['x.log.gz!/x.log:1']);
    expect(report.scan.complete).toBe(false);
  });

  it('a zip that claims more entries than it has is read by what it has', () => {
    const name = Buffer.from('a.txt');
    const packed = deflateRawSync(`${token()}\n`);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(8, 8);
    local.writeUInt32LE(packed.length, 18);
    local.writeUInt16LE(name.length, 26);
    const end = Buffer.alloc(22);
    end.writeUInt32LE(0x06054b50, 0);
    end.writeUInt16LE(0xfffe, 10);
    write('x.zip', Buffer.concat([local, name, packed, end]));
    const { report } = scan(['.']);
    expect(places(report)).toContain('x.zip!/a.txt:1');
    expect(report.scan.complete).toBe(false);
  });
});
