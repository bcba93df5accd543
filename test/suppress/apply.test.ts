import { describe, expect, test } from 'vitest';
import { allowPlacesBy } from '../../src/suppress/allow-places.ts';
import { suppressFindings } from '../../src/suppress/apply.ts';
import { acceptFinding, createBaseline } from '../../src/suppress/baseline.ts';
import { type Config, emptyConfig } from '../../src/suppress/config.ts';
import { parseGitleaksIgnore } from '../../src/suppress/foreign/accepted-lists.ts';
import { makeFinding, makePlace, makeReport } from './findings.ts';

const configured = (settings: Partial<Config>): Config => ({ ...emptyConfig('/repo'), ...settings });
const allow = (rule: Partial<Config['allow'][number]>) =>
  configured({ allow: [{ reason: 'a sample', origin: 'unleak.yaml:1', ...rule }] });
const finding = makeFinding('some-secret-text', 'src/app.ts');

test('a baseline entry takes the finding out, with all its places and its reason', () => {
  const baseline = acceptFinding(createBaseline(), finding, 'revoked');
  const { kept, suppressed, counts } = suppressFindings([finding, makeFinding('other')], {
    config: configured({}),
    baseline,
  });
  expect(kept).toHaveLength(1);
  expect(suppressed).toMatchObject([{ suppressed: { by: 'baseline', reason: 'revoked' } }]);
  expect(counts).toEqual({ baseline: 1, comment: 0, config: 0 });
});

describe('a finding goes when all its places do', () => {
  const allowed = { by: 'comment' as const, reason: 'unleak:allow' };

  test('one place that is not allowed keeps it, without the places that are', () => {
    const places = [makePlace('a.ts', 1, { allowed }), makePlace('b.ts')];
    const { kept, counts } = suppressFindings([{ ...finding, places }], { config: configured({}) });
    expect(kept).toMatchObject([{ places: [{ path: 'b.ts' }] }]);
    expect(counts.comment).toBe(0);
  });

  test('a comment at one place and an excluded folder for the other', () => {
    const places = [makePlace('a.ts', 1, { allowed }), makePlace('vendor/b.ts')];
    const { kept, counts } = suppressFindings([{ ...finding, places }], {
      config: configured({ exclude: ['vendor'] }),
    });
    expect(kept).toEqual([]);
    expect(counts).toEqual({ baseline: 0, comment: 1, config: 0 });
  });
});

describe('configuration that suppresses is counted', () => {
  test.each([
    ['exclude by name', configured({ exclude: ['*.ts'] })],
    ['exclude by folder', configured({ exclude: ['src/'] })],
    ['rule off', configured({ rulesOff: ['generic-token'] })],
    ['confidence', configured({ minConfidence: 'high' }), { confidence: 'medium' as const }],
    ['path of an allowance', allow({ path: 'src/**' })],
    ['pattern of the path', allow({ pathPattern: '^src/.*\\.ts$' })],
    ['rule and secret', allow({ rule: 'generic-token', secretPattern: '^some-' })],
    ['fingerprint', allow({ fingerprint: finding.fingerprint })],
    ['commit', allow({ commit: 'abcdef0' }), { places: [makePlace('x', 1, { commit: 'abcdef0123' })] }],
  ])('%s', (_, config, rest?: object) => {
    const { kept, counts } = suppressFindings([{ ...finding, ...rest }], { config });
    expect(kept).toEqual([]);
    expect(counts).toEqual({ baseline: 0, comment: 0, config: 1 });
  });

  test.each([
    ['another folder', configured({ exclude: ['lib/', 'app', '/app.ts'] })],
    ['another rule', allow({ rule: 'other', path: 'src/**' })],
    ['another secret', allow({ path: 'src/**', secretPattern: '^else$' })],
    ['another path', allow({ path: 'lib/**', fingerprint: finding.fingerprint })],
    ['another commit', allow({ commit: 'abcdef0' })],
    ['a line pattern, which the engine judges', allow({ linePattern: '.' })],
  ])('%s suppresses nothing', (_, config) => {
    expect(suppressFindings([finding], { config }).kept).toHaveLength(1);
  });
});

