import { UserError } from '../../model/errors.ts';
import { orMissing } from '../iam.ts';
import { lookBack, type TrailSummary } from '../trail.ts';
import { relist } from './contain.ts';
import { isOurs } from './plan.ts';
import { change, need, note, type Response, update } from './response.ts';

/** Begins (or prolongs) the time in which nobody may miss the key. */
export function beginWatch(response: Response, durationMs: number): void {
  const from = Date.parse(response.state.deactivatedAt ?? '') || Date.now();
  const until = new Date(from + durationMs).toISOString();
  if (response.state.watch?.until === until) return;
  update(response, { watch: { until } });
  note(response, { step: 'watch', outcome: 'note', note: `quiet until ${until} is asked for` });
  response.say(`watching until ${until}: run unleak respond status --key ${response.target.id} to look`);
}

export interface Quiet {
  isQuiet: boolean;
  /** The watch is over, or none was asked for. */
  isOver: boolean;
  uses: string[];
  trail?: TrailSummary;
}

/** IAM records a use with up to this delay, so a use just before the deactivation may be dated after it. */
const USE_SLACK_MS = 15 * 60_000;

/** Whether anybody has used, or tried to use, the key since it was deactivated. */
export async function lookForUse(
  response: Response,
  options: { regions?: string[]; noTrail?: boolean } = {},
): Promise<Quiet> {
  const { iam, state, target, operator } = response;
  const since = new Date(state.deactivatedAt ?? state.plannedAt);
  const uses: string[] = [];
  const used = await need(
    response,
    'iam:GetAccessKeyLastUsed',
    orMissing(iam.getAccessKeyLastUsed({ AccessKeyId: target.id })),
  );
  const { LastUsedDate, ServiceName, Region } = used?.AccessKeyLastUsed ?? {};
  // STS is what our own proof asks, so its date alone says nothing.
  if (LastUsedDate && LastUsedDate.getTime() > since.getTime() + USE_SLACK_MS && ServiceName !== 'sts')
    uses.push(`IAM: used for ${ServiceName} in ${Region} at ${LastUsedDate.toISOString()}`);
  const trail = options.noTrail
    ? undefined
    : await lookBack(target.id, since, operator, { regions: options.regions, ignore: isOurs });
  if (trail && trail.events > 0)
    uses.push(
      `CloudTrail: ${trail.events} calls since ${trail.first}, from ${trail.addresses
        .slice(0, 5)
        .map(([address]) => address)
        .join(', ')}`,
    );
  const until = Date.parse(state.watch?.until ?? '') || 0;
  return { isQuiet: uses.length === 0, isOver: Date.now() >= until, uses, trail };
}

/**
 * Deletes the key for good: only when it is dead by proof, listed as inactive in this moment, and was quiet for the time said.
 * @returns false when it is too early
 * @throws {UserError} when somebody uses the key, or has woken it again
 */
export async function remove(
  response: Response,
  options: { regions?: string[]; noTrail?: boolean },
): Promise<boolean> {
  const { iam, state, target, say } = response;
  const key = await relist(response);
  if (!key) {
    if (!state.deletedAt) update(response, { deletedAt: new Date().toISOString() });
    say(`${target.id} is deleted`);
    return true;
  }
  if (key.status === 'Active')
    throw new UserError(
      `${target.id} is active again: somebody woke it. Run respond apply to contain it first`,
      3,
    );
  if (!state.proof)
    throw new UserError(`${target.id} is not proven dead, so it is not deleted: run respond apply again`, 3);
  const { isQuiet, isOver, uses } = await lookForUse(response, options);
  if (!isQuiet)
    throw new UserError(`${target.id} is still in use, so it is not deleted: ${uses.join('; ')}`, 3);
  if (!isOver) {
    say(`not deleted yet: the watch lasts until ${state.watch!.until}`);
    return false;
  }
  const request = { UserName: state.user, AccessKeyId: target.id };
  await change(
    response,
    { step: 'delete', call: 'iam:DeleteAccessKey', request, before: { status: 'Inactive' }, after: null },
    () => iam.deleteAccessKey(request),
  );
  update(response, { deletedAt: new Date().toISOString() });
  say(`${target.id} is deleted`);
  return true;
}
