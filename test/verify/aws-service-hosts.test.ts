import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expandTemplate } from '../../src/rules/templates.ts';
import { type Behaviour, type OfficialHosts, startOfficialHosts } from './official-hosts.ts';

/**
 * The whole way: a file for each case, the built command, TLS to the service's own host name (played on loopback), a verdict.
 * Every case has a host of its own, so that one run asks about them all.
 */
interface Case {
  name: string;
  rule: string;
  host: string;
  text: string;
  behaviour: Behaviour;
  state: string;
  reason?: RegExp;
  /** The one request that must be made, from secret and key id. */
  request?: (secret: string, keyId: string) => object;
  /** Connections; those of a single request when absent. */
  asked?: string[];
}

const answer =
  (status: number, body = ''): Behaviour['http'] =>
  (_, response) =>
    response.writeHead(status).end(body);

const USER = 'dev+2-at-609629065308';
const REGIONS =
  'us-east-1 us-east-2 us-west-1 us-west-2 eu-west-1 eu-west-2 eu-west-3 eu-central-1 eu-north-1 ap-south-1'.split(
    ' ',
  );

function bedrock(index: number, name: string, behaviour: Behaviour, state: string): Case {
  const host = `bedrock.${REGIONS[index]}.amazonaws.com`;
  return {
    name,
    rule: 'aws-bedrock-api-key',
    host,
    text: `AWS_REGION=${REGIONS[index]}\nAWS_BEARER_TOKEN_BEDROCK=ABSK{base64-of:BedrockAPIKey-x7k2-at-609629065308:{base62:40}=}\n`,
    behaviour,
    state,
    request: (secret) => ({
      line: `GET https://${host}/foundation-models`,
      headers: { authorization: `Bearer ${secret}` },
    }),
  };
}

function appSync(index: number, name: string, behaviour: Behaviour, state: string, reason?: RegExp): Case {
  const host = `${'abcdefghij'[index].repeat(26)}.appsync-api.eu-west-1.amazonaws.com`;
  return {
    name,
    rule: 'aws-appsync-api-key',
    host,
    text: `{"url": "https://${host}/graphql", "api_key": "da2-{base36:22}a1b2"}`,
    behaviour,
    state,
    reason,
    request: (secret) => ({
      line: `POST https://${host}/graphql`,
      headers: { 'x-api-key': secret },
      body: '{"query":"{__typename}"}',
    }),
  };
}

function codeCommit(
  index: number,
  name: string,
  behaviour: Behaviour,
  state: string,
  repository = '/v1/repos/shop',
): Case {
  const host = `git-codecommit.${REGIONS[index]}.amazonaws.com`;
  return {
    name,
    rule: 'aws-service-specific-password',
    host,
    text: `https://${USER}:{base64:40}aB3=@${host}${repository}\n`,
    behaviour,
    state,
    request: (secret) => ({
      line: `GET https://${host}${repository || '/v1/repos/unleak-asks-whether-this-login-works'}/info/refs?service=git-upload-pack`,
      headers: { authorization: `Basic ${Buffer.from(`${USER}:${secret}`).toString('base64')}` },
    }),
  };
}

/** SES, as far as a login goes; `reply` answers the login. */
const ses =
  (reply: string | undefined): Behaviour['smtp'] =>
  (line) => {
    if (line === undefined) return '220 email-smtp.amazonaws.com ESMTP SimpleEmailService\r\n';
    if (line.startsWith('EHLO'))
      return '250-email-smtp.amazonaws.com\r\n250-8BITMIME\r\n250-AUTH PLAIN LOGIN\r\n250 Ok\r\n';
    return line.startsWith('AUTH') ? reply : '221 Bye\r\n';
  };

function mail(index: number, name: string, behaviour: Behaviour, state: string, parts: Partial<Case>): Case {
  const host = `email-smtp.${REGIONS[index]}.amazonaws.com`;
  const text = `MAIL_HOST=${host}\nMAIL_USERNAME={aws-id:AKIA:609629065308}\nMAIL_PASSWORD=BM{base64:39}aB3\n`;
  return {
    name,
    rule: 'aws-ses-smtp-password',
    host,
    text,
    behaviour,
    state,
    asked: [`${host}:465`],
    ...parts,
  };
}

