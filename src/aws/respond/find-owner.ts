import type { IAM } from '@aws-sdk/client-iam';
import { UserError } from '../../model/errors.ts';
import { explainFailure, listAll, orMissing } from '../iam.ts';
import { accountOfKey } from '../identity.ts';
import { inParallel } from '../in-parallel.ts';
import type { Operator } from '../operator.ts';
import { failureOf } from '../sdk.ts';
import { refuseRoot } from './refuse.ts';
import { listKeys } from './snapshot.ts';
import type { Target } from './target.ts';

/** Users asked for their keys at a time, where the owner must be searched. */
const LANES = 4;

/**
 * The user that owns an access key id. IAM tells it from the id alone; where the operator may not ask that, the keys of all
 * users are listed.
 * @throws {UserError} when the key is not in the operator's account, is root's, or may not be looked for
 */
export async function findOwner(target: Target, operator: Operator, iam: IAM): Promise<string> {
  const { identity } = operator;
  if (operator.keyIds.includes(target.id)) {
    if (identity.kind === 'root') refuseRoot(target.id, operator);
    return identity.name!;
  }
  let owner: string | undefined;
  try {
    const used = await orMissing(iam.getAccessKeyLastUsed({ AccessKeyId: target.id }));
    if (!used) throw await notHere(target, operator);
    owner = used.UserName;
  } catch (error) {
    if (error instanceof UserError) throw error;
    return searchOwner(target, operator, iam, error);
  }
  if (!owner || owner.startsWith('<root')) refuseRoot(target.id, operator);
  return owner;
}

async function searchOwner(
  { id }: Target,
  { identity }: Operator,
  iam: IAM,
  cause: unknown,
): Promise<string> {
  const { arn, account } = identity;
  let owner: string | undefined;
  try {
    const users = await listAll(
      (page) => iam.listUsers(page),
      ({ Users }) => Users,
    );
    await inParallel(LANES, users, async ({ UserName = '' }) => {
      if (owner) return;
      const keys = (await orMissing(listKeys(iam, UserName))) ?? [];
      if (keys.some((key) => key.id === id)) owner = UserName;
    });
  } catch {
    // The first question is the one to grant: the search needs more.
    if (failureOf(cause).code !== 'AccessDenied')
      throw explainFailure(cause, 'iam:GetAccessKeyLastUsed', arn);
    throw new UserError(
      `${arn} may not call iam:GetAccessKeyLastUsed for ${id}: either the permission is missing (unleak respond policy plan), ` +
        `or the key is not of account ${account}`,
      3,
    );
  }
  if (owner) return owner;
  throw new UserError(
    `no user of account ${account} has ${id}: it was deleted, belongs to root, or to another account`,
    3,
  );
}

async function notHere(
  { id, accountId }: Target,
  { identity, credentials, connection }: Operator,
): Promise<UserError> {
  const account = accountId ?? (await accountOfKey(id, credentials, connection).catch(() => undefined));
  const where =
    account && account !== identity.account
      ? `it belongs to account ${account}`
      : 'it was deleted, or belongs to another account';
  return new UserError(`${id} is not in account ${identity.account}: ${where}`, 3);
}
