import type { IAM } from '@aws-sdk/client-iam';
import { UserError } from '../../model/errors.ts';
import { assessBlastRadius, type BlastRadius, quarantineAmong } from '../blast-radius.ts';
import { explainFailure, orNote } from '../iam.ts';
import type { Operator } from '../operator.ts';
import { lookBack, type TrailEvent, type TrailSummary } from '../trail.ts';
import { findOwner } from './find-owner.ts';
import { readPolicies, type Snapshot, takeSnapshot } from './snapshot.ts';
import type { State } from './state.ts';
import { newState } from './state.ts';
import { type PlannedStep, stepsForKey } from './steps.ts';
import type { Target } from './target.ts';

export interface PlanOptions {
  /** Whether anybody could read the leak. Public and unknown leaks are contained first; only a private one may wait for a new key. */
  exposure: 'public' | 'private' | 'unknown';
  /** Regions for the look back; the partition's default ones when absent. */
  regions?: string[];
  /** Actions to put to IAM's own simulator. */
  simulate?: string[];
  /** Skips CloudTrail. */
  noTrail?: boolean;
}

export interface Plan {
  id: string;
  account: string;
  partition: string;
  operator: string;
  user: string;
  snapshot: Snapshot;
  blastRadius: BlastRadius;
  quarantine: string[];
  simulated?: { action: string; decision: string }[];
  trail?: TrailSummary;
  /** What stops working when the key is deactivated. */
  breaks: string[];
  warnings: string[];
  order: State['order'];
  orderReason: string;
  steps: PlannedStep[];
  /** Reads that failed, with the permission each needs. */
  unread: string[];
}

const DAY = 24 * 3600_000;

/**
 * Learns everything a response needs, by reads alone.
 * @throws {UserError} when the key is not of this account, belongs to root, or the owner's keys cannot be listed
 */
export async function planKey(
  target: Target,
  operator: Operator,
  iam: IAM,
  options: PlanOptions,
): Promise<{ plan: Plan; state: State }> {
  const user = await findOwner(target, operator, iam);
  const snapshot = await takeSnapshot(iam, user).catch((error) => {
    throw explainFailure(error, 'iam:ListAccessKeys', operator.identity.arn);
  });
  const key = snapshot.keys.find(({ id }) => id === target.id);
  if (!key)
    throw new UserError(
      `IAM names ${user} as the owner of ${target.id} but does not list it among the user's keys: plan again in a minute`,
      3,
    );
  const unread = snapshot.unread;
  const policies = await readPolicies(iam, snapshot, unread);
  const since = target.since ?? (key.created ? new Date(key.created) : new Date(Date.now() - 90 * DAY));
  const trail = options.noTrail
    ? undefined
    : await lookBack(target.id, since, operator, { regions: options.regions, ignore: isOurs });
  const quarantine = quarantineAmong(snapshot.attached);
  const { order, orderReason } = chooseOrder(key, quarantine, options);
  const plan: Plan = {
    id: target.id,
    account: operator.identity.account,
    partition: operator.partition.id,
    operator: operator.identity.arn,
    user,
    snapshot,
    blastRadius: assessBlastRadius(policies),
    quarantine,
    simulated: await simulate(iam, snapshot, options.simulate ?? [], unread),
    trail,
    breaks: whatBreaks(key, snapshot),
    warnings: warningsOf(target, snapshot, quarantine),
    order,
    orderReason,
    steps: stepsForKey({
      id: target.id,
      user,
      order,
      keys: snapshot.keys,
      provable: target.secret !== undefined,
    }),
    unread: [...new Set(unread)],
  };
  const state = newState({
    id: target.id,
    kind: 'key',
    account: plan.account,
    partition: plan.partition,
    user,
    order,
    since: since.toISOString(),
    before: snapshot,
  });
  return { plan, state };
}

function chooseOrder(
  key: Snapshot['keys'][number],
  quarantine: string[],
  { exposure }: PlanOptions,
): { order: State['order']; orderReason: string } {
  const usedAt = key.lastUsed?.date ? Date.parse(key.lastUsed.date) : 0;
  const isBusy = Date.now() - usedAt < DAY;
  if (quarantine.length > 0)
    return { order: 'contain-first', orderReason: 'AWS itself has seen the key in public' };
  if (exposure === 'private' && isBusy && key.status === 'Active')
    return {
      order: 'rotate-first',
      orderReason: 'the leak is private and the key was used within a day: the new key comes first',
    };
  return {
    order: 'contain-first',
    orderReason:
      exposure === 'private'
        ? 'the key has not been used for a day'
        : 'anybody may have read it: a leaked key is stopped first',
  };
}

function whatBreaks({ status, lastUsed }: Snapshot['keys'][number], { keys }: Snapshot): string[] {
  if (status === 'Inactive') return ['nothing: the key is inactive already'];
  if (!lastUsed?.date) return ['nothing that IAM knows of: it has never recorded a use of this key'];
  const where = [lastUsed.service, lastUsed.region].filter(Boolean).join(' in ');
  const others = keys.filter((key) => key.status === 'Active').length - 1;
  return [
    `whatever called ${where || 'AWS'} at ${lastUsed.date} (the last use; IAM records it with up to 15 minutes' delay)`,
    ...(lastUsed.service === 'sts'
      ? [
          'perhaps nothing more than unleak: asking STS whether the key works is a use too, and IAM keeps only the last',
        ]
      : []),
    ...(others === 0 ? ['everything of this user that needs a key: it has no other active one'] : []),
  ];
}

function warningsOf(
  { id }: Target,
  { keys, loginProfile, mfa, serviceCredentials }: Snapshot,
  quarantine: string[],
): string[] {
  const others = keys.filter((key) => key.id !== id);
  return [
    ...quarantine.map(
      (name) =>
        `${name} is attached: AWS has seen the key in public. The key still works, it cannot deactivate itself, and unleak leaves the policy in place`,
    ),
    ...others.map(
      (key) =>
        `the user has another key ${key.id} (${key.status}, made ${key.created ?? '?'}, last used ${key.lastUsed?.date ?? 'never'}): judge whether it is yours`,
    ),
    ...(loginProfile && mfa.length === 0 ? ['the user has a console password and no MFA'] : []),
    ...(loginProfile ? [`the user has a console password, set ${loginProfile}`] : []),
    ...serviceCredentials.map(
      (made) =>
        `the user has a ${made.service} credential ${made.id} (${made.status}): respond to it with --key ${made.id}`,
    ),
  ];
}

async function simulate(iam: IAM, { arn }: Snapshot, actions: string[], unread: string[]) {
  if (actions.length === 0 || !arn) return undefined;
  const answer = await orNote(
    'iam:SimulatePrincipalPolicy',
    iam.simulatePrincipalPolicy({ PolicySourceArn: arn, ActionNames: actions }),
    undefined,
    unread,
  );
  return answer?.EvaluationResults?.map(({ EvalActionName = '', EvalDecision = '' }) => ({
    action: EvalActionName,
    decision: EvalDecision,
  }));
}

/** Our own questions with the leaked pair are no use of it by others. */
export function isOurs({ name, agent }: TrailEvent): boolean {
  return name === 'GetCallerIdentity' && agent.startsWith('unleak/');
}