const DEAD_APPSYNC =
  '{"errors":[{"errorType":"UnauthorizedException","message":"You are not authorized to make this call."}]}';
const DEAD_BEDROCK = '{"Message":"Authentication failed: Please make sure your API Key is valid."}';
const LOGIN = (secret: string, keyId: string) => ({
  line: `AUTH PLAIN ${Buffer.from(`\0${keyId}\0${secret}`).toString('base64')}`,
});

const CASES: Case[] = [
  bedrock(0, 'a live Bedrock key', { http: answer(200, '{"modelSummaries":[]}') }, 'active'),
  bedrock(1, 'a dead Bedrock key', { http: answer(403, DEAD_BEDROCK) }, 'inactive'),
  bedrock(
    2,
    'a Bedrock key that a proxy answers for',
    { http: answer(403, '<html>proxy</html>') },
    'unknown',
  ),
  appSync(0, 'a live AppSync key', { http: answer(200, '{"data":{"__typename":"Query"}}') }, 'active'),
  appSync(1, 'a dead AppSync key', { http: answer(401, DEAD_APPSYNC) }, 'inactive'),
  appSync(2, 'an AppSync key whose API is ill', { http: answer(503) }, 'unknown', /answered 503/),
  {
    ...appSync(
      3,
      'an AppSync key whose host nobody reaches',
      { closed: [443] },
      'unknown',
      /the proxy lets nobody through/,
    ),
    request: undefined,
  },
  appSync(
    4,
    'an AppSync key whose host never answers',
    {},
    'unknown',
    /eee\.appsync.* gave no answer within 2 s/,
  ),
  appSync(
    5,
    'an AppSync key whose host sends us elsewhere',
    { http: (_, response) => response.writeHead(307, { location: 'https://evil.example/graphql' }).end() },
    'unknown',
    /redirects to another host/,
  ),
  {
    ...appSync(6, 'an AppSync key without its endpoint', {}, 'unknown', /no AppSync endpoint/),
    text: 'x-api-key: da2-{base36:22}a1b2\n',
    asked: [],
    request: undefined,
  },
  codeCommit(
    0,
    'a live CodeCommit password',
    { http: answer(200, '001e# service=git-upload-pack\n0000') },
    'active',
  ),
  codeCommit(1, 'a dead CodeCommit password', { http: answer(401) }, 'inactive'),
  codeCommit(2, 'a CodeCommit password that is refused without a word', { http: answer(403) }, 'unknown'),
  codeCommit(3, 'a CodeCommit password whose service is ill', { http: answer(500) }, 'unknown'),
  codeCommit(4, 'a live CodeCommit password without a repository', { http: answer(404) }, 'active', ''),
  mail(0, 'a live SMTP password', { smtp: ses('235 Authentication successful.\r\n') }, 'active', {
    request: LOGIN,
  }),
  mail(1, 'a dead SMTP password', { smtp: ses('535 Authentication Credentials Invalid\r\n') }, 'inactive', {
    request: LOGIN,
  }),
  mail(2, 'an SMTP password that SES cannot judge', { smtp: ses('454 Temporary failure\r\n') }, 'unknown', {
    request: LOGIN,
  }),
  mail(
    3,
    'a live SMTP password behind a firewall that closes the first port',
    { smtp: ses('235 Ok\r\n'), closed: [465] },
    'active',
    {
      asked: [`email-smtp.${REGIONS[3]}.amazonaws.com:465`, `email-smtp.${REGIONS[3]}.amazonaws.com:2465`],
      request: LOGIN,
    },
  ),
  mail(4, 'an SMTP password whose host nobody reaches', { closed: [465, 2465] }, 'unknown', {
    asked: [`email-smtp.${REGIONS[4]}.amazonaws.com:465`, `email-smtp.${REGIONS[4]}.amazonaws.com:2465`],
    reason: /the proxy lets nobody through/,
  }),
  mail(
    5,
    'an SMTP password whose server is not available',
    { smtp: () => '421 Not available\r\n' },
    'unknown',
    {
      reason: /answered 421/,
    },
  ),
  mail(6, 'an SMTP password whose server hangs up at the login', { smtp: ses(undefined) }, 'unknown', {
    reason: /closed the connection/,
    request: LOGIN,
  }),
  mail(7, 'an SMTP password whose server says nothing', { smtp: () => '' }, 'unknown', {
    reason: /gave no answer within 2 s/,
  }),
  mail(
    8,
    'an SMTP password whose server does not stop talking',
    { smtp: () => `220-${'x'.repeat(20_000)}\r\n` },
    'unknown',
    { reason: /does not speak SMTP/ },
  ),
];

