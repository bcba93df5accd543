import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { VerifyRequest } from '../../src/rules/rule.ts';
import { type VerifyOptions, verifyFindings } from '../../src/verify/verify-findings.ts';
import { pairFinding } from '../aws/findings.ts';
import { makeKeyId } from '../aws/server/world.ts';

let issuer: Server;
let open = 0;
let most = 0;
let asked: string[];

beforeEach(async () => {
  [open, most, asked] = [0, 0, []];
  issuer = createServer((request, response) => {
    asked.push(String(request.headers.authorization));
    most = Math.max(most, ++open);
    setTimeout(() => {
      open--;
      response.writeHead(String(request.headers.authorization).includes('dead') ? 401 : 200).end();
    }, 20);
  });
  await new Promise<void>((done) => issuer.listen(0, '127.0.0.1', done));
});
afterEach(() => issuer.close());

function options(parts: Partial<VerifyOptions> = {}): VerifyOptions {
  const request: VerifyRequest = {
    method: 'GET',
    url: `http://127.0.0.1:${(issuer.address() as AddressInfo).port}/`,
    headers: { Authorization: '{secret}' },
    answers: [
      { status: [200], state: 'active' },
      { status: [401], state: 'inactive' },
    ],
  };
  return {
    requests: new Map([['vendor-token', request]]),
    hosts: new Set(['127.0.0.1']),
    allowPrivate: true,
    env: {},
    version: 'test',
    ...parts,
  };
}
const token = (secret: string) => pairFinding({ id: 'x', secret }, { rule: 'vendor-token', pair: undefined });

it('asks about each secret once, at most eight at a time, and tells how far it is', async () => {
  const findings = Array.from({ length: 40 }, (_, index) => token(`${index % 2 ? 'dead' : 'live'}-${index}`));
  const progress: [number, number][] = [];
  await verifyFindings(
    [...findings, token('live-0')],
    options({ onProgress: (done, total) => progress.push([done, total]) }),
  );
  expect(findings.map(({ verdict }) => verdict?.state)).toEqual(
    findings.map((_, index) => (index % 2 ? 'inactive' : 'active')),
  );
  expect(asked).toHaveLength(40);
  expect(most).toBeLessThanOrEqual(8);
  expect(progress.at(-1)).toEqual([40, 40]);
});

it('leaves unchecked what it knows no way to ask about', async () => {
  const finding = { ...token('x'), rule: 'other-token' };
  await verifyFindings([finding], options());
  expect(finding.verdict?.state).toBe('unchecked');
  expect(finding.verdict?.checkedAt).toBeUndefined();
});

it('tells bait by its id alone, and where to turn with any other lone id', async () => {
  const lone = (account: string) => {
    const id = makeKeyId('AKIA', account);
    return pairFinding(
      { id, secret: id },
      { rule: 'aws-access-key-id', pair: undefined, facts: { keyId: id } },
    );
  };
  const findings = [lone('534261010715'), lone('210987654321')];
  await verifyFindings(findings, options());
  expect(findings[0].verdict?.state).toBe('canary');
  expect(findings[1].verdict).toMatchObject({
    state: 'unchecked',
    reason: expect.stringContaining('respond plan --key'),
  });
});

it('asks nothing more once the run is interrupted', async () => {
  const stop = new AbortController();
  stop.abort();
  await verifyFindings([token('a')], options({ signal: stop.signal }));
  expect(asked).toEqual([]);
});
