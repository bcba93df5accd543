import type { Operator } from './operator.ts';
import { clientConfig, failureOf, nameUserAgent } from './sdk.ts';

/** An account of the operator's organization, or why nothing is known of it. */
export type Membership = { name: string; status: string } | { unknown: string };

/** Whether an account belongs to the operator's organization. Works from its management account and delegated ones. */
export async function findMember(accountId: string, operator: Operator): Promise<Membership> {
  const { Organizations } = await import('@aws-sdk/client-organizations');
  const { connection } = operator;
  const client = nameUserAgent(
    new Organizations(await clientConfig('organizations', operator, connection)),
    connection,
  );
  let NextToken: string | undefined;
  try {
    do {
      const page = await client.listAccounts({ NextToken });
      const found = page.Accounts?.find(({ Id }) => Id === accountId);
      if (found) return { name: found.Name ?? '', status: found.Status ?? '' };
      NextToken = page.NextToken;
    } while (NextToken);
    return { unknown: 'it is no member of your organization' };
  } catch (error) {
    const { code } = failureOf(error);
    if (code === 'AWSOrganizationsNotInUse') return { unknown: 'your account is in no organization' };
    return {
      unknown: `your organization could not be asked (${code || 'no answer'}; organizations:ListAccounts is needed)`,
    };
  }
}
