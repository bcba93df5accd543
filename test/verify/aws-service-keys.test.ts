import { describe, expect, it } from 'vitest';
import type { Finding } from '../../src/model/finding.ts';
import type { Answer, Guard, Question } from '../../src/verify/ask.ts';
import { type AwsService, checkServiceKey, serviceOf } from '../../src/verify/aws-service-keys.ts';
import { verifyFindings } from '../../src/verify/verify-findings.ts';
import { pairFinding } from '../aws/findings.ts';

const GUARD: Guard = { hosts: new Set(), timeoutMs: 1000, env: {}, allowPrivate: true };
const ENDPOINT = `https://${'a'.repeat(26)}.appsync-api.eu-west-1.amazonaws.com/graphql`;

const key = (service: string, facts: Finding['facts'] = {}, id = 'user') =>
  pairFinding({ id, secret: 'the-secret' }, { rule: `aws-${service}-key`, facts });

/** Asks with a wire that notes what it carries and gives one answer. */
async function check(
  service: AwsService,
  finding: Finding,
  answer: Partial<Answer> & { code?: number } = {},
) {
  const carried: { question?: Question; guard?: Guard; smtp?: unknown[] } = {};
  const verdict = await checkServiceKey(service, finding, GUARD, {
    ask: async (question, guard) => {
      Object.assign(carried, { question, guard });
      return { status: 200, body: '', ...answer };
    },
    talkSmtp: async (...told) => {
      carried.smtp = told;
      return answer.code ?? 535;
    },
  });
  return { ...verdict, ...carried };
}