let folder: string;
let hosts: OfficialHosts;
let stderr: string;
let findings: {
  rule: string;
  secret: string;
  facts: Record<string, string>;
  verdict: Verdict;
  path: string;
}[];

interface Verdict {
  state: string;
  reason?: string;
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'unleak-services-'));
  hosts = await startOfficialHosts(
    Object.fromEntries(CASES.map(({ host, behaviour }) => [host, behaviour] as const)),
  );
  for (const [index, { text }] of CASES.entries())
    writeFileSync(join(folder, `case-${index}.txt`), expandTemplate(text, index + 1));
  findings = await scan('--verify-aws-service', 'bedrock,appsync', '--verify-aws-service', 'ses,codecommit');
});
afterAll(() => {
  hosts.close();
  rmSync(folder, { recursive: true, force: true });
});

async function scan(...more: string[]): Promise<typeof findings> {
  const argv = 'scan . --format json --show-secrets --no-progress --verify --verify-timeout 2'.split(' ');
  const child = spawn(process.execPath, [dist, ...argv, ...more], {
    cwd: folder,
    env: { PATH: process.env.PATH, HOME: folder, ...hosts.env },
  });
  let stdout = '';
  stderr = '';
  child.stdout.on('data', (chunk) => (stdout += chunk));
  child.stderr.on('data', (chunk) => (stderr += chunk));
  await new Promise((done) => child.on('close', done));
  const report = JSON.parse(stdout) as {
    findings: ((typeof findings)[0] & { places: { path: string }[] })[];
  };
  return report.findings.map((finding) => ({ ...finding, path: finding.places[0].path }));
}

const dist = resolve(import.meta.dirname, '../../dist/unleak.js');

describe('the built command says of', () => {
  it.each(CASES.map((one, index) => ({ ...one, index })))(
    '$name: $state',
    ({ rule, host, state, reason, request, asked, index }) => {
      const found = findings.find((one) => one.rule === rule && one.path === `case-${index}.txt`)!;
      expect(found, stderr).toBeDefined();
      expect(found.verdict).toMatchObject({
        state,
        ...(reason && { reason: expect.stringMatching(reason) }),
      });
      expect(JSON.stringify(found.verdict) + stderr).not.toContain(found.secret);
      expect(hosts.asked.filter((one) => one.startsWith(`${host}:`))).toEqual(asked ?? [`${host}:443`]);
      const carried = [
        ...hosts.requests.filter((one) => one.headers.host === host),
        ...hosts.mail.filter((one) => one.host === host && one.line.startsWith('AUTH')),
      ];
      expect(carried).toMatchObject(request ? [request(found.secret, found.facts.keyId)] : []);
    },
  );
});

it('asks about nothing that was not named, no forbidden account and no bait', async () => {
  hosts.asked.length = 0;
  const verdicts = async (rule: string, ...more: string[]) => [
    ...new Set(
      (await scan(...more))
        .filter((one) => one.rule === rule)
        .map(({ verdict }) => `${verdict.state}: ${verdict.reason}`),
    ),
  ];
  expect(await verdicts('aws-appsync-api-key')).toEqual([
    'unchecked: asked about only with --verify-aws-service appsync',
  ]);
  const named = ['--verify-aws-service', 'ses'];
  const account = '609629065308';
  expect(await verdicts('aws-ses-smtp-password', ...named, '--verify-not-accounts', account)).toEqual([
    `unknown: account ${account} is on the list of accounts not to ask about`,
  ]);
  expect(await verdicts('aws-ses-smtp-password', ...named, '--canary-accounts', account)).toEqual([
    `canary: account ${account} hands out bait keys: using one raises an alarm, so it was not asked`,
  ]);
  expect(hosts.asked).toEqual([]);
});
