import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeKeyId } from './server/world.ts';

const root = resolve(import.meta.dirname, '../..');
const files = (folder: string) =>
  readdirSync(join(root, folder), { recursive: true })
    .map((name) => join(root, folder, String(name)))
    .filter((path) => path.endsWith('.ts'));

/** Modules that are loaded with a file at once: everything but `import type` and `import()`. */
function loadedWith(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  const source = readFileSync(file, 'utf8');
  for (const [, clause, from] of source.matchAll(
    /^(?:import|export)\s+(?!type\b)([^;'"]*?)from\s+['"]([^'"]+)['"]/gms,
  )) {
    const isTypeOnly =
      /^\{[^}]*\}\s*$/s.test(clause) &&
      [...clause.matchAll(/\w[\w\s]*(?=,|\s*\})/g)].every(([name]) => name.trim().startsWith('type '));
    if (isTypeOnly) continue;
    if (from.startsWith('.')) loadedWith(resolve(file, '..', from), seen);
    else seen.add(from);
  }
  return seen;
}

it('no command loads AWS code, or code that can open a connection, before it is asked to', () => {
  for (const command of files('src/cli')) {
    const loaded = [...loadedWith(command)];
    const forbidden = loaded.filter(
      (name) =>
        /^@(?:aws-sdk|smithy)\//.test(name) ||
        /\/src\/(?:aws|verify)\//.test(name) ||
        /^node:(?:http|https|net|tls|dgram|dns|http2)$/.test(name),
    );
    expect(forbidden, command).toEqual([]);
  }
});

it('engine, sources, git, rules, reports and suppression load none at all, not even by import()', () => {
  for (const folder of ['engine', 'sources', 'git', 'rules', 'report', 'suppress', 'model', 'wasm']) {
    for (const file of files(`src/${folder}`)) {
      const source = readFileSync(file, 'utf8');
      expect(
        /['"](?:@aws-sdk\/|@smithy\/|node:(?:http|https|net|tls|dgram|dns|http2)['"])|\/(?:aws|verify)\/[\w-]+\.ts['"]/.test(
          source,
        ),
        file,
      ).toBe(false);
    }
  }
});

describe('the built command', () => {
  const dist = join(root, 'dist/unleak.js');
  let folder: string;
  let watcher: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'unleak-lazy-'));
    watcher = join(folder, 'watch.cjs');
    // Notes connections and packages of AWS that were loaded, and writes them to standard error at the end.
    writeFileSync(
      watcher,
      `const { Socket } = require('node:net');
      const seen = [];
      const connect = Socket.prototype.connect;
      Socket.prototype.connect = function (...args) { seen.push('connection'); return connect.apply(this, args); };
      process.on('exit', () => {
        if (Object.keys(require.cache).some((path) => path.includes('@aws-sdk'))) seen.push('aws');
        process.stderr.write('WATCHED ' + JSON.stringify(seen));
      });`,
    );
    writeFileSync(join(folder, 'a.env'), `AWS_ACCESS_KEY_ID=${makeKeyId('AKIA', '210987654321')}\n`);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const watched = (...argv: string[]) => {
    const { stderr, status } = spawnSync(process.execPath, ['--require', watcher, ...argv], {
      cwd: folder,
      encoding: 'utf8',
    });
    return { seen: /WATCHED (.*)$/.exec(stderr)?.[1], status };
  };

  it('scans without a connection and without a module of AWS', () => {
    expect(watched(dist, 'scan', '.', '--no-progress')).toEqual({ seen: '[]', status: 1 });
  });

  it('would be caught if it did either', () => {
    const sdk = join(root, 'node_modules/@aws-sdk/client-sts/dist-cjs/index.js');
    const code = `require('node:net').connect(1, '127.0.0.1').on('error', () => {}); import(${JSON.stringify(sdk)})`;
    expect(watched('--eval', code).seen).toBe('["connection","aws"]');
  });
});