describe('a key of one AWS service', () => {
  it.each<[AwsService, Finding, string]>([
    [
      'bedrock',
      key('bedrock', { region: 'eu-central-1' }),
      'https://bedrock.eu-central-1.amazonaws.com/foundation-models',
    ],
    [
      'bedrock',
      key('bedrock', { region: 'evil.example.com/' }),
      'https://bedrock.us-east-1.amazonaws.com/foundation-models',
    ],
    ['appsync', key('appsync', { endpoint: ENDPOINT }), ENDPOINT],
    [
      'codecommit',
      key('codecommit', { url: 'https://git-codecommit.eu-west-1.amazonaws.com/v1/repos/shop' }),
      'https://git-codecommit.eu-west-1.amazonaws.com/v1/repos/shop/info/refs?service=git-upload-pack',
    ],
  ])('of %s goes to the official host and no other', async (service, finding, url) => {
    const { question, guard } = await check(service, finding);
    expect(question?.url).toBe(url);
    expect(guard).toMatchObject({ hosts: new Set([new URL(url).hostname]), allowPrivate: false });
  });

  it.each<[AwsService, Finding]>([
    [
      'appsync',
      key('appsync', {
        endpoint: `https://${'a'.repeat(26)}.appsync-api.eu-west-1.amazonaws.com.evil.example/graphql`,
      }),
    ],
    ['appsync', key('appsync')],
    ['codecommit', key('codecommit', { url: 'https://git.example.com/v1/repos/shop' })],
  ])('of %s goes nowhere when its host is not known for sure', async (service, finding) => {
    const { state, question } = await check(service, finding);
    expect([state, question]).toEqual(['unknown', undefined]);
  });

  it.each<[AwsService, Partial<Answer> & { code?: number }, string]>([
    ['bedrock', { status: 200, body: '{"modelSummaries":[]}' }, 'active'],
    ['bedrock', { status: 200, body: '<html>welcome</html>' }, 'unknown'],
    [
      'bedrock',
      {
        status: 403,
        body: '{"Message":"User: x is not authorized to perform: bedrock:ListFoundationModels"}',
      },
      'active',
    ],
    ['bedrock', { status: 403, body: '{"message":"Bearer Token has expired"}' }, 'expired'],
    [
      'bedrock',
      { status: 403, body: '{"Message":"Authentication failed: Please make sure your API Key is valid."}' },
      'inactive',
    ],
    ['bedrock', { status: 403, body: '<html>authentication failed at the proxy</html>' }, 'unknown'],
    ['bedrock', { status: 403, body: '{"Message":' }, 'unknown'],
    ['appsync', { status: 200, body: '{"data":{"__typename":"Query"}}' }, 'active'],
    ['appsync', { status: 200, body: '{"data":null,"errors":[{"message":"x"}]}' }, 'active'],
    ['appsync', { status: 200, body: 'OK' }, 'unknown'],
    ['appsync', { status: 502, body: 'No schema definition exists' }, 'active'],
    [
      'appsync',
      {
        status: 401,
        body: '{"errors":[{"errorType":"UnauthorizedException","message":"You are not authorized to make this call."}]}',
      },
      'inactive',
    ],
    ['appsync', { status: 403, body: '{"errors":[{"errorType":"WAFForbiddenException"}]}' }, 'unknown'],
    ['appsync', { status: 401, body: '<html>log in</html>' }, 'unknown'],
    ['appsync', { status: 500 }, 'unknown'],
    ['codecommit', { status: 200, body: '001e# service=git-upload-pack\n0000' }, 'active'],
    ['codecommit', { status: 200, body: '<html>' }, 'unknown'],
    ['codecommit', { status: 404 }, 'active'],
    [
      'codecommit',
      { status: 403, body: 'User: x is not authorized to perform: codecommit:GitPull on resource: y' },
      'active',
    ],
    ['codecommit', { status: 403, body: '<UnrecognizedClientException/>' }, 'inactive'],
    ['codecommit', { status: 403 }, 'unknown'],
    ['codecommit', { status: 401 }, 'inactive'],
    ['codecommit', { status: 503 }, 'unknown'],
    ['ses', { code: 235 }, 'active'],
    ['ses', { code: 535 }, 'inactive'],
    ['ses', { code: 454 }, 'unknown'],
  ])('of %s answered %o is %s', async (service, answer, state) => {
    const facts = {
      endpoint: ENDPOINT,
      url: 'https://git-codecommit.eu-west-1.amazonaws.com/v1/repos/shop',
      region: 'eu-west-1',
    };
    expect((await check(service, key(service, facts), answer)).state).toBe(state);
  });

  it('of Bedrock is not called dead where its region is not known', async () => {
    const body = '{"Message":"Authentication failed: Please make sure your API Key is valid."}';
    expect((await check('bedrock', key('bedrock'), { status: 403, body })).state).toBe('unknown');
  });

  it('for mail is not called dead where its region is not known', async () => {
    const { state, smtp } = await check('ses', key('ses'), { code: 535 });
    expect(state).toBe('unknown');
    expect(smtp?.slice(0, 3)).toEqual(['email-smtp.us-east-1.amazonaws.com', 'user', 'the-secret']);
  });
});

it('takes whole words of a rule for its service', () => {
  expect(serviceOf(key('session'))).toBeUndefined();
  expect(serviceOf(key('ses-smtp'))).toBe('ses');
  expect(serviceOf({ ...key('ses'), rule: 'other-bedrock' })).toBeUndefined();
  const password = { ...key('ses'), rule: 'aws-service-specific-password' };
  expect(serviceOf(password)).toBe('codecommit');
  expect(serviceOf({ ...password, facts: { service: 'keyspaces' } })).toBeUndefined();
});

it('asks about no service that was not named, and about no suppressed finding', async () => {
  const findings = [
    key('bedrock'),
    { ...key('appsync', { endpoint: ENDPOINT }), suppressed: { by: 'baseline' as const } } as Finding,
  ];
  await verifyFindings(findings, { requests: new Map(), hosts: new Set(), env: {}, version: 'test' });
  expect(findings[0].verdict).toMatchObject({
    state: 'unchecked',
    reason: expect.stringContaining('--verify-aws-service bedrock'),
  });
  expect(findings[1].verdict).toBeUndefined();
});
