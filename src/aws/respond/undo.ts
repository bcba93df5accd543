import { UserError } from '../../model/errors.ts';
import { checkLedger, type Entry } from '../ledger.ts';
import { relist } from './contain.ts';
import { change, type Response, update } from './response.ts';
import { setStatus } from './service-credentials.ts';
import { restoreSessions } from './sessions.ts';

/**
 * Takes back what this ledger says was done: reactivates the key and removes the policy against its sessions. A new key
 * that was made stays, for something may use it by now.
 * @throws {UserError} when the ledger was changed, holds nothing to take back, or the key is deleted
 */
export async function undoResponse(response: Response): Promise<void> {
  const { iam, state, target, ledger, say } = response;
  const { entries, problem } = checkLedger(ledger.path);
  if (problem)
    throw new UserError(
      `the ledger ${ledger.path} was changed (${problem}): undo trusts nothing that it says`,
      3,
    );
  const ours = entries.filter(({ key, outcome }) => key === target.id && outcome === 'done');
  if (state.kind === 'service-credential') return undoServiceCredential(response, ours);
  const last = ours.findLast(({ call }) => call === 'iam:UpdateAccessKey');
  const isDeactivated = (last?.request as { Status?: string } | undefined)?.Status === 'Inactive';
  if (!isDeactivated && !state.revocation)
    throw new UserError(`the ledger holds nothing of ${target.id} to take back`);
  if (isDeactivated) {
    const key = await relist(response);
    if (!key)
      throw new UserError(
        `${target.id} is deleted, and a deleted key cannot be brought back: make a new one`,
      );
    if (key.status === 'Active') say(`${target.id} is active already`);
    else {
      const request = { UserName: state.user, AccessKeyId: target.id, Status: 'Active' as const };
      const what = {
        step: 'undo',
        call: 'iam:UpdateAccessKey',
        request,
        before: { status: 'Inactive' },
        after: { status: 'Active' },
      };
      await change(response, what, () => iam.updateAccessKey(request));
      say(`${target.id} is active again: whoever has the leaked secret can use it`);
    }
    update(response, { deactivatedAt: undefined, proof: undefined, watch: undefined });
  }
  await restoreSessions(response);
  if (state.rotation?.newKeyId)
    say(`the new key ${state.rotation.newKeyId} stays: delete it yourself if nothing uses it`);
}

async function undoServiceCredential(response: Response, ours: Entry[]): Promise<void> {
  const last = ours.findLast(({ call }) => call === 'iam:UpdateServiceSpecificCredential');
  if ((last?.request as { Status?: string } | undefined)?.Status !== 'Inactive')
    throw new UserError(
      `the ledger holds nothing of ${response.target.id} to take back: a reset secret stays reset`,
    );
  await setStatus(response, 'Active', 'undo');
  update(response, { deactivatedAt: undefined, proof: undefined });
}
