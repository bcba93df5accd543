import type { KeyState } from './snapshot.ts';
import type { State } from './state.ts';

/** One step of a plan as people and other programs read it. */
export interface PlannedStep {
  number: number;
  id: string;
  title: string;
  /** The option of `respond apply` that asks for it; absent when it is always done. */
  option?: string;
  /** The same by the AWS CLI. */
  cli: string[];
  permissions: string[];
  note?: string;
}

interface KeyPlan {
  id: string;
  user: string;
  order: State['order'];
  keys: KeyState[];
  /** The leaked secret is at hand. */
  provable: boolean;
}

/** The steps that end an access key, in the order they are done. */
export function stepsForKey({ id, user, order, keys, provable }: KeyPlan): PlannedStep[] {
  const who = `--user-name ${quote(user)}`;
  const full = keys.length >= 2;
  const other = keys.find((key) => key.id !== id);
  const rotate = {
    id: 'rotate',
    title: 'make a new key and hand it to a store, never to the terminal',
    option: '--rotate --sink <sink>',
    cli: [`aws iam create-access-key ${who}`],
    permissions: ['iam:ListAccessKeys', 'iam:CreateAccessKey', 'iam:DeleteAccessKey'],
    note: full
      ? `both key slots are taken (${other?.id}, ${other?.status}, last used ${other?.lastUsed?.date ?? 'never'}): one must be deleted first, and unleak does not choose which`
      : 'DeleteAccessKey only to take back a new key whose delivery a crash interrupted',
  };
  const steps = [
    {
      id: 'deactivate',
      title: 'deactivate the leaked key (can be undone)',
      cli: [`aws iam update-access-key ${who} --access-key-id ${id} --status Inactive`],
      permissions: ['iam:ListAccessKeys', 'iam:UpdateAccessKey'],
    },
    {
      id: 'prove',
      title: provable
        ? 'prove that AWS refuses the leaked pair'
        : 'confirm that IAM lists it as inactive (the secret is not at hand to prove it by use)',
      cli: provable
        ? ['aws sts get-caller-identity   # with the leaked pair, until InvalidClientTokenId']
        : [`aws iam list-access-keys ${who}`],
      permissions: provable ? [] : ['iam:ListAccessKeys'],
    },
    {
      id: 'compare',
      title: 'look again for what an intruder added: keys, policies, groups, password, MFA',
      cli: [
        `aws iam list-access-keys ${who}`,
        `aws iam list-attached-user-policies ${who}`,
        `aws iam list-user-policies ${who}`,
        `aws iam get-login-profile ${who}`,
      ],
      permissions: [
        'iam:ListAccessKeys',
        'iam:ListAttachedUserPolicies',
        'iam:ListUserPolicies',
        'iam:ListGroupsForUser',
        'iam:GetLoginProfile',
        'iam:ListMFADevices',
      ],
    },
    {
      id: 'revoke-sessions',
      title:
        'end the sessions that were made with it (GetSessionToken and GetFederationToken outlive the key, up to 36 hours)',
      option: '--revoke-sessions',
      cli: [
        `aws iam put-user-policy ${who} --policy-name ${REVOKE_USER_POLICY} --policy-document '${JSON.stringify(denyOlderThan('<now>'))}'`,
      ],
      permissions: ['iam:GetUserPolicy', 'iam:PutUserPolicy'],
    },
    rotate,
    {
      id: 'watch',
      title: 'watch that nobody misses it, by respond status',
      option: '--watch 72h',
      cli: [
        `aws iam get-access-key-last-used --access-key-id ${id}`,
        `aws cloudtrail lookup-events --lookup-attributes AttributeKey=AccessKeyId,AttributeValue=${id}   # in every region`,
      ],
      permissions: ['iam:GetAccessKeyLastUsed', 'cloudtrail:LookupEvents'],
    },
    {
      id: 'delete',
      title: 'delete it (cannot be undone)',
      option: '--delete',
      cli: [`aws iam delete-access-key ${who} --access-key-id ${id}`],
      permissions: ['iam:ListAccessKeys', 'iam:DeleteAccessKey'],
    },
  ];
  const ordered = order === 'rotate-first' ? [rotate, ...steps.filter((step) => step !== rotate)] : steps;
  return ordered.map((step, index) => ({ number: index + 1, ...step }));
}

export const REVOKE_USER_POLICY = 'UnleakRevokeOlderSessions';
/** The name that AWS' own console gives to the same policy of a role. */
export const REVOKE_ROLE_POLICY = 'AWSRevokeOlderSessions';

/** Denies everything to sessions issued before a moment. A long-term key's own requests carry no issue time and are not touched. */
export function denyOlderThan(time: string) {
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Deny',
        Action: ['*'],
        Resource: ['*'],
        Condition: { DateLessThan: { 'aws:TokenIssueTime': time } },
      },
    ],
  };
}

/** As a shell needs it. */
export function quote(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
