import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Secret } from '../../src/model/secret.ts';
import { maskEverywhere } from '../../src/report/mask-everywhere.ts';
import { AWS_SECRET, buildReport, GITHUB_TOKEN, makeText } from './fixture.ts';

/** The place of a report's first finding, with other texts, after masking. */
function maskedPlace(texts: { snippet?: string; path?: string; message?: string }) {
  const report = buildReport();
  Object.assign(report.findings[0].places[0], texts);
  return maskEverywhere(report).findings[0].places[0];
}

describe('masking of secrets known from elsewhere', () => {
  test('hides them in lines, commit subjects and file names', () => {
    const place = maskedPlace({
      snippet: `x=${AWS_SECRET}&y=${GITHUB_TOKEN}${AWS_SECRET};`,
      message: `Remove ${AWS_SECRET}`,
      path: `keys/${GITHUB_TOKEN}.txt`,
    });
    const aws = Secret.of(AWS_SECRET).mask;
    expect(place.snippet).toBe(`x=${aws}&y=ghp_${'*'.repeat(8)}${GITHUB_TOKEN.slice(-4)}${aws};`);
    expect(place.message).toBe(`Remove ${aws}`);
    expect(place.path).toBe(`keys/ghp_${'*'.repeat(8)}${GITHUB_TOKEN.slice(-4)}.txt`);
  });

  test('hides them in names of people and branches, in reasons, facts and what was skipped', () => {
    const report = buildReport();
    const [finding] = report.findings;
    const reason = `see ${AWS_SECRET}`;
    finding.facts = { user: AWS_SECRET, port: 5432 };
    finding.suppressed = { by: 'comment', reason };
    report.scan.skipped = [{ path: `${AWS_SECRET}.zip`, reason: `${AWS_SECRET}.zip is damaged` }];
    Object.assign(finding.places[0], {
      author: `Eve ${AWS_SECRET}`,
      email: `${AWS_SECRET}@example.org`,
      refs: [`refs/heads/${AWS_SECRET}`],
      allowed: { by: 'comment', reason },
      path: `${AWS_SECRET}.txt`,
      pathBytes: Buffer.from(`${AWS_SECRET}.txt`).toString('base64'),
    });
    const { scan, findings } = maskEverywhere(report);
    const { facts, suppressed, places } = findings[0];
    const masked = JSON.stringify([scan, facts, suppressed, places]);
    expect(masked).not.toContain(AWS_SECRET);
    expect(masked).not.toContain(Buffer.from(AWS_SECRET).toString('base64').slice(0, 40));
    expect(masked.split(Secret.of(AWS_SECRET).mask)).toHaveLength(10);
    expect(facts.port).toBe(5432);
  });

  test('hides what an excerpt has cut, at either end', () => {
    const mask = Secret.of(AWS_SECRET).mask;
    expect(maskedPlace({ snippet: `${AWS_SECRET.slice(9)}; a = 1` }).snippet).toBe(`${mask}; a = 1`);
    expect(maskedPlace({ snippet: `b = ${AWS_SECRET.slice(0, 25)}` }).snippet).toBe(`b = ${mask}`);
  });

  test('leaves other texts as they are, and words in names', () => {
    const report = buildReport();
    report.findings[0].secret = Secret.of('production');
    Object.assign(report.findings[1].places[0], {
      path: 'config/production/a.yml',
      snippet: 'no secret here',
    });
    const [, finding] = maskEverywhere(report).findings;
    expect(finding.places[0]).toEqual(report.findings[1].places[0]);
  });

  test('does not change the report that it was given', () => {
    const report = buildReport();
    report.findings[0].places[0].snippet = AWS_SECRET;
    maskEverywhere(report);
    expect(report.findings[0].places[0].snippet).toBe(AWS_SECRET);
  });

  test('leaves no whole secret, wherever it stands', () => {
    const around = fc.string({ unit: fc.constantFrom(...AWS_SECRET.slice(0, 12), ' ', '*'), maxLength: 40 });
    fc.assert(
      fc.property(around, around, around, (before, between, after) => {
        const { snippet } = maskedPlace({ snippet: `${before}${AWS_SECRET}${between}${AWS_SECRET}${after}` });
        expect(snippet).not.toContain(AWS_SECRET);
      }),
    );
  });

  test('a masked report, whose secrets are not known, stays as it is', () => {
    const report = buildReport();
    for (const finding of report.findings) {
      finding.secret = Secret.masked(finding.secret.mask);
      finding.pair = undefined;
    }
    report.findings[0].places[0].snippet = makeText(5, 40);
    expect(maskEverywhere(report)).toEqual(report);
  });
});
