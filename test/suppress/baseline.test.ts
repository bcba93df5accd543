import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { UserError } from '../../src/model/errors.ts';
import {
  acceptFinding,
  type Baseline,
  createBaseline,
  formatBaseline,
  indexBaseline,
  parseBaseline,
  staleEntries,
  whyNotStale,
} from '../../src/suppress/baseline.ts';
import { attributeUnionMerge, readBaseline, writeBaseline } from '../../src/suppress/baseline-file.ts';
import { makeFinding, makePlace, makeReport } from './findings.ts';

const one = makeFinding('first-secret-text', 'a b\n.ts');
const two = makeFinding('second-secret-text', 'b.ts');

test('what is written is read back', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.string(), fc.string(), fc.string({ unit: 'binary' })), { maxLength: 20 }),
      (list) => {
        let baseline = createBaseline();
        for (const [secret, path, reason] of list)
          baseline = acceptFinding(baseline, makeFinding(secret, path), reason);
        const again = parseBaseline(formatBaseline(baseline), 'b');
        expect(formatBaseline(again)).toBe(formatBaseline(baseline));
        const accepted = indexBaseline(again);
        for (const [secret] of list) expect(accepted(makeFinding(secret).fingerprint)).toBeDefined();
        expect(accepted(makeFinding('never accepted').fingerprint)).toBeUndefined();
      },
    ),
  );
});

test('the file has neither secret nor fingerprint, and two files of the same findings share no entry', () => {
  const texts = [createBaseline(), createBaseline()].map((empty) =>
    formatBaseline(acceptFinding(empty, one, 'a sample')),
  );
  for (const text of texts) {
    expect(text).not.toContain('first-secret-text');
    expect(text).not.toContain(one.fingerprint);
    expect(text).toMatch(/^[0-9a-f]{32} generic-token a%20b%0A\.ts -- a sample$/m);
  }
  const entries = texts.map((text) => parseBaseline(text, 'b').entries[0].hash);
  expect(entries[0]).not.toBe(entries[1]);
});

test('a finding that moved to another line or file stays accepted', () => {
  const baseline = acceptFinding(createBaseline(), one);
  const moved = { ...one, places: [makePlace('elsewhere.ts', 900)] };
  expect(indexBaseline(baseline)(moved.fingerprint)).toBeDefined();
});

test('accepting twice changes nothing but the reason', () => {
  const once = acceptFinding(createBaseline(), one, 'first');
  expect(formatBaseline(acceptFinding(once, one))).toBe(formatBaseline(once));
  expect(acceptFinding(once, one, 'second').entries).toMatchObject([{ reason: 'second' }]);
});

test('an entry that no finding matches is stale', () => {
  const baseline = acceptFinding(acceptFinding(createBaseline(), one), two);
  expect(staleEntries(baseline, [one.fingerprint], { source: 'scan' })).toMatchObject([{ path: 'b.ts' }]);
});

test('an entry accepted from the history is stale by an audit alone', () => {
  const gone = makeFinding('gone', 'old.env', {
    places: [makePlace('old.env', 1, { commit: '4f3a2b1c9d'.padEnd(40, '0'), inHead: false })],
  });
  const alike = makeFinding('here', 'icon@4f3a2b1c9d');
  const baseline = [gone, alike].reduce((all, finding) => acceptFinding(all, finding), createBaseline());
  expect(baseline.entries.map(({ path }) => path)).toEqual(['old.env@4f3a2b1c9d', 'icon%404f3a2b1c9d']);
  const stale = (source: string) => staleEntries(baseline, [], { source }).map(({ path }) => path);
  expect(stale('scan')).toEqual(['icon%404f3a2b1c9d']);
  expect(stale('audit .')).toEqual(['old.env@4f3a2b1c9d', 'icon%404f3a2b1c9d']);
});

test('only a complete scan of everything can tell what is stale', () => {
  const scan = (rest: object) => whyNotStale(makeReport([], rest).scan);
  expect(scan({})).toBeUndefined();
  expect(scan({ source: 'audit' })).toBeUndefined();
  expect(scan({ complete: false })).toContain('incomplete');
  expect(scan({ source: 'staged' })).toContain('staged');
  expect(scan({ source: 'commits A..B' })).toContain('A..B');
  expect(scan({ source: 'audit', narrowed: ['--since 2020'] })).toContain('--since 2020');
});

