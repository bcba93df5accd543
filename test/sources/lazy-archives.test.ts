import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, it, onTestFinished } from 'vitest';

const BIN = resolve('dist/unleak.js');

/** Text that only the archive readers hold. */
const MARK = 'a decompression bomb';

/** Whether any of the command's own modules that a run loads is an archive reader. */
function loadsReaders(...args: string[]): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'unleak-lazy-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'plain.txt'), 'nothing\n');
  writeFileSync(join(folder, 'packed.gz'), gzipSync('nothing\n'));
  execFileSync(process.execPath, [BIN, ...args], {
    cwd: folder,
    env: { ...process.env, NODE_V8_COVERAGE: join(folder, 'coverage') },
  });
  const urls = execFileSync('sh', ['-c', `cat ${folder}/coverage/*.json`], { maxBuffer: 2 ** 28 })
    .toString()
    .matchAll(/"url":"file:\/\/([^"]*\/dist\/[^"]*\.js)"/g);
  return [...urls].some(([, file]) => readFileSync(file, 'utf8').includes(MARK));
}

it('archive readers are loaded by the first archive, and by nothing else', () => {
  expect(loadsReaders('--version')).toBe(false);
  expect(loadsReaders('scan', 'plain.txt')).toBe(false);
  expect(loadsReaders('scan', 'packed.gz', '--no-archives')).toBe(false);
  expect(loadsReaders('scan', 'packed.gz')).toBe(true);
});
