import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { PassThrough } from 'node:stream';
import { rolldown } from 'rolldown';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Io } from '../../src/cli/command.ts';
import { triage } from '../../src/cli/triage.ts';
import { Secret } from '../../src/model/secret.ts';
import { expandTemplate } from '../../src/rules/templates.ts';
import { createBaseline } from '../../src/suppress/baseline.ts';
import { openProgress } from '../../src/suppress/triage/progress.ts';
import { openFindings } from '../../src/suppress/triage/triage.ts';
import { makeFinding, makePlace, makeReport } from '../suppress/findings.ts';
import { run } from './run.ts';

const TOKEN = 'abcd-efgh-ijkl-mnop-qrst';
let root: string;
let driver: string;

beforeAll(async () => {
  // The command alone in a bundle, so that a real terminal can run it.
  const folder = mkdtempSync(join(tmpdir(), 'unleak-driver-'));
  driver = join(folder, 'driver.mjs');
  const source = join(folder, 'driver.ts');
  writeFileSync(
    source,
    `import { triage } from ${JSON.stringify(resolve('src/cli/triage.ts'))};
     import { parseCommandLine } from ${JSON.stringify(resolve('src/cli/parse.ts'))};
     const io = { stdin: process.stdin, stdout: process.stdout, stderr: process.stderr, env: process.env, cwd: process.cwd(), signal: new AbortController().signal };
     triage.run(parseCommandLine(process.argv.slice(2), triage), io).then((code) => { process.exitCode = code; process.stdin.destroy(); });`,
  );
  const bundle = await rolldown({ input: source, platform: 'node', logLevel: 'silent' });
  await bundle.write({ file: driver, format: 'esm', codeSplitting: false });
});
afterAll(() => rmSync(resolve(driver, '..'), { recursive: true }));

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'unleak-triage-'));
  execFileSync('git', ['init', '-q', root]);
  return () => rmSync(root, { recursive: true });
});

function plantReport() {
  const findings = ['a.py', 'b.py', 'c.py'].map((path, index) => {
    writeFileSync(join(root, path), `t = "${TOKEN}"\n`);
    const place = makePlace(path, 1, {
      column: 6,
      endColumn: 6 + TOKEN.length,
      snippet: 't = "\u001b[31mhostile"',
    });
    return makeFinding(`${TOKEN}${index}`, path, {
      secret: Secret.masked(Secret.of(TOKEN).mask),
      places: [place],
    });
  });
  writeFileSync(join(root, 'r.json'), JSON.stringify(makeReport(findings)));
}

/** Runs the command at a pseudo terminal, and types each answer once its prompt is there. */
const PTY = `
import json, os, pty, select, sys, time
steps = json.loads(sys.argv[1])
pid, fd = pty.fork()
if pid == 0:
    os.execvp(sys.argv[2], sys.argv[2:])
out = b''; seen = 0; end = time.time() + 15
while time.time() < end:
    ready, _, _ = select.select([fd], [], [], 0.05)
    if ready:
        try: data = os.read(fd, 65536)
        except OSError: break
        if not data: break
        out += data
        continue
    if steps and out.find(steps[0][0].encode(), seen) >= 0:
        wanted, keys = steps.pop(0)
        seen = len(out)
        for key in keys:
            os.write(fd, key.encode()); time.sleep(0.05)
ended, status = os.waitpid(pid, os.WNOHANG)
while not ended and time.time() < end:
    time.sleep(0.05); ended, status = os.waitpid(pid, os.WNOHANG)
if not ended:
    os.kill(pid, 9); _, status = os.waitpid(pid, 0)
sys.stdout.buffer.write(out)
sys.exit(os.waitstatus_to_exitcode(status) & 255)
`;
const [ENTER, DOWN, CTRL_C] = ['\r', '\u001b[B', '\u0003'];
const hasPty = spawnSync('python3', ['-c', 'import pty']).status === 0;

function atTerminal(steps: [wanted: string, keys: string[]][], ...args: string[]) {
  const { stdout, status } = spawnSync(
    'python3',
    ['-c', PTY, JSON.stringify(steps), process.execPath, driver, ...args],
    {
      cwd: root,
      timeout: 30_000,
      env: { PATH: process.env.PATH, TERM: 'dumb', NO_COLOR: '1', LANG: 'C' },
    },
  );
  return { text: stdout.toString(), status };
}

test.runIf(hasPty)(
  'at a terminal without colours: accept, comment, stop; the next run goes on from there',
  async () => {
    plantReport();
    const first = atTerminal(
      [
        ['Is this a leak?', [ENTER]],
        ['Why is it no leak?', ['sample', ENTER]],
        ['Is this a leak?', [DOWN, ENTER]],
        ['Why is it no leak?', ['shown in docs', ENTER]],
        ['Is this a leak?', [CTRL_C]],
      ],
      'r.json',
    );
    expect(first.text).toContain('1 accepted in .unleak-baseline, 1 allowed by comment, 0 kept, 1 left.');
    expect(first.status).toBe(130);
    expect(readFileSync(join(root, '.unleak-baseline'), 'utf8')).toContain('a.py -- sample');
    expect(readFileSync(join(root, 'b.py'), 'utf8')).toBe(
      `# unleak:allow generic-token -- shown in docs\nt = "${TOKEN}"\n`,
    );
    expect(first.text).not.toContain(TOKEN);
    expect(first.text).not.toContain('\u001b[31m');

    const second = atTerminal([['Is this a leak?', [DOWN, DOWN, ENTER]]], 'r.json');
    expect(second.text).toContain('1 of 1:');
    expect(readFileSync(join(root, '.git/unleak/triage-kept'), 'utf8')).toMatch(
      /^[0-9a-f]{20}\n[0-9a-f]{20} allowed by comment since 2026-01-01T00:00:00Z\n$/,
    );
    // A later scan that finds it again found it without its comment.
    const [again] = openFindings(
      [makeFinding(`${TOKEN}1`, 'b.py')],
      createBaseline(),
      await openProgress(root, '2026-01-02T00:00:00Z'),
    );
    expect(again).toBeDefined();
  },
);

test('without a terminal it names the command that does the same', async () => {
  plantReport();
  await expect(run(triage, ['r.json'], root)).rejects.toThrow(
    /needs a terminal: here use unleak baseline add/,
  );
});

test('without a report the current folder is scanned', async () => {
  writeFileSync(join(root, 'app.conf'), `db_password = "${expandTemplate('{base62:14}', 2)}"\n`);
  let told = '';
  const stdout = new PassThrough().on('data', (chunk) => (told += chunk));
  const stdin = Object.assign(new PassThrough(), { isTTY: true });
  const { signal } = new AbortController();
  const io = {
    stdin,
    stdout,
    stderr: new PassThrough(),
    env: process.env,
    cwd: root,
    signal,
  } as unknown as Io;
  expect(await triage.run({ values: { stats: true }, positionals: [] }, io)).toBe(0);
  expect(told).toMatch(/^generic-password +1 +0 +0$/m);
});

test('--stats asks nothing and counts what is decided', async () => {
  plantReport();
  const { stdout } = await run(triage, ['r.json', '--stats'], root);
  expect(stdout).toBe(
    'rule           open  kept  accepted\ngeneric-token     3     0         0\ntotal             3     0         0\n',
  );
});