test('settings for paths change rule, severity and confidence there alone', () => {
  const settings = {
    match: ['test/'],
    rulesOff: ['quiet-rule'],
    severity: { 'generic-token': 'low' as const },
    exclude: false,
  };
  const config = configured({ paths: [settings], severity: { 'generic-token': 'critical' } });
  const kept = (path: string, rule = 'generic-token') =>
    suppressFindings([makeFinding('s', path, { rule })], { config }).kept.map(({ severity }) => severity);
  expect(kept('test/a.ts')).toEqual(['low']);
  expect(kept('src/a.ts')).toEqual(['critical']);
  expect(kept('test/a.ts', 'quiet-rule')).toEqual([]);
  expect(kept('src/a.ts', 'quiet-rule')).toEqual(['high']);
});

test('paths relative to another folder than the configuration are put in its terms', () => {
  const config = configured({ exclude: ['/app/vendor'] });
  const kept = (path: string, pathBase: string) =>
    suppressFindings([makeFinding('s', path)], { config, pathBase }).kept.length;
  expect(kept('vendor/x', '/repo/app')).toBe(0);
  expect(kept('../app/vendor/x', '/repo/lib')).toBe(0);
  expect(kept('vendor/x', '/repo')).toBe(1);
  expect(kept('vendor/x', '/elsewhere')).toBe(1);
});

test("another tool's list is asked place by place, with paths relative to the configuration", () => {
  const accept = parseGitleaksIgnore('app/src/a.ts:some-rule:4\n', '.gitleaksignore').accept;
  const at = (line: number) => makeFinding('s', 'x', { places: [makePlace('src/a.ts', line)] });
  const { kept, suppressed, counts } = suppressFindings([at(4), at(5)], {
    config: configured({}),
    pathBase: '/repo/app',
    accept: [accept],
  });
  expect(kept).toMatchObject([{ places: [{ path: 'src/a.ts', line: 5 }] }]);
  expect(suppressed).toMatchObject([
    { suppressed: { by: 'baseline', reason: 'accepted in .gitleaksignore' } },
  ]);
  expect(counts.baseline).toBe(1);
});

test('stale entries are named after a complete scan only', () => {
  const baseline = acceptFinding(createBaseline(), finding);
  const stale = (scan?: object) =>
    suppressFindings([], { config: configured({}), baseline, scan: scan && makeReport([], scan).scan }).stale
      .length;
  expect(stale({})).toBe(1);
  expect(stale({ complete: false })).toBe(0);
  expect(stale({ source: 'staged' })).toBe(0);
  expect(stale()).toBe(0);
});

test('the text around a match is judged by comment and by line pattern, each counted as what it is', () => {
  const judge = allowPlacesBy(allow({ linePattern: 'sample', rule: 'a-rule', secretPattern: '^x' }));
  expect(judge({ line: 'a sample: x1' }, 'a-rule', 'x1')).toEqual({ by: 'config', reason: 'a sample' });
  expect(judge({ line: 'a sample: y1' }, 'a-rule', 'y1')).toBeUndefined();
  expect(judge({ line: 'a sample: x1' }, 'b-rule', 'x1')).toBeUndefined();
  expect(judge({ line: 'x1 # unleak:allow' }, 'b-rule', 'x1')).toEqual({
    by: 'comment',
    reason: 'unleak:allow',
  });
});

test('what could not be read is no concern in a place that is left out, and is counted', () => {
  const scan = {
    ...makeReport([]).scan,
    skipped: ['test/broken.zip', 'test/locked.zip!/a', 'lib/x.zip'].map((path) => ({
      path,
      reason: 'damaged',
    })),
  };
  const { skipped, counts } = suppressFindings([], { config: configured({ exclude: ['test/*.zip'] }), scan });
  expect(skipped.map(({ path }) => path)).toEqual(['lib/x.zip']);
  expect(counts.config).toBe(2);
});

test('what names an archive holds for what is in it', () => {
  const inArchive = makeFinding('some-secret-text', 'lib/app.jar!/conf/app.ts');
  const { kept } = suppressFindings([inArchive], { config: configured({ exclude: ['*.jar'] }) });
  expect(kept).toEqual([]);
});
