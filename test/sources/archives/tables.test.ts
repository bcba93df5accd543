import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { expand, expandFile, missing, run, workshop } from './tools.ts';

/** Runs a Python program in a folder of its own, its SQLite file being `x.db`. */
function database(program: string): string {
  const folder = workshop();
  run(
    folder,
    'python3',
    '-c',
    `import sqlite3\ndb = sqlite3.connect('x.db')\n${program}\ndb.commit()\ndb.close()`,
  );
  return join(folder, 'x.db');
}

describe.skipIf(missing('python3'))('an SQLite file', () => {
  it('shows each row with the names of its columns', () => {
    const file = database(`
db.execute('create table users(id integer primary key, "user name" text, [pass] text not null default (1+(2)), note, unique(pass))')
db.execute('insert into users values (7, ?, ?, null), (8, ?, 42, 1.5)', ('ann', 'line 1\\nline 2', 'bob'))`);
    expect(expandFile(file)).toEqual({
      members: {
        'x.db!/users': 'user name: ann\npass: line 1\nline 2\n\nuser name: bob\npass: 42\nnote: 1.5\n\n',
      },
      skipped: [],
    });
  });

  it.each(['UTF-8', 'UTF-16le', 'UTF-16be'])('in %s reads alike', (encoding) => {
    const file = database(`
db.execute('pragma encoding = "${encoding}"')
db.execute('create table t(a)')
db.execute('insert into t values (?)', ('kéy 🔑',))`);
    expect(Buffer.from(expandFile(file).members['x.db!/t'], 'latin1').toString()).toBe('a: kéy 🔑\n\n');
  });

  it.each([512, 1024, 4096, 65_536])('with pages of %i bytes holds the rows that SQLite counts', (size) => {
    const file = database(`
import hashlib
db.execute('pragma page_size = ${size}')
db.execute('create table t(a, b)')
db.execute('create table w(k primary key, v) without rowid')
for i in range(1500):
  h = hashlib.sha256(str(i).encode()).hexdigest()
  db.execute('insert into t values (?, ?)', (h, h * (i % 90)))
  db.execute('insert into w values (?, ?)', (h, i))`);
    const dump = 'select a, b from t order by rowid';
    const script = `import sqlite3\nfor a, b in sqlite3.connect('x.db').execute('${dump}'): print(f'a: {a}\\nb: {b}\\n')`;
    const wanted = run(join(file, '..'), 'python3', '-c', script).toString();
    const { members, skipped } = expandFile(file);
    expect(skipped).toEqual([]);
    expect(members['x.db!/t'] === wanted).toBe(true);
    expect(members['x.db!/w'].match(/^1: [0-9a-f]{64}$/gm)).toHaveLength(1500);
  });

  it('opens archives in its columns and gives other binary values apart', () => {
    const file = database(`
import gzip
db.execute('create table t(a, b)')
db.execute('insert into t values (?, ?)', (gzip.compress(b'TOKEN=1'), b'\\x00\\x01binary\\xff'))`);
    expect(expandFile(file).members).toEqual({
      'x.db!/t/1/a!/a': 'TOKEN=1',
      'x.db!/t (binary)': '\0\x01binary\xff\0\0',
    });
  });

  it('still shows what was deleted', () => {
    const file = database(`
db.execute('pragma secure_delete = off')
db.execute('create table t(a)')
db.executemany('insert into t values (?)', [('row-%d-' % i + 'x' * 500,) for i in range(200)])
db.commit()
db.execute('delete from t where rowid > 1 and rowid != 5')`);
    const { members, skipped } = expandFile(file);
    expect(skipped).toEqual([]);
    expect(members['x.db!/t'].match(/row-\d+-/g)).toEqual(['row-0-', 'row-4-']);
    const remains = members['x.db!/(free pages)'] + members['x.db!/(deleted rows)'];
    const found = new Set(remains.match(/row-\d+-/g));
    expect(found.size).toBeGreaterThan(190);
  });

  it('whose pages lead in circles ends', () => {
    const file = database(`
db.execute('create table t(a)')
db.executemany('insert into t values (?)', [('x' * 900,) for i in range(50)])`);
    const bytes = readFileSync(file);
    const interior = 4096;
    expect(bytes[interior]).toBe(5);
    bytes.writeUInt32BE(2, interior + 8); // its right-most child is itself
    expect(expand('x.db', bytes).skipped).toEqual([
      { path: 'x.db', reason: 'damaged: an SQLite page is used twice' },
    ]);
  });
});

describe.skipIf(missing('python3'))('compiled Python', () => {
  it('gives its strings, one a line', () => {
    const folder = workshop({
      'm.py': `"""docstring"""
TOKEN = "constant-1"
def outer(argument="default-2", *, other=b"bytes-3"):
  def inner(): return ("tuple-4", {"set-5"}, 10**40, 2.5, 1j, None, ...)
  return inner
class Klass: attribute = "${'long '.repeat(100)}"
`,
    });
    run(folder, 'python3', '-c', "import py_compile; py_compile.compile('m.py', 'm.pyc')");
    const { members, skipped } = expandFile(join(folder, 'm.pyc'));
    const lines = members['m.pyc!/strings'].split('\n');
    expect(skipped).toEqual([]);
    const wanted = [
      'docstring',
      'constant-1',
      'default-2',
      'bytes-3',
      'tuple-4',
      'set-5',
      'long '.repeat(100),
    ];
    expect(lines).toEqual(
      expect.arrayContaining([...wanted, 'TOKEN', 'outer', 'inner', 'attribute', 'Klass']),
    );
  });
});

describe.skipIf(missing('javac'))('a Java class', () => {
  it('gives its strings, one a line, and names its constants', () => {
    const source = `class X {
  static final String TOKEN = "constant-1";
  long big = 5L; double d = 2.5; int n = 7;
  String call() { return "literal-2" + java.util.List.of("literal-3"); }
}`;
    const folder = workshop({ 'X.java': source });
    run(folder, 'javac', 'X.java');
    const { members, skipped } = expandFile(join(folder, 'X.class'));
    const lines = members['X.class!/strings'].split('\n');
    expect(skipped).toEqual([]);
    expect(lines[0]).toBe('TOKEN = "constant-1"');
    expect(lines).toEqual(expect.arrayContaining(['constant-1', 'literal-3', 'call', 'java/lang/Object']));
    const pool = run(folder, 'javap', '-v', '-p', 'X.class')
      .toString()
      .matchAll(/= Utf8\s+(\S.*)/g);
    const unescaped = (text: string) =>
      text.replace(/\\u([0-9a-f]{4})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
    for (const [, text] of pool) expect(lines).toContain(unescaped(text));
  });
});
