import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FORMATS } from '../../src/report/formats.ts';
import { expandTemplate } from '../../src/rules/templates.ts';
import { AWS_ID, AWS_SECRET } from '../report/fixture.ts';

/** The command as it is shipped. */
const BIN = fileURLToPath(new URL('../../dist/unleak.js', import.meta.url));

const tokens = [1, 2, 3].map((seed) => expandTemplate('ghp_{base62:30}{crc32}', seed));
const password = `Tr0ub4dor-${expandTemplate('{base62:7}', 4)}`;
const pem = expandTemplate('{pem:RSA PRIVATE KEY:1200}', 5);
const SECRETS = [AWS_SECRET, ...tokens, password, pem.split('\n')[2]];

/** How an output could give a secret away. */
const FORMS: ((secret: string) => string)[] = [
  (secret) => secret,
  (secret) => [...secret].reverse().join(''),
  (secret) => Buffer.from(secret).toString('base64').replace(/=+$/, ''),
  (secret) => Buffer.from(secret).toString('hex'),
  (secret) => secret.slice(0, Math.ceil(secret.length / 2)),
  (secret) => secret.slice(-Math.ceil(secret.length / 2)),
];

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'unleak-masked-'));
  const files: Record<string, string> = {
    '.env': `AWS_ACCESS_KEY_ID=${AWS_ID}\nAWS_SECRET_ACCESS_KEY=${AWS_SECRET}\nDB_PASSWORD=${password}\n`,
    // Neighbours in one line, on both sides of each other and at the edge of what an excerpt shows.
    'min.js': `${'x'.repeat(400)};a="${tokens[0]}";${'y'.repeat(60)};b="${tokens[1]}";c="${tokens[2]}";${'z'.repeat(400)}`,
    'encoded.txt': `payload: ${Buffer.from(`{"token":"${tokens[0]}","key":"${AWS_SECRET}"}`).toString('base64')}\n`,
    'hex.txt': `blob = ${Buffer.from(`token=${tokens[1]}`).toString('hex')}\n`,
    id_rsa: pem,
    'url.txt': `git clone https://user:${tokens[2]}@github.com/o/r?x=${encodeURIComponent(AWS_SECRET)}\n`,
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
});
afterAll(() => rmSync(folder, { recursive: true }));

function unleak(...args: string[]) {
  return spawnSync(process.execPath, [BIN, ...args], { cwd: folder, encoding: 'utf8', env: {} });
}

describe('the scan of planted secrets', () => {
  test('finds each of them', () => {
    const { findings } = JSON.parse(unleak('scan', '.', '--format', 'json', '--show-secrets').stdout);
    const found = JSON.stringify(findings);
    for (const secret of SECRETS) expect(found).toContain(secret);
  });

  test.each(FORMATS)('gives none away in %s, in no form', (format) => {
    const { stdout, stderr, status } = unleak('scan', '.', '--format', format);
    expect(status).toBe(1);
    for (const secret of SECRETS) {
      for (const form of FORMS) expect(stdout + stderr).not.toContain(form(secret));
    }
  });

  test.each(['.env:2', 'min.js:1', 'encoded.txt:1'])('gives none away when %s is explained', (line) => {
    const { stdout, stderr } = unleak('scan', '--explain', line);
    expect(stdout).not.toBe('');
    for (const secret of SECRETS)
      for (const form of FORMS) expect(stdout + stderr).not.toContain(form(secret));
  });
});
