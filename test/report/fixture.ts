import type { Finding, Place } from '../../src/model/finding.ts';
import type { Report } from '../../src/model/report.ts';
import { Secret } from '../../src/model/secret.ts';
import type { RuleDetails } from '../../src/rules/rule.ts';

/** Reproducible characters, so that nothing in the repository looks like a live secret. */
export function makeText(seed: number, length: number, alphabet = BASE62): string {
  let state = seed * 2654435761 + 1;
  let text = '';
  while (text.length < length) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    text += alphabet[(state >>> 8) % alphabet.length];
  }
  return text;
}

const BASE62 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

export const AWS_ID = `AK${'IA'}RZPUZDIK${makeText(3, 8, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567')}`;
export const AWS_SECRET = makeText(5, 40);
export const GITHUB_TOKEN = `gh${'p_'}${makeText(7, 36)}`;
export const PASSWORD = `s3cr3t-${makeText(11, 6)}`;
export const PRIVATE_KEY = `-----BEGIN RSA ${'PRIVATE'} KEY-----\n${makeText(13, 64)}\n-----END RSA ${'PRIVATE'} KEY-----`;

/** Every text that no output may hold unless secrets are shown. */
export const PLANTED = [AWS_SECRET, GITHUB_TOKEN, PASSWORD, PRIVATE_KEY.split('\n')[1]];

export const HOSTILE_PATH = 'evil/<img src=x onerror=alert(1)>\u001b[31m\u202e"|`,=cmd.txt';
export const HOSTILE_SNIPPET =
  '\u001b]0;owned\u0007=1+1 <script>alert(1)</script> @everyone [x](http://evil.example) ::error::x password: ';

/** @param reveal the engine writes snippets as they are */
export function buildReport(reveal = false): Report {
  const show = (secret: Secret) => (reveal ? secret.reveal() : secret.mask);
  const aws = Secret.of(AWS_SECRET);
  const github = Secret.of(GITHUB_TOKEN, 'ghp_');
  const password = Secret.of(PASSWORD);
  const key = Secret.of(PRIVATE_KEY);
  return {
    schemaVersion: 1,
    tool: { name: 'unleak', version: '0.1.0' },
    scan: {
      source: 'audit',
      started: '2026-11-22T09:30:00.000Z',
      durationMs: 4210,
      bytes: 391_200_000,
      blobs: 12_345,
      commits: 1_602,
      rules: 439,
      complete: false,
      skipped: [
        { path: 'dump/<b>core</b>.bin', reason: 'larger than 100 MB: raise --max-file-size' },
        { path: 'private\u001b[2J.key', reason: 'no permission to read it' },
      ],
      suppressed: { baseline: 2, comment: 1, config: 0 },
    },
    findings: [
      {
        rule: 'password-assignment',
        vendor: 'generic',
        title: 'Password in an assignment',
        severity: 'medium',
        confidence: 'low',
        fingerprint: '0123456789abcdef0123',
        secret: password,
        entropy: 3.2,
        facts: {},
        verdict: { state: 'unchecked' },
        places: [at(HOSTILE_PATH, 7, `${HOSTILE_SNIPPET}${show(password)}`, show(password), PASSWORD.length)],
      },
      {
        rule: 'aws-access-key',
        vendor: 'aws',
        title: 'AWS access key with its secret',
        severity: 'critical',
        confidence: 'high',
        fingerprint: 'a1b2c3d4e5f6a7b8c9d0',
        secret: aws,
        entropy: 4.93,
        pair: { id: AWS_ID, idLine: 11, secret: aws },
        facts: { accountId: '123456789012', keyId: AWS_ID, partition: 'aws', generation: 'new' },
        verdict: {
          state: 'active',
          checkedAt: '2026-11-22T09:30:04.000Z',
          identity: { arn: 'arn:aws:iam::123456789012:user/deploy', kind: 'user' },
        },
        places: [
          {
            ...at('deploy/old.sh', 3, `export AWS_SECRET=${show(aws)}`, show(aws), 40),
            ...commit('2019-02-03T10:00:00+01:00', 1),
            inHead: false,
            reachable: true,
          },
          {
            ...at('config/prod.env', 12, `AWS_SECRET_ACCESS_KEY=${show(aws)}`, show(aws), 40),
            ...commit('2021-05-06T12:30:00+00:00', 2),
            inHead: true,
            reachable: true,
          },
          ...Array.from({ length: 7 }, (_, index) => ({
            ...at(`backup/${index}/prod.env`, 12, `AWS_SECRET_ACCESS_KEY=${show(aws)}`, show(aws), 40),
            ...commit(`2022-01-0${index + 1}T12:30:00+00:00`, 3 + index),
            inHead: false,
            reachable: index !== 6,
          })),
        ],
      },
      {
        rule: 'github-token',
        vendor: 'GitHub',
        title: 'GitHub personal access token',
        severity: 'high',
        confidence: 'high',
        fingerprint: 'bbbbbbbbbbcccccccccc',
        secret: github,
        entropy: 5.1,
        facts: { checksum: true },
        verdict: { state: 'unknown', reason: 'the issuer did not answer' },
        places: [
          {
            ...at(
              'src/日本語/設定.yml',
              2,
              `\t名前: "値値値" # token ${show(github)} 末尾`,
              show(github),
              40,
            ),
            decoded: ['base64'],
          },
        ],
      },
      {
        rule: 'private-key',
        vendor: 'generic',
        title: 'RSA private key, not encrypted',
        severity: 'high',
        confidence: 'high',
        fingerprint: 'ddddddddddeeeeeeeeee',
        secret: key,
        entropy: 5.7,
        facts: { kind: 'RSA', bits: 2048 },
        places: [
          {
            ...at('keys/caf%E9.pem', 1, reveal ? PRIVATE_KEY.split('\n')[0] : key.mask, '', 31),
            pathBytes: Buffer.from('keys/caf\xe9.pem', 'latin1').toString('base64'),
            endLine: 3,
            endColumn: 30,
          },
        ],
      },
    ],
  };
}

