import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');
const options = { strict: true, module: 'nodenext', target: 'es2022', types: ['node'] };

/** A project that has the package installed. */
let project: string;
beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), 'unleak-library-'));
  mkdirSync(join(project, 'node_modules/@types'), { recursive: true });
  symlinkSync(resolve('.'), join(project, 'node_modules/unleak'));
  symlinkSync(resolve('node_modules/@types/node'), join(project, 'node_modules/@types/node'));
  symlinkSync(resolve('node_modules/undici-types'), join(project, 'node_modules/undici-types'));
  writeFileSync(join(project, 'package.json'), '{"type":"module"}');
  writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions: options }));
});
afterAll(() => rmSync(project, { recursive: true }));

/** Compiles a page's example strictly against the declarations that are shipped, and runs it against `dist/`. */
function runExample(page: string, index: number): string {
  const examples = [...readFileSync(page, 'utf8').matchAll(/^```ts\n([\s\S]*?)^```/gm)];
  writeFileSync(join(project, 'example.ts'), examples[index][1]);
  execFileSync(process.execPath, [tsc, '-p', project], { cwd: project });
  return execFileSync(process.execPath, ['example.js'], { cwd: project, encoding: 'utf8' });
}

test('the first example of docs/library.md finds a token in bytes, and prints its mask', () => {
  expect(runExample('docs/library.md', 0)).toMatch(/^\S+ .* (high|critical) .*\*{8}.* config\.bin 1\n$/);
});

test('its second example finds by an own rule, and names a misspelt key', () => {
  const lines = runExample('docs/library.md', 1).split('\n');
  expect(lines[0]).toBe("[ 'acme-deploy-key' ]");
  expect(lines[1]).toMatch(/acme\.yaml.*patern.*pattern/);
});

test("the README's example compiles, and finds nothing in what holds nothing", () => {
  expect(runExample('README.md', 0)).toBe('');
});
