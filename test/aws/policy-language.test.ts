import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assessBlastRadius, quarantineAmong } from '../../src/aws/blast-radius.ts';
import { grantOf, matches, type Policy, readPolicy, type Statement } from '../../src/aws/policy-language.ts';

const policy = (statement: Partial<Statement>, via: Policy['via'] = 'user'): Policy => ({
  name: 'p',
  via,
  statements: [{ Effect: 'Allow', Action: '*', Resource: '*', ...statement }],
});
const everything = policy({});
const grant = (action: string, ...policies: Policy[]) => grantOf(action, policies).grant;

describe('grantOf', () => {
  it.each<[string, Policy[], string]>([
    ['nothing is allowed without an Allow', [], 'no'],
    ['an Allow on everything', [everything], 'yes'],
    ['a group counts like the user', [policy({}, 'group')], 'yes'],
    ['a service with a wildcard', [policy({ Action: 's3:Get*' })], 'yes'],
    ['no case in actions', [policy({ Action: 'S3:GETOBJECT' })], 'yes'],
    ['another service', [policy({ Action: 'ec2:*' })], 'no'],
    ['NotAction that leaves it out', [policy({ Action: undefined, NotAction: 'iam:*' })], 'yes'],
    ['NotAction that names it', [policy({ Action: undefined, NotAction: 's3:*' })], 'no'],
    ['some resources', [policy({ Resource: 'arn:aws:s3:::bucket/*' })], 'conditional'],
    [
      'a condition',
      [policy({ Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } } })],
      'conditional',
    ],
    ['a Deny wins', [everything, policy({ Effect: 'Deny', Action: 's3:*' })], 'no'],
    [
      'a Deny under a condition',
      [everything, policy({ Effect: 'Deny', Action: 's3:*', Condition: { x: {} } })],
      'conditional',
    ],
    ['a boundary that leaves it out', [everything, policy({ Action: 'ec2:*' }, 'boundary')], 'no'],
    ['a boundary that holds it', [everything, policy({ Action: 's3:*' }, 'boundary')], 'yes'],
    ['a boundary gives nothing by itself', [policy({}, 'boundary')], 'no'],
    [
      'a Deny in the boundary',
      [everything, policy({}, 'boundary'), policy({ Effect: 'Deny' }, 'boundary')],
      'no',
    ],
  ])('%s', (_, policies, expected) => {
    expect(grant('s3:GetObject', ...policies)).toBe(expected);
  });
});

describe('matches', () => {
  it('is what a regular expression of the same meaning says', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', ':'), maxLength: 8 });
    const pattern = fc.string({ unit: fc.constantFrom('a', 'b', ':', '*', '?'), maxLength: 8 });
    fc.assert(
      fc.property(pattern, text, (wild, plain) => {
        const oracle = new RegExp(`^${wild.replaceAll('*', '.*').replaceAll('?', '.')}$`);
        expect(matches(wild, plain)).toBe(oracle.test(plain));
      }),
      { numRuns: 1000 },
    );
  });

  it('takes no time for a pattern that is meant to', () => {
    expect(matches('a*'.repeat(200), `${'a'.repeat(5000)}b!`.slice(0, -1))).toBe(true);
    expect(matches(`${'*a'.repeat(200)}c`, 'a'.repeat(5000))).toBe(false);
  });
});

it('reads documents as IAM sends them, one statement or many', () => {
  const document = { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: 's3:*', Resource: '*' } };
  expect(readPolicy(encodeURIComponent(JSON.stringify(document)), 'n', 'user').statements).toEqual([
    document.Statement,
  ]);
  expect(
    readPolicy(JSON.stringify({ Statement: [document.Statement] }), 'n', 'user').statements,
  ).toHaveLength(1);
});

describe('assessBlastRadius', () => {
  it('knows an administrator, and one whom a boundary stops', () => {
    expect(assessBlastRadius([everything])).toMatchObject({
      admin: 'yes',
      summary: expect.stringContaining('administrator'),
    });
    const limited = assessBlastRadius([everything, policy({ Action: ['s3:*'] }, 'boundary')]);
    expect(limited.admin).toBe('no');
    expect(limited.harm.map(({ action }) => action)).toEqual(['s3:GetObject', 's3:DeleteObject']);
  });

  it('names a way to more rights only when all of its actions are allowed', () => {
    const half = assessBlastRadius([policy({ Action: ['lambda:CreateFunction', 'iam:PassRole'] })]);
    expect(half.escalation).toEqual([]);
    const whole = assessBlastRadius([policy({ Action: ['lambda:*', 'iam:PassRole'] })]);
    expect(whole.escalation.map(({ way }) => way)).toContain('run code as a role in Lambda');
    expect(whole.summary).toContain('raise its own rights');
  });
});

it('recognises quarantine policies of every version and nothing else', () => {
  const arn = (name: string) => `arn:aws:iam::aws:policy/${name}`;
  const names = [
    'AWSCompromisedKeyQuarantine',
    'AWSCompromisedKeyQuarantineV2',
    'AWSCompromisedKeyQuarantineV9',
    'ReadOnlyAccess',
  ];
  expect(quarantineAmong(names.map(arn))).toEqual(names.slice(0, 3));
});
