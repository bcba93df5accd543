import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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

/** A repository in which secrets stand wherever text can: names, messages, authors, refs, reasons. */
describe('what is told of a repository', () => {
  let repository: string;
  const summary = () => join(folder, 'summary.md');
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', `user.name=Eve ${tokens[0]}`, '-c', 'user.email=e@example.org', ...args], {
      cwd: repository,
      stdio: 'pipe',
    });

  beforeAll(() => {
    repository = join(folder, 'repository');
    mkdirSync(join(repository, 'keys'), { recursive: true });
    git('init', '-q');
    const write = (name: string, text: string) => writeFileSync(join(repository, name), text);
    write('.env', `AWS_ACCESS_KEY_ID=${AWS_ID}\nAWS_SECRET_ACCESS_KEY=${AWS_SECRET}\n`);
    write(`keys/${tokens[1]}.txt`, `token: ${tokens[1]}\n`);
    write('first.txt', `token: ${tokens[0]}\n`);
    write(
      'allowed.py',
      `t = "${tokens[2]}"  # unleak:allow github-personal-access-token -- was ${tokens[2]}\n`,
    );
    git('add', '-A');
    git('commit', '-qm', `Add ${tokens[0]} and ${AWS_SECRET}`);
    git('branch', `feature/${tokens[1]}`);
    write('staged.txt', `${readFileSync(join(folder, 'min.js'), 'utf8')}\n`);
    git('add', '-A');
    write('broken.json', `{"schemaVersion": 1, ${AWS_SECRET} ${tokens[0]}`);
    write('.gitleaksignore', `${tokens[0]}\n`);
  });

  function told(...args: string[]): { text: string; status: number | null } {
    rmSync(summary(), { force: true });
    const env = { PATH: process.env.PATH, GITHUB_STEP_SUMMARY: summary() };
    const { stdout, stderr, status } = spawnSync(process.execPath, [BIN, ...args], {
      cwd: repository,
      encoding: 'utf8',
      env,
    });
    return { text: stdout + stderr + (existsSync(summary()) ? readFileSync(summary(), 'utf8') : ''), status };
  }

  function expectNone(text: string): void {
    for (const secret of [AWS_SECRET, ...tokens])
      for (const form of FORMS) expect(text).not.toContain(form(secret));
  }

  test.each(
    ['scan', 'staged', 'commits HEAD', 'audit'].flatMap((command) =>
      FORMATS.map((format): [string, string] => [command, format]),
    ),
  )('unleak %s gives none away in %s, on a file or in the job summary', (command, format) => {
    const file = join(folder, 'out');
    const { text, status } = told(
      ...command.split(' '),
      '--show-suppressed',
      ...['--output', `${format}=${file}`, '--format', format],
    );
    expect(status).toBe(1);
    expectNone(text + readFileSync(file, 'utf8'));
  });

  test('a report that holds them gives none away when it is read again', () => {
    const shown = join(folder, 'shown.json');
    told('audit', '--show-secrets', '--show-suppressed', '--output', `json=${shown}`);
    expect(readFileSync(shown, 'utf8')).toContain(AWS_SECRET);
    for (const format of FORMATS) expectNone(told('report', shown, '--format', format).text);
    expectNone(told('baseline', 'add', shown, '--dry-run').text);
    expectNone(told('baseline', 'add', shown, '--baseline', '../accepted').text);
    expectNone(readFileSync(join(folder, 'accepted'), 'utf8'));
    expectNone(told('triage', shown, '--stats').text);
    expectNone(
      told('verify', shown, '--aws-endpoint', 'http://127.0.0.1:9', '--rule', 'aws-access-key').text,
    );
  });

  test.each([
    ['report', 'broken.json'],
    ['triage', 'broken.json', '--stats'],
    ['baseline', 'add', 'broken.json'],
    ['verify', 'broken.json'],
    ['scan', '--config', 'broken.json'],
    ['scan', '--baseline', 'broken.json'],
    ['rules', 'check', 'broken.json'],
    ['migrate', '--dry-run', '.gitleaksignore'],
  ])('unleak %s %s complains without quoting any', (...args) => {
    const { text } = told(...args);
    expect(text).not.toBe('');
    expectNone(text);
  });
});
