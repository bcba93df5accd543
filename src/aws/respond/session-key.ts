import type { IAM } from '@aws-sdk/client-iam';
import { UserError } from '../../model/errors.ts';
import { askIdentity, type Identity, readArn } from '../identity.ts';
import type { Operator } from '../operator.ts';
import { lookBack, type TrailSummary } from '../trail.ts';
import { isOurs } from './plan.ts';
import { newState, type State } from './state.ts';
import { denyOlderThan, type PlannedStep, quote, REVOKE_ROLE_POLICY, REVOKE_USER_POLICY } from './steps.ts';
import type { Target } from './target.ts';

export interface SessionPlan {
  id: string;
  account: string;
  partition: string;
  operator: string;
  /** `role/<name>` or a user's name. */
  principal: string;
  /** How the principal was found. */
  foundBy: string;
  warnings: string[];
  trail?: TrailSummary;
  steps: PlannedStep[];
}

/**
 * Plans the end of a session key (ASIA...). Such a key cannot be deactivated: all sessions of its principal that were
 * issued before a moment are denied everything instead.
 * @param principal `role/<name>` or `user/<name>`, when the operator knows it
 * @throws {UserError} when the principal cannot be found, or its sessions are ended elsewhere
 */
export async function planSession(
  target: Target,
  operator: Operator,
  iam: IAM,
  { principal, regions, noTrail }: { principal?: string; regions?: string[]; noTrail?: boolean },
): Promise<{ plan: SessionPlan; state: State }> {
  const since = target.since ?? new Date(Date.now() - 36 * 3600_000);
  const trail = noTrail ? undefined : await lookBack(target.id, since, operator, { regions, ignore: isOurs });
  const { name, foundBy } = await findPrincipal(target, operator, principal, trail);
  const role = name.startsWith('role/') ? name.slice(5) : undefined;
  if (role) {
    const path = (await iam.getRole({ RoleName: role }).catch(() => undefined))?.Role?.Path ?? '';
    if (path.startsWith('/aws-service-role/') || role.startsWith('AWSServiceRoleFor'))
      throw new UserError(
        `${role} is a service-linked role: its policies cannot be changed. End its sessions in the service that owns it`,
      );
  }
  const who = role ? `--role-name ${quote(role)}` : `--user-name ${quote(name)}`;
  const policy = role ? REVOKE_ROLE_POLICY : REVOKE_USER_POLICY;
  const document = JSON.stringify(denyOlderThan('<now>'));
  const plan: SessionPlan = {
    id: target.id,
    account: operator.identity.account,
    partition: operator.partition.id,
    operator: operator.identity.arn,
    principal: name,
    foundBy,
    warnings: [
      'a session key cannot be deactivated or deleted: it works until it expires (at most 12 hours for roles, 36 for users) or is denied',
      `the policy ends ALL sessions of ${name} that were issued before it: programs that hold one must get a new one`,
      'sts:GetCallerIdentity cannot be denied by any policy, so it goes on answering: the proof is the policy in place',
    ],
    trail,
    steps: [
      {
        number: 1,
        id: 'revoke-sessions',
        title: `deny everything to sessions of ${name} issued before now`,
        option: '--revoke-sessions',
        cli: [
          `aws iam put-${role ? 'role' : 'user'}-policy ${who} --policy-name ${policy} --policy-document '${document}'`,
        ],
        permissions: role
          ? ['iam:GetRole', 'iam:GetRolePolicy', 'iam:PutRolePolicy']
          : ['iam:GetUserPolicy', 'iam:PutUserPolicy'],
      },
    ],
  };
  const { id, account, partition } = plan;
  const times = { order: 'contain-first' as const, since: since.toISOString() };
  return { plan, state: newState({ id, account, partition, kind: 'session', user: name, ...times }) };
}

async function findPrincipal(
  target: Target,
  operator: Operator,
  given: string | undefined,
  trail: TrailSummary | undefined,
) {
  if (given) {
    const [, kind, name] = /^(role|user)\/([\w+=,.@-]+)$/.exec(given) ?? [];
    if (!name) throw new UserError(`--principal ${given}: give role/<name> or user/<name>`);
    return { name: kind === 'role' ? given : name, foundBy: 'you named it' };
  }
  if (target.secret?.known && target.sessionToken?.known) {
    const credentials = {
      accessKeyId: target.id,
      secretAccessKey: target.secret.reveal(),
      sessionToken: target.sessionToken.reveal(),
    };
    const answer = await askIdentity(credentials, operator.partition, operator.connection, operator.region);
    if ('identity' in answer)
      return { name: principalOf(answer.identity), foundBy: 'STS, asked with the leaked session' };
  }
  const arn = trail?.principals[0]?.[0];
  if (arn)
    return {
      name: principalOf(arn.includes(':role/') ? roleIdentity(arn) : readArn(arn)),
      foundBy: 'CloudTrail',
    };
  throw new UserError(
    `whose session ${target.id} is cannot be told from the id: it left no trace in CloudTrail that can be read, and no session token is at hand. ` +
      'Name the principal by --principal role/<name> or user/<name>',
    3,
  );
}

function principalOf({ kind, name, arn }: Identity): string {
  if (kind === 'identity-center')
    throw new UserError(
      `${arn} is a person's Identity Center session: end it there (IAM Identity Center, Users, the person, Active sessions, delete), ` +
        'and remove the permission set if need be. A policy on its role would be overwritten',
    );
  if (kind === 'role-session') return `role/${name}`;
  if (kind === 'user' || kind === 'federated-user') return name!;
  throw new UserError(
    `${arn} is root's session: only signing in as root and changing its password ends it before it expires`,
  );
}

function roleIdentity(arn: string): Identity {
  const name = arn.split('/').at(-1)!;
  return {
    ...readArn(arn),
    kind: name.startsWith('AWSReservedSSO_') ? 'identity-center' : 'role-session',
    name,
  };
}