export const DETAILS: ReadonlyMap<string, RuleDetails> = new Map(
  [
    {
      id: 'aws-access-key',
      title: 'AWS access key with its secret',
      vendor: 'aws',
      opens: 'Everything that its IAM user may do in the account.',
      docs: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html',
    },
    {
      id: 'github-token',
      title: 'GitHub personal access token',
      vendor: 'GitHub',
      opens: 'The repositories and organisations of its owner, within its scopes.',
      docs: 'https://docs.github.com/authentication',
      respond: {
        url: 'https://github.com/settings/tokens',
        steps: ['Delete the token in the settings of its owner.', 'Read the security log for its uses.'],
      },
    },
    {
      id: 'private-key',
      title: 'Private key',
      vendor: 'generic',
      opens: 'Whatever trusts the public half: servers, signatures, encrypted files.',
      docs: 'https://www.rfc-editor.org/rfc/rfc7468',
      respond: { steps: ['Remove the public half wherever it is trusted, then make a new pair.'] },
    },
    {
      id: 'password-assignment',
      title: 'Password in an assignment',
      vendor: 'generic',
      opens: 'The account that it belongs to.',
      docs: 'https://owasp.org/www-community/vulnerabilities/Use_of_hard-coded_password',
    },
  ].map((details): [string, RuleDetails] => [details.id, details]),
);

/** A report of many findings, for what must stay fast or bounded. */
export function buildManyFindings(number: number): Finding[] {
  return Array.from({ length: number }, (_, index) => {
    const secret = Secret.of(makeText(index + 100, 32), '');
    return {
      rule: ['github-token', 'private-key', 'password-assignment'][index % 3],
      vendor: ['GitHub', 'Stripe', 'generic', 'Slack'][index % 4],
      title: 'Token in an assignment',
      severity: (['critical', 'high', 'medium', 'low', 'info'] as const)[index % 5],
      confidence: 'medium',
      fingerprint: index.toString(16).padStart(20, '0'),
      secret,
      entropy: 4.5,
      facts: { index },
      verdict: { state: index % 50 === 0 ? 'active' : 'unchecked' },
      places: [
        {
          ...at(
            `packages/p${index % 40}/src/file${index}.ts`,
            (index % 900) + 1,
            `const token = "${secret}"`,
            secret.mask,
            32,
          ),
          ...commit(new Date(Date.UTC(2012 + (index % 14), index % 12, 3)).toISOString(), index % 25),
          inHead: index % 3 === 0,
        },
      ],
    };
  });
}

function at(path: string, line: number, snippet: string, shown: string, length: number): Place {
  const column = Math.max(0, snippet.indexOf(shown)) + 1;
  return { path, line, column, endLine: line, endColumn: column + length, snippet };
}

function commit(
  date: string,
  author: number,
): Pick<Place, 'commit' | 'author' | 'email' | 'date' | 'message'> {
  const name = ['Ann Example', 'Bob Müller', '李 雷', 'Eve <script>'][author % 4];
  return {
    commit: makeText(author + 40, 40, '0123456789abcdef'),
    author: name,
    email: `${author}@example.com`,
    date,
    message: 'Add configuration',
  };
}
