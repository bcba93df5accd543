import type { IAM } from '@aws-sdk/client-iam';
import { listAll, orNote } from '../iam.ts';
import { inParallel } from '../in-parallel.ts';
import { listKeys, readUse } from '../respond/snapshot.ts';
import { type ReportRow, readCredentialReport } from './credential-report.ts';
import type { Issue } from './issue.ts';

/** Days. */
export interface Limits {
  maxAge: number;
  unused: number;
}

export interface AccountKey {
  /** Absent for root, whose keys only root can list. */
  id?: string;
  user: string;
  status: 'Active' | 'Inactive';
  /** Days since it was made. */
  age?: number;
  /** Days since its last use; absent: never used. */
  idle?: number;
  lastUsed?: { date?: string; service?: string; region?: string };
  /** A finding of the joined report has it. */
  leaked?: boolean;
}

export interface AccountHygiene {
  account: string;
  /** ISO 8601, UTC: the credential report may be four hours old. */
  reported?: string;
  users: number;
  keys: AccountKey[];
  issues: Issue[];
  /** Reads that failed. */
  unread: string[];
}

const DAY = 24 * 3600_000;
const LANES = 4;

/**
 * An account's keys and passwords against limits: CIS AWS Foundations asks for rotation within 90 days and for keys unused
 * for 45 days to be switched off. Ids come from the key API, as the credential report has none.
 */
export async function assessAccount(
  iam: IAM,
  account: string,
  who: string,
  limits: Limits,
  leaked: ReadonlySet<string>,
): Promise<AccountHygiene> {
  const { rows, generated } = await readCredentialReport(iam, who);
  const unread: string[] = [];
  const keys: AccountKey[] = [];
  await inParallel(LANES, rows, async (row) => {
    if (row.keys.length > 0) keys.push(...(await keysOf(iam, row, leaked, unread)));
  });
  keys.sort((a, b) => (b.age ?? 0) - (a.age ?? 0));
  const credentials = await orNote(
    'iam:ListServiceSpecificCredentials',
    listAll(
      (page) => iam.listServiceSpecificCredentials({ AllUsers: true, ...page }),
      ({ ServiceSpecificCredentials }) => ServiceSpecificCredentials,
    ),
    [],
    unread,
  );
  const issues = [
    ...rows.flatMap((row) => issuesOfUser(row, limits)),
    ...keys.flatMap((key) => issuesOfKey(key, limits)),
    ...credentials
      .filter(({ Status }) => Status === 'Active')
      .map(({ UserName = '', ServiceName = '', ServiceSpecificCredentialId = '', CreateDate }): Issue => {
        const age = daysSince(CreateDate) ?? 0;
        const old = age > limits.maxAge;
        return {
          what: `${ServiceName} credential ${ServiceSpecificCredentialId} is ${age} days old`,
          who: UserName,
          level: old ? 'over' : 'note',
          instead: 'use a role or a short-term key',
        };
      }),
  ];
  return {
    account,
    reported: generated?.toISOString(),
    users: rows.length,
    keys,
    issues,
    unread: [...new Set(unread)],
  };
}

async function keysOf(
  iam: IAM,
  row: ReportRow,
  leaked: ReadonlySet<string>,
  unread: string[],
): Promise<AccountKey[]> {
  const listed = row.isRoot ? [] : await orNote('iam:ListAccessKeys', listKeys(iam, row.user), [], unread);
  if (listed.length === 0)
    return row.keys.map(({ isActive, made, used, service, region }) => ({
      user: row.user,
      status: isActive ? 'Active' : 'Inactive',
      age: daysSince(made),
      idle: daysSince(used),
      lastUsed: used && { date: used.toISOString(), service, region },
    }));
  return Promise.all(
    listed.map(async ({ id, status, created }) => {
      const answer = await orNote(
        'iam:GetAccessKeyLastUsed',
        iam.getAccessKeyLastUsed({ AccessKeyId: id }),
        undefined,
        unread,
      );
      const lastUsed = readUse(answer?.AccessKeyLastUsed);
      return {
        id,
        user: row.user,
        status,
        age: daysSince(created ? new Date(created) : undefined),
        idle: daysSince(lastUsed?.date ? new Date(lastUsed.date) : undefined),
        lastUsed,
        ...(leaked.has(id) && { leaked: true }),
      };
    }),
  );
}

function issuesOfUser(
  { user, isRoot, hasPassword, passwordChanged, hasMfa, keys }: ReportRow,
  { maxAge }: Limits,
): Issue[] {
  const issues: Issue[] = [];
  const over = (what: string, instead: string) => issues.push({ what, who: user, level: 'over', instead });
  if (isRoot && keys.some(({ isActive }) => isActive))
    over('root has an access key', 'delete it: nothing needs root keys');
  if (isRoot && !hasMfa) over('root has no MFA', 'register a hardware key or a passkey for root');
  if (!isRoot && hasPassword && !hasMfa)
    over('a console password without MFA', 'require MFA, or move the person to Identity Center');
  const age = daysSince(passwordChanged);
  if (!isRoot && hasPassword && age !== undefined && age > maxAge)
    issues.push({
      what: `the console password is ${age} days old`,
      who: user,
      level: 'note',
      instead: 'move the person to Identity Center',
    });
  if (keys.filter(({ isActive }) => isActive).length > 1)
    over('two active keys', 'deactivate the one that is not in use');
  return issues;
}

function issuesOfKey(
  { id, user, status, age, idle, leaked }: AccountKey,
  { maxAge, unused }: Limits,
): Issue[] {
  const name = id ?? 'an access key';
  const issues: Issue[] = [];
  const over = (what: string, instead: string) => issues.push({ what, who: user, level: 'over', instead });
  if (leaked && status === 'Active')
    over(`${name} has LEAKED and is active`, `unleak respond plan --key ${id}`);
  if (status === 'Inactive') {
    if (leaked)
      issues.push({
        what: `${name} has leaked and is inactive`,
        who: user,
        level: 'note',
        instead: `unleak respond apply --key ${id} --delete`,
      });
    return issues;
  }
  if (age !== undefined && age > maxAge)
    over(`${name} is ${age} days old`, 'make a new one and deactivate it, or better: use a role');
  if (idle === undefined && (age ?? 0) > unused)
    over(`${name} was never used in ${age} days`, 'deactivate it, then delete it');
  if (idle !== undefined && idle > unused)
    over(`${name} is unused for ${idle} days`, 'deactivate it, then delete it');
  return issues;
}

function daysSince(date: Date | undefined): number | undefined {
  return date && Math.floor((Date.now() - date.getTime()) / DAY);
}
