import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Expanded, expand, expandFile, missing, run, sampleBytes, workshop } from './tools.ts';

const TREE = {
  'plain.txt': 'password\n',
  'dir/deep/binary.bin': sampleBytes(300_000, 3),
  'dir/ünïcode — 秘密.env': 'KEY=1\n',
  [`${'folder-name/'.repeat(12)}${'m'.repeat(90)}.txt`]: 'as long as ustar can\n',
  [`${'long-folder-name/'.repeat(12)}${'n'.repeat(120)}.txt`]: 'long name\n',
  'with space': sampleBytes(70_001, 4),
};

/** What the tree holds, under the paths that the archive's members should have. */
function expected(archive: string, folder: string): Record<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const contents = files
    .filter((file) => statSync(file).size > 0)
    .map((file) => [`${archive}!/${relative(folder, file)}`, readFileSync(file, 'latin1')]);
  return Object.fromEntries(contents);
}

function expectWhole({ members, skipped }: Expanded, wanted: Record<string, string>): void {
  expect(skipped).toEqual([]);
  expect(Object.keys(members).sort()).toEqual(Object.keys(wanted).sort());
  for (const [path, content] of Object.entries(wanted)) expect(members[path] === content, path).toBe(true);
}

describe('what a tool packed comes out byte for byte', () => {
  it.skipIf(missing('zip')).each([['-9'], ['-0'], ['-Z', 'bzip2'], ['-fz']])('zip %s %s', (...options) => {
    const folder = workshop(TREE);
    run(folder, 'zip', '-qr', ...options, '../x.zip', '.');
    const archive = join(folder, '../x.zip');
    const result = expandFile(archive);
    execFileSync('rm', [archive]);
    expectWhole(result, expected('x.zip', folder));
  });

  it.skipIf(missing('zip'))('zip written to a pipe, whose members learn their sizes last', () => {
    const folder = workshop(TREE);
    const bytes = run(folder, 'sh', '-c', 'zip -qr - . | cat');
    expectWhole(expand('x.zip', bytes), expected('x.zip', folder));
  });

  it.skipIf(missing('python3'))('zip with LZMA members, and behind a script', () => {
    const folder = workshop(TREE);
    const script = `import os,sys,zipfile
z = zipfile.ZipFile(sys.argv[1], 'w', zipfile.ZIP_LZMA)
for root, _, files in os.walk('.'):
  for f in files: z.write(os.path.join(root, f))
z.close()`;
    const out = workshop();
    run(folder, 'python3', '-c', script, join(out, 'x.zip'));
    const bytes = readFileSync(join(out, 'x.zip'));
    expectWhole(expand('x.zip', bytes), expected('x.zip', folder));
    const prefixed = Buffer.concat([Buffer.from('#!/bin/sh\nexec java -jar "$0"\n'), bytes]);
    expectWhole(expand('x.jar', prefixed), expected('x.jar', folder));
  });

  it.each(['v7', 'oldgnu', 'gnu', 'ustar', 'posix'])('tar in the format %s', (format) => {
    const longest = { v7: 100, ustar: 240 }[format] ?? 1000;
    const folder = workshop(
      Object.fromEntries(Object.entries(TREE).filter(([name]) => name.length < longest)),
    );
    const bytes = run(folder, 'sh', '-c', `tar -c --format=${format} *`);
    expectWhole(expand('x.tar', bytes), expected('x.tar', folder));
  });

  it.each(['-z', '-j', '-J', '--zstd'])('tar %s, as one archive and not as two', (option) => {
    const folder = workshop(TREE);
    const bytes = run(folder, 'sh', '-c', `tar -c ${option} *`);
    expectWhole(expand('x.tgz', bytes), expected('x.tgz', folder));
  });

  it.each(['gnu', 'posix --sparse-version=0.0', 'posix --sparse-version=0.1', 'posix --sparse-version=1.0'])(
    'tar with a sparse member, format %s',
    (format) => {
      const folder = workshop({ 'plain.txt': 'before\n' });
      const script =
        'for i in 1 2 3 4 5 6 7 8; do echo "data $i" | dd of=holes bs=1 seek=$((i * 200000)) conv=notrunc; done; truncate -s 2000000 holes';
      run(folder, 'sh', '-c', script);
      const bytes = run(folder, 'sh', '-c', `tar -c -S --format=${format} *`);
      expect(bytes.length).toBeLessThan(200_000);
      expectWhole(expand('x.tar', bytes), expected('x.tar', folder));
    },
  );

  it.skipIf(missing('7z')).each(['lzma', 'lzma2', 'bzip2', 'deflate', 'copy'])(
    '7z by %s, solid or not',
    (method) => {
      const folder = workshop(TREE);
      for (const solid of ['on', 'off']) {
        const out = workshop();
        run(folder, '7z', 'a', `-m0=${method}`, `-ms=${solid}`, join(out, 'x.7z'), '.');
        expectWhole(expandFile(join(out, 'x.7z')), expected('x.7z', folder));
      }
    },
  );
});

