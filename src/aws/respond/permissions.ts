import { UserError } from '../../model/errors.ts';
import type { Partition } from '../partitions.ts';

/** What each part of a response needs, and no more. */
export const PARTS = ['plan', 'contain', 'rotate', 'delete', 'keys'] as const;
export type Part = (typeof PARTS)[number];

const READS = [
  'iam:GetAccessKeyLastUsed',
  'iam:GetUser',
  'iam:ListAccessKeys',
  'iam:ListAttachedUserPolicies',
  'iam:ListUserPolicies',
  'iam:GetUserPolicy',
  'iam:ListGroupsForUser',
  'iam:ListAttachedGroupPolicies',
  'iam:ListGroupPolicies',
  'iam:GetGroupPolicy',
  'iam:GetPolicy',
  'iam:GetPolicyVersion',
  'iam:GetLoginProfile',
  'iam:ListMFADevices',
  'iam:ListSSHPublicKeys',
  'iam:ListSigningCertificates',
  'iam:ListServiceSpecificCredentials',
  'iam:GetRole',
  'iam:GetRolePolicy',
  'iam:SimulatePrincipalPolicy',
  'cloudtrail:LookupEvents',
];

const ACTIONS: Record<Part, string[]> = {
  plan: READS,
  contain: ['iam:UpdateAccessKey', 'iam:UpdateServiceSpecificCredential'],
  rotate: ['iam:CreateAccessKey', 'iam:DeleteAccessKey', 'iam:ResetServiceSpecificCredential'],
  delete: ['iam:DeleteAccessKey', 'iam:DeleteServiceSpecificCredential'],
  keys: [
    'iam:GenerateCredentialReport',
    'iam:GetCredentialReport',
    'iam:ListAccessKeys',
    'iam:GetAccessKeyLastUsed',
    'iam:ListServiceSpecificCredentials',
  ],
};

/** Actions on the policy of one name, so that the operator can write no other. */
const REVOKE = ['iam:PutUserPolicy', 'iam:DeleteUserPolicy', 'iam:PutRolePolicy', 'iam:DeleteRolePolicy'];

/** The part whose policy grants an action, such as `contain`; undefined for actions that no policy here grants. */
export function partThatGrants(action: string): Part | undefined {
  if (REVOKE.includes(action)) return 'contain';
  // Deleting is a part of its own; rotate has it too, to take back a key that reached nobody.
  return (['plan', 'contain', 'delete', 'rotate', 'keys'] as const).find((part) =>
    ACTIONS[part].includes(action),
  );
}

export interface PolicyOptions {
  partition: Partition;
  /** Limits what changes to users of this account; any when absent. */
  account?: string;
  sink?: string;
}

/** The least policy for parts of a response: reads anywhere, changes on users (and for sessions roles) alone. */
export function policyFor(parts: Part[], { partition, account = '*', sink }: PolicyOptions): object {
  const users = `arn:${partition.id}:iam::${account}:user/*`;
  const roles = `arn:${partition.id}:iam::${account}:role/*`;
  const changes = [
    ...new Set(parts.filter((part) => part !== 'plan' && part !== 'keys').flatMap((part) => ACTIONS[part])),
  ];
  const reads = [
    ...new Set([
      ...(parts.some((part) => part !== 'keys') ? READS : []),
      ...(parts.includes('keys') ? ACTIONS.keys : []),
    ]),
  ];
  return {
    Version: '2012-10-17',
    Statement: [
      { Sid: 'Read', Effect: 'Allow', Action: reads.sort(), Resource: '*' },
      ...(changes.length > 0
        ? [{ Sid: 'Change', Effect: 'Allow', Action: changes.sort(), Resource: users }]
        : []),
      ...(parts.includes('contain')
        ? [{ Sid: 'RevokeSessions', Effect: 'Allow', Action: REVOKE, Resource: [users, roles] }]
        : []),
      ...sinkStatement(sink, partition, account),
    ],
  };
}

function sinkStatement(sink: string | undefined, partition: Partition, account: string): object[] {
  const [, kind, name] = /^(secretsmanager|ssm):(.+)$/.exec(sink ?? '') ?? [];
  if (kind === 'secretsmanager')
    return [
      {
        Sid: 'Deliver',
        Effect: 'Allow',
        Action: ['secretsmanager:PutSecretValue', 'secretsmanager:CreateSecret'],
        Resource: `arn:${partition.id}:secretsmanager:*:${account}:secret:${name}-*`,
      },
    ];
  if (kind === 'ssm')
    return [
      {
        Sid: 'Deliver',
        Effect: 'Allow',
        Action: ['ssm:PutParameter'],
        Resource: `arn:${partition.id}:ssm:*:${account}:parameter/${name.replace(/^\//, '')}`,
      },
    ];
  return [];
}

/** @throws {UserError} for a word that names no part */
export function readParts(words: string[]): Part[] {
  const wrong = words.find((word) => !(PARTS as readonly string[]).includes(word));
  if (wrong) throw new UserError(`unleak respond policy ${wrong}: it takes ${PARTS.join(', ')}`);
  return words.length > 0 ? (words as Part[]) : ['plan', 'contain', 'rotate', 'delete'];
}
