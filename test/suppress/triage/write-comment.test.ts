import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Secret } from '../../../src/model/secret.ts';
import { findAllowance } from '../../../src/suppress/allow-comments.ts';
import { commentSyntaxOf } from '../../../src/suppress/triage/comment-syntax.ts';
import { writeComment } from '../../../src/suppress/triage/write-comment.ts';
import { makeFinding, makePlace } from '../findings.ts';

const TOKEN = 'abcd-efgh-ijkl-mnop-qrst';
let root: string;
beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'unleak-comment-'))));
afterEach(() => rmSync(root, { recursive: true }));

function plant(path: string, text: string | Buffer) {
  mkdirSync(join(root, path, '..'), { recursive: true });
  writeFileSync(join(root, path), text);
  const lines = String(text).split('\n');
  const line = lines.findIndex((one) => one.includes(TOKEN));
  const column = line < 0 ? 1 : lines[line].indexOf(TOKEN) + 1;
  const place = makePlace(path, line + 1 || 1, { column, endColumn: column + TOKEN.length });
  return { place, finding: makeFinding(TOKEN, path, { secret: Secret.masked(Secret.of(TOKEN).mask) }) };
}
const read = (path: string) => readFileSync(join(root, path), 'utf8');

describe('the comment fits the language, the indentation and the line ends', () => {
  test.each([
    [
      'a.py',
      `x = 1\n    t = "${TOKEN}"\n`,
      `x = 1\n    # unleak:allow generic-token -- a sample\n    t = "${TOKEN}"\n`,
    ],
    ['b/c.ts', `\tt = '${TOKEN}';`, `\t// unleak:allow generic-token -- a sample\n\tt = '${TOKEN}';`],
    ['a.css', `a{b:${TOKEN}}`, `/* unleak:allow generic-token -- a sample */\na{b:${TOKEN}}`],
    ['a.html', `<b>${TOKEN}</b>`, `<!-- unleak:allow generic-token -- a sample -->\n<b>${TOKEN}</b>`],
    [
      '.env.local',
      `T=${TOKEN}\r\nU=1\r\n`,
      `# unleak:allow generic-token -- a sample\r\nT=${TOKEN}\r\nU=1\r\n`,
    ],
    ['Dockerfile', `ENV T=${TOKEN}`, `# unleak:allow generic-token -- a sample\nENV T=${TOKEN}`],
    ['a.sql', `é ${TOKEN}`, `-- unleak:allow generic-token -- a sample\né ${TOKEN}`],
  ])('%s', async (path, text, after) => {
    const { finding, place } = plant(path, text);
    const written = await writeComment(root, finding, place, 'a sample');
    expect(read(path)).toBe(after);
    await written.undo();
    expect(read(path)).toBe(text);
  });

  test('bytes that are no UTF-8 stay as they are', async () => {
    const bytes = Buffer.concat([Buffer.from([0xff, 0xe9, 0x0a]), Buffer.from(`t = "${TOKEN}"\n`)]);
    const { finding, place } = plant('a.py', bytes);
    await writeComment(root, finding, place, 'ein Müster');
    const after = readFileSync(join(root, 'a.py'));
    expect(after.subarray(0, 3)).toEqual(bytes.subarray(0, 3));
    expect(after.toString()).toContain('-- ein Müster\n');
  });
});

test('every syntax is one that the scanner reads as a comment with a line to itself', () => {
  for (const name of [
    'a.py',
    'a.go',
    'a.css',
    'a.xml',
    'a.lua',
    'a.ini',
    'a.tex',
    'a.vb',
    'a.bat',
    'a.tpl',
    'a.j2',
  ]) {
    const { open, close } = commentSyntaxOf(name)!;
    const before = `  ${open}unleak:allow a-rule -- why${close}`;
    expect(findAllowance({ line: 'x', before }, 'a-rule'), name).toEqual({
      tag: 'unleak:allow',
      reason: 'why',
    });
    expect(findAllowance({ line: 'x', before }, 'b-rule'), name).toBeUndefined();
  }
});

describe('nothing is written where it could do harm', () => {
  test.each([
    ['a file without comments', 'a.json', `{"t": "${TOKEN}"}`, /no way to write a comment/],
    ['a line continued from the one before', 'a.sh', `run \\\n  ${TOKEN}`, /continues on it/],
    ['binary data', 'a.py', `\0${TOKEN}`, /not plain text/],
  ])('%s', async (_, path, text, message) => {
    const { finding, place } = plant(path, text);
    await expect(writeComment(root, finding, place, 'x')).rejects.toThrow(message);
    expect(read(path)).toBe(text);
  });

  test('a file that changed since the report', async () => {
    const { finding, place } = plant('a.py', `t = "${TOKEN}"\n`);
    writeFileSync(join(root, 'a.py'), `t = ""\nt = "${TOKEN}"\n`);
    await expect(writeComment(root, finding, place, 'x')).rejects.toThrow(/has changed.*scan again/);
  });

  test('a path that leads outside, by dots or by a link', async () => {
    const { finding, place } = plant('in/a.py', `t = "${TOKEN}"\n`);
    symlinkSync(join(root, 'in'), join(root, 'link'));
    mkdirSync(join(root, 'top'));
    symlinkSync(join(root, 'in'), join(root, 'top/link'));
    for (const path of ['../in/a.py', 'link/a.py', join(root, 'in/a.py')])
      await expect(writeComment(join(root, 'top'), finding, { ...place, path }, 'x')).rejects.toThrow(
        /outside of/,
      );
    await expect(writeComment(root, finding, { ...place, path: 'none.py' }, 'x')).rejects.toThrow(
      /no such file/,
    );
  });

  test('a reason that would end the comment', async () => {
    const { finding, place } = plant('a.css', `a{b:${TOKEN}}`);
    await expect(writeComment(root, finding, place, 'x */ y')).rejects.toThrow(/end of a comment/);
  });

  test('undoing over a change of somebody else', async () => {
    const { finding, place } = plant('a.py', `t = "${TOKEN}"\n`);
    const { undo } = await writeComment(root, finding, place, 'x');
    writeFileSync(join(root, 'a.py'), 'else\n');
    await expect(undo()).rejects.toThrow(/changed meanwhile/);
    expect(read('a.py')).toBe('else\n');
  });
});
