import { UserError } from '../../model/errors.ts';
import type { Operator } from '../operator.ts';
import { findMember } from '../organization.ts';
import type { Target } from './target.ts';

/**
 * What forbids acting on a target with these credentials.
 * @throws {UserError} with the reason, and the way that is open instead
 */
export async function refuse(
  target: Target,
  operator: Operator,
  { asLeakedKey = false } = {},
): Promise<void> {
  const { accountId, owner } = target;
  const id = target.id || `the key of ${owner?.user}`;
  const { account, arn } = operator.identity;
  if (operator.keyIds.includes(target.id) && !asLeakedKey)
    throw new UserError(
      `${id} is the very key that you are signed in with: a key that ends itself can prove nothing and undo nothing. ` +
        'Act with another identity (--profile), or say --as-leaked-key when there is no other',
    );
  if (!accountId || !account || accountId === account) return;
  const member = await findMember(accountId, operator);
  const where =
    'name' in member
      ? `account ${accountId} (${member.name}, ${member.status}) of your organization`
      : `account ${accountId} (${member.unknown})`;
  throw new UserError(
    `${id} belongs to ${where}, and you are ${arn} of account ${account}: ` +
      `use a profile of ${accountId}, or --role-arn arn:${operator.partition.id}:iam::${accountId}:role/OrganizationAccountAccessRole`,
  );
}

/** @throws {UserError} always: root keys cannot be ended by anyone but root, or by their organization */
export function refuseRoot(id: string, { partition, identity }: Operator): never {
  throw new UserError(
    `${id} is a ROOT key of account ${identity.account}: no IAM identity of the account can end it.\n` +
      `  As root: sign in at https://${partition.console}/iam/home#/security_credentials and deactivate it there; then delete it.\n` +
      '  As an organization: from the management or delegated account, aws sts assume-root ' +
      `--target-principal ${identity.account} --task-policy-arn arn=arn:${partition.id}:iam::aws:policy/root-task/IAMDeleteRootUserCredentials, ` +
      'then delete the root key with that session (15 minutes).\n' +
      '  Until then it cannot be limited by any policy of the account; a service control policy can limit it in a member account.',
  );
}
