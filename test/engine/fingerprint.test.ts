import { expect, it } from 'vitest';
import { BlobScanner } from '../../src/engine/blob-scanner.ts';
import { FindingSet } from '../../src/engine/finding-set.ts';
import { isEdited } from '../../src/engine/fingerprint.ts';
import { Scanner } from '../../src/engine/scanner.ts';
import { Secret } from '../../src/model/secret.ts';
import { renderReport } from '../../src/report/formats.ts';
import { readReport } from '../../src/report/read.ts';
import { builtInExamples, builtInRules } from '../../src/rules/catalogue.ts';
import { expandTemplate } from '../../src/rules/templates.ts';
import { makeReport } from '../suppress/findings.ts';

const scanner = new BlobScanner(new Scanner(builtInRules()), { now: Date.UTC(2026, 0, 1) });

/** What every rule must find; services that are known by name have no rules of their own. */
const detections = builtInExamples()
  .slice(0, builtInRules().length)
  .flatMap(({ loud }) => loud)
  .flatMap(({ text, path = 'a.txt' }) =>
    scanner
      .scanBytes(path, Buffer.from(expandTemplate(text, 1)))
      .map((detection) => [detection, { path }] as const),
  );

/** Findings as a report gives them back. */
async function readBack(showSecrets: boolean) {
  const found = new FindingSet(() => undefined, showSecrets);
  for (const [detection, place] of detections) found.add(detection, place);
  const report = makeReport(found.toArray());
  const json = [...(await renderReport('json', report, { showSecrets }))].join('');
  return readReport(json, { name: 'report' }).findings;
}

it.each([true, false])(
  'no finding that was written (secrets shown: %s) and read back looks edited',
  async (shown) => {
    const findings = await readBack(shown);
    expect(findings.length).toBeGreaterThan(2000);
    expect(findings.filter(isEdited).map(({ rule, fingerprint }) => `${rule} ${fingerprint}`)).toEqual([]);
  },
);

it('a finding with another secret, id or rule looks edited', async () => {
  const findings = (await readBack(true)).filter(({ rule }) => rule.startsWith('aws-'));
  for (const finding of findings) {
    const other = Secret.of('another');
    const { pair } = finding;
    expect(isEdited({ ...finding, rule: 'other' })).toBe(true);
    expect(isEdited({ ...finding, secret: other, pair: pair && { ...pair, secret: other } })).toBe(true);
    if (pair) expect(isEdited({ ...finding, pair: { ...pair, id: 'other' } })).toBe(true);
  }
});