describe('a malformed file is refused with its line and the mend', () => {
  const good = formatBaseline(acceptFinding(createBaseline(), one));
  test.each([
    ['conflict marker', good.replace('#10', '<<<<<<< ours\n#10'), /^b:\d+: conflict marker.*keep all others/],
    ['garbage', `${good}what is this\n`, /^b:260: not an entry/],
    ['no header', 'nothing\n', /not an entry/],
    ['empty', '', /not a baseline/],
    ['newer format', good.replace('format 1', 'format 2'), /format 2 is newer.*update/],
  ])('%s', (_, text, message) => {
    expect(() => parseBaseline(text, 'b')).toThrow(UserError);
    expect(() => parseBaseline(text, 'b')).toThrow(message);
  });
});

describe('two branches that both add entries merge by git', () => {
  const folders: string[] = [];
  afterEach(() => folders.splice(0).forEach((folder) => void rmSync(folder, { recursive: true })));

  function repository() {
    const cwd = mkdtempSync(join(tmpdir(), 'unleak-merge-'));
    folders.push(cwd);
    const git = (...args: string[]) =>
      execFileSync(
        'git',
        ['-c', 'user.name=a', '-c', 'user.email=a@example.com', '-c', 'commit.gpgsign=false', ...args],
        {
          cwd,
          encoding: 'utf8',
          stdio: 'pipe',
        },
      );
    git('init', '-q', '-b', 'main');
    return { cwd, git, file: join(cwd, '.unleak-baseline') };
  }

  async function add(file: string, secrets: string[], start?: Baseline) {
    let baseline = (await readBaseline(file)) ?? start ?? createBaseline();
    for (const secret of secrets) baseline = acceptFinding(baseline, makeFinding(secret, `${secret}.ts`));
    await writeBaseline(file, baseline);
  }

  const names = (prefix: string, count: number) => Array.from({ length: count }, (_, i) => `${prefix}-${i}`);

  test.each([
    ['entries beside each other, by union', 40, true, true],
    ['a baseline made on each of them, with two keys, by union', 8, false, true],
    ['one entry each in an empty baseline, with no attribute at all', 1, true, false],
  ])('%s', async (_, count, shared, union) => {
    const { cwd, git, file } = repository();
    if (union) {
      expect(await attributeUnionMerge(file)).toBe(join(cwd, '.gitattributes'));
      expect(await attributeUnionMerge(file)).toBeUndefined();
    } else writeFileSync(join(cwd, 'readme'), '');
    // A fixed key where two insertions must not meet by chance in the same of the 256 sections.
    if (shared) await add(file, [], { keys: ['0'.repeat(32)], entries: [] });
    git('add', '-A');
    git('commit', '-qm', 'begin');
    git('checkout', '-qb', 'other');
    await add(file, names('theirs', count));
    git('add', '-A');
    git('commit', '-qm', 'theirs');
    git('checkout', '-q', 'main');
    await add(file, names('ours', count));
    git('add', '-A');
    git('commit', '-qm', 'ours');
    git('merge', '-q', '--no-edit', 'other');
    const merged = parseBaseline(readFileSync(file, 'utf8'), file);
    const accepted = indexBaseline(merged);
    for (const secret of [...names('ours', count), ...names('theirs', count)])
      expect(accepted(makeFinding(secret).fingerprint), secret).toBeDefined();
    expect(merged.entries).toHaveLength(2 * count);
    expect(merged.keys).toHaveLength(shared ? 1 : 2);
  });

  test('a squash and a rename of the file that leaked change nothing', async () => {
    const { git, file, cwd } = repository();
    await add(file, ['kept']);
    writeFileSync(join(cwd, 'old.ts'), 'kept');
    git('add', '-A');
    git('commit', '-qm', 'begin');
    git('checkout', '-qb', 'topic');
    git('mv', 'old.ts', 'new.ts');
    git('commit', '-qam', 'rename');
    await add(file, ['more']);
    git('commit', '-qam', 'accept');
    git('checkout', '-q', 'main');
    git('merge', '-q', '--squash', 'topic');
    git('commit', '-qm', 'squashed');
    const accepted = indexBaseline((await readBaseline(file))!);
    for (const secret of ['kept', 'more'])
      expect(accepted(makeFinding(secret, 'new.ts').fingerprint)).toBeDefined();
  });
});

test('a folder that cannot be written is named, and nothing is left behind', async () => {
  await expect(writeBaseline('/nowhere/at/all/.unleak-baseline', createBaseline())).rejects.toThrow(
    /\/nowhere.*cannot be written/,
  );
});
