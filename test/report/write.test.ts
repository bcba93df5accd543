import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text as readStream } from 'node:stream/consumers';
import { rolldown } from 'rolldown';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { UserError } from '../../src/model/errors.ts';
import { checkOutputs, parseOutputs } from '../../src/report/outputs.ts';
import { writeFileWhole, writeReport } from '../../src/report/write.ts';
import { buildReport } from './fixture.ts';
import { render } from './render.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'unleak-write-'));
});
afterEach(() => {
  chmodSync(folder, 0o700);
  rmSync(folder, { recursive: true });
});

describe('output flags', () => {
  test.each([
    [{}, [{ format: 'text' }]],
    [{ format: 'json' }, [{ format: 'json' }]],
    [{ output: ['sarif=out.sarif'] }, [{ format: 'sarif', file: '/w/out.sarif' }]],
    [{ format: 'json', output: ['out'] }, [{ format: 'json', file: '/w/out' }]],
    [{ output: ['out'] }, [{ format: 'text', file: '/w/out' }]],
    [
      { output: ['a.sarif', 'b.json'] },
      [
        { format: 'sarif', file: '/w/a.sarif' },
        { format: 'json', file: '/w/b.json' },
      ],
    ],
    [{ format: 'text', output: ['json=/x/a=b'] }, [{ format: 'text' }, { format: 'json', file: '/x/a=b' }]],
    [{ output: ['json=-'] }, [{ format: 'json' }]],
    [{ format: 'json', output: ['json=a'] }, [{ format: 'json', file: '/w/a' }]],
  ])('%j mean %j', (flags, outputs) => {
    expect(parseOutputs(flags, '/w')).toEqual(outputs);
  });

  test.each([
    [{ format: 'sarfi' }, '--format sarfi: did you mean sarif? The formats are text, json'],
    [{ output: ['jsom=x'] }, '--output jsom: did you mean json?'],
    [{ output: ['json='] }, "the file's name is missing"],
    [{ output: ['json=a', 'sarif=./a'] }, 'two outputs go to /w/a'],
    [{ output: ['json=-', 'sarif=-'] }, 'two outputs go to standard output'],
  ])('%j are refused with the remedy', (flags, message) => {
    expect(() => parseOutputs(flags, '/w')).toThrow(UserError);
    expect(() => parseOutputs(flags, '/w')).toThrow(message);
  });

  test.each([
    ['missing/out.json', 'does not exist'],
    ['file/out.json', 'is not a folder'],
    ['.', 'it is a folder; name a file in it'],
  ])('an output to %s is refused before the scan', async (path, message) => {
    writeFileSync(join(folder, 'file'), '');
    const outputs = parseOutputs({ output: [`json=${path}`] }, folder);
    await expect(checkOutputs(outputs)).rejects.toThrow(message);
    await expect(checkOutputs(outputs)).rejects.toThrow(UserError);
  });

  test('an unwritable folder is refused before the scan', async () => {
    chmodSync(folder, 0o555);
    const bundle = await rolldown({ input: 'src/report/outputs.ts', platform: 'node', logLevel: 'silent' });
    const { output } = await bundle.generate({ format: 'cjs' });
    // Root may write everywhere, so a process of its own becomes nobody once its code is loaded.
    const script = `${output[0].code}
      if (process.getuid() === 0) { process.setgid(65534); process.setuid(65534); }
      checkOutputs(parseOutputs({ output: ['json=a'] }, ${JSON.stringify(folder)}))
        .then(() => 'nothing was refused', (error) => error.name + ': ' + error.message).then(console.log);`;
    const said = execFileSync(process.execPath, ['--input-type=commonjs'], {
      input: script,
      encoding: 'utf8',
    });
    expect(said).toMatch(/^UserError: cannot write .*: no permission to write in /);
  });
});

describe('writing', () => {
  test('a report goes to each output in its format, files readable by their owner alone', async () => {
    const outputs = parseOutputs({ format: 'text', output: ['json=r.json', 'sarif=r.sarif'] }, folder);
    const stdout = new PassThrough();
    await writeReport(buildReport(), outputs, {}, stdout);
    stdout.end();
    expect(await readStream(stdout)).toContain('4 secrets found');
    expect(readFileSync(join(folder, 'r.json'), 'utf8')).toBe(await render('json'));
    expect(JSON.parse(readFileSync(join(folder, 'r.sarif'), 'utf8')).version).toBe('2.1.0');
    for (const name of ['r.json', 'r.sarif']) expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder).sort()).toEqual(['r.json', 'r.sarif']);
  });

  test('a wide open file of an earlier run becomes private', async () => {
    const file = join(folder, 'old.json');
    writeFileSync(file, 'old', { mode: 0o666 });
    await writeFileWhole(file, ['new']);
    expect([readFileSync(file, 'utf8'), statSync(file).mode & 0o777]).toEqual(['new', 0o600]);
  });

  test('a failure in the middle keeps the old file and leaves nothing else', async () => {
    const file = join(folder, 'r.json');
    writeFileSync(file, 'old');
    const failing = function* () {
      yield 'x'.repeat(1 << 20);
      throw new Error('a bug');
    };
    await expect(writeFileWhole(file, failing())).rejects.toThrow('a bug');
    expect(readFileSync(file, 'utf8')).toBe('old');
    expect(readdirSync(folder)).toEqual(['r.json']);
  });

  test('a folder in the place of the file is named', async () => {
    mkdirSync(join(folder, 'r.json'));
    await expect(writeFileWhole(join(folder, 'r.json'), ['x'])).rejects.toThrow(
      /cannot write .*r\.json: it is a folder/,
    );
    expect(readdirSync(folder)).toEqual(['r.json']);
  });

  test('a full device is named', async () => {
    await expect(writeFileWhole('/dev/full', ['x'])).rejects.toThrow(
      'cannot write /dev/full: the disk is full',
    );
  });

  test('a named pipe is written to and not replaced', async () => {
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const reader = import('node:fs/promises').then(({ readFile }) => readFile(pipe, 'utf8'));
    await writeFileWhole(pipe, ['a', 'b']);
    expect(await reader).toBe('ab');
    expect(statSync(pipe).isFIFO()).toBe(true);
  });
});