describe('archives in archives', () => {
  it.skipIf(missing('zip'))('are opened, and the path tells each step', () => {
    const folder = workshop({ 'app/config.env': 'TOKEN=1\n' });
    run(
      folder,
      'sh',
      '-c',
      'zip -qr app.jar app && tar -czf layer.tar.gz app.jar && zip -q outer.zip layer.tar.gz',
    );
    expect(expandFile(join(folder, 'outer.zip'))).toEqual({
      members: { 'outer.zip!/layer.tar.gz!/app.jar!/app/config.env': 'TOKEN=1\n' },
      skipped: [],
    });
  });

  it('of an image saved by docker show the layers and the configuration', () => {
    const folder = workshop({
      'root/.npmrc': 'token\n',
      'image/config.json': '{"config":{"Env":["KEY=1"]}}',
    });
    run(folder, 'sh', '-c', 'mkdir -p image/blobs/sha256 && tar -cf image/blobs/sha256/0a -C root .npmrc');
    run(folder, 'sh', '-c', 'tar -czf image/blobs/sha256/0b -C root .npmrc && tar -cf image.tar -C image .');
    expect(expandFile(join(folder, 'image.tar'))).toEqual({
      members: {
        'image.tar!/./config.json': '{"config":{"Env":["KEY=1"]}}',
        'image.tar!/./blobs/sha256/0a!/.npmrc': 'token\n',
        'image.tar!/./blobs/sha256/0b!/.npmrc': 'token\n',
      },
      skipped: [],
    });
  });
});

describe('names', () => {
  it.skipIf(missing('python3'))('that lead out of the archive stay text', () => {
    const folder = workshop();
    run(
      folder,
      'python3',
      '-c',
      "import zipfile; zipfile.ZipFile('x.zip','w').writestr('../../../etc/x', 'out')",
    );
    expect(expandFile(join(folder, 'x.zip')).members).toEqual({ 'x.zip!/../../../etc/x': 'out' });
    expect(readdirSync(folder)).toEqual(['x.zip']);
  });

  it('that are not UTF-8 or hold control characters are percent-encoded', () => {
    const folder = workshop();
    run(
      folder,
      'bash',
      '-c',
      "echo 1 > $'caf\\xe9' && echo 2 > $'a\\x1b[2Jb' && tar -cf x.tar --exclude=x.tar *",
    );
    expect(Object.keys(expandFile(join(folder, 'x.tar')).members).sort()).toEqual([
      'x.tar!/a%1B[2Jb',
      'x.tar!/caf%E9',
    ]);
  });
});

describe('encrypted archives are named', () => {
  it.skipIf(missing('zip'))('zip: each member', () => {
    const folder = workshop({ a: 'secret\n', b: 'secret\n' });
    run(folder, 'zip', '-q', '-P', 'word', 'x.zip', 'a', 'b');
    expect(expandFile(join(folder, 'x.zip'))).toEqual({
      members: {},
      skipped: [
        { path: 'x.zip!/a', reason: 'encrypted' },
        { path: 'x.zip!/b', reason: 'encrypted' },
      ],
    });
  });

  it.skipIf(missing('7z')).each([
    ['off', [{ path: 'x.7z!/a', reason: 'encrypted' }]],
    ['on', [{ path: 'x.7z', reason: 'encrypted, names too' }]],
  ])('7z with its names encrypted: %s', (names, skipped) => {
    const folder = workshop({ a: 'secret\n' });
    run(folder, '7z', 'a', '-pword', `-mhe=${names}`, 'x.7z', 'a');
    expect(expandFile(join(folder, 'x.7z')).skipped).toEqual(skipped);
  });
});
