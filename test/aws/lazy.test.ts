import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';

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
