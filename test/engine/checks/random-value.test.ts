import { expect, test } from 'vitest';
import { looksDrawn } from '../../../src/engine/checks/random-value.ts';
import { expandTemplate } from '../../../src/rules/templates.ts';

const RUNS = 2000;

test.each([
  ['{hex:32}', 0.98],
  ['{HEX:40}', 0.98],
  ['{hex:64}', 0.98],
  ['{uuid}', 0.98],
  ['{base62:16}', 0.95],
  ['{base62:24}', 0.98],
  ['{base62:40}', 0.98],
  ['{base36:20}', 0.95],
  ['{base64url:43}', 0.98],
  ['{base64:43}=', 0.98],
])('of 2,000 random %s a share of at least %d looks drawn', (template, least) => {
  let drawn = 0;
  for (let seed = 0; seed < RUNS; seed++) if (looksDrawn(expandTemplate(template, seed))) drawn++;
  expect(drawn / RUNS).toBeGreaterThanOrEqual(least);
});

test.each([
  'my-application-secret-name',
  'production_database_replica',
  'AuthenticationTokenProvider2',
  'https://api.example.org/v1',
  '00000000-0000-0000-0000-000000000000',
  '12345678901234567890123456789012',
  'com.example.project.module7',
  'aaaaaaaaaaaaaaaa1111111111111111',
])('%s does not', (text) => {
  expect(looksDrawn(text)).toBe(false);
});
