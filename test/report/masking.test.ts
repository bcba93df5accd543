import { describe, expect, test } from 'vitest';
import { FORMATS } from '../../src/report/formats.ts';
import { buildReport, PLANTED } from './fixture.ts';
import { render } from './render.ts';

/** A secret as an output could give it away without meaning to. */
const FORMS: [name: string, make: (secret: string) => string][] = [
  ['itself', (secret) => secret],
  ['reversed', (secret) => [...secret].reverse().join('')],
  ['base64', (secret) => Buffer.from(secret).toString('base64').replace(/=+$/, '')],
  ['hex', (secret) => Buffer.from(secret).toString('hex')],
  ['percent-encoded', (secret) => encodeURIComponent(secret)],
  ['its first half', (secret) => secret.slice(0, secret.length / 2)],
];

describe.each(FORMATS)('%s report', (format) => {
  test.each(FORMS)('holds no secret: %s', async (_, make) => {
    let summary = '';
    const text = await render(format, buildReport(), { summary: (markdown) => (summary += markdown) });
    for (const secret of PLANTED) expect(text + summary).not.toContain(make(secret));
  });
});
