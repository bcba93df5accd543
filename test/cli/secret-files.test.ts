import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { expandTemplate } from '../../src/rules/templates.ts';

const FIXTURES = 'fixtures/secret-files';
const SEED = 1;

/** A file as its program's documentation shows it, with «marks» around each secret. */
interface SecretFile {
  path: string;
  text: string;
}

const files = readdirSync(FIXTURES).flatMap((name) =>
  (parse(readFileSync(join(FIXTURES, name), 'utf8')) as SecretFile[]).map((file) => ({ ...file, name })),
);

/** Secrets as `line: text`, by the number of their file. */
const found = new Map<number, string[]>();
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'unleak-secret-files-'));
  for (const [i, { path, text }] of files.entries()) {
    const target = join(folder, String(i), path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, readMarks(text).text);
  }
  const args = ['scan', '.', '--format', 'json', '--show-secrets', '--no-progress', '--no-gitignore'];
  const { stdout } = spawnSync(process.execPath, [resolve('dist/unleak.js'), ...args], {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  const { findings } = JSON.parse(stdout) as {
    findings: { secret: string; places: { path: string; line: number }[] }[];
  };
  for (const { secret, places } of findings)
    for (const { path, line } of places) {
      const file = Number(path.split('/')[0]);
      found.set(file, [...(found.get(file) ?? []), `${line}: ${secret}`]);
    }
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('at the default confidence every secret of a file is found at its line, and nothing else', () => {
  it.each(files.map(({ name, path, text }, i) => [`${name} ${path}`, text, i] as const))(
    '%s',
    (_, text, i) => {
      expect([...(found.get(i) ?? [])].sort()).toEqual([...readMarks(text).secrets].sort());
    },
  );
});

/** The text without its marks, and what stood between them; of an encoded key or hash, what it encodes. */
function readMarks(template: string): { text: string; secrets: string[] } {
  const secrets: string[] = [];
  let text = '';
  for (const [i, part] of expandTemplate(template, SEED).split(/[«»]/).entries()) {
    if (i % 2 === 1) secrets.push(`${text.split('\n').length}: ${decodeKey(part)}`);
    text += part;
  }
  return { text, secrets };
}

function decodeKey(secret: string): string {
  const decoded = Buffer.from(secret, 'base64').toString('latin1');
  return /^(?:-----BEGIN|\{SSHA)/.test(decoded) ? decoded : secret;
}
