import { UserError } from '../../model/errors.ts';
import { orMissing } from '../iam.ts';
import { askIdentity, readFailure } from '../identity.ts';
import { pause } from '../pause.ts';
import { compareSnapshots } from './compare.ts';
import { change, need, note, type Response, update } from './response.ts';
import { type KeyState, listKeys, takeSnapshot } from './snapshot.ts';

/** How long and how often death is asked for; milliseconds. */
export interface ProofTiming {
  delays: number[];
  capMs: number;
}

/** IAM takes 3 to 4 seconds as a rule. The last delay repeats. */
export const PROOF_TIMING: ProofTiming = { delays: [2000, 4000, 8000, 16_000], capMs: 120_000 };

/** The key as IAM lists it in this very moment. Nothing is ever done to an id that was not re-listed. */
export async function relist(response: Response): Promise<KeyState | undefined> {
  const { state, target, iam } = response;
  const keys = await need(response, 'iam:ListAccessKeys', orMissing(listKeys(iam, state.user)));
  return keys?.find(({ id }) => id === target.id);
}

/** Deactivates the key. Done already: nothing happens. Deleted already: nothing happens either. */
export async function deactivate(response: Response): Promise<void> {
  const { iam, state, target, say } = response;
  const key = await relist(response);
  if (!key) {
    say(`${target.id} is gone from ${state.user}: it was deleted`);
    return update(response, { deactivatedAt: state.deactivatedAt ?? new Date().toISOString() });
  }
  if (key.status === 'Inactive') {
    say(`${target.id} is inactive already`);
    return update(response, { deactivatedAt: state.deactivatedAt ?? new Date().toISOString() });
  }
  const request = { UserName: state.user, AccessKeyId: target.id, Status: 'Inactive' as const };
  const what = {
    step: 'deactivate',
    call: 'iam:UpdateAccessKey',
    request,
    before: { status: 'Active' },
    after: { status: 'Inactive' },
  };
  await change(response, what, () => iam.updateAccessKey(request));
  update(response, { deactivatedAt: new Date().toISOString(), proof: undefined });
  say(`${target.id} is deactivated`);
}

/**
 * Waits until AWS refuses the leaked pair. Without its secret IAM's own list must do.
 * @returns whether the key is proven dead
 */
export async function prove(response: Response, timing: ProofTiming = PROOF_TIMING): Promise<boolean> {
  const { target, state, say } = response;
  if (state.proof?.by === 'refused') return true;
  if (!target.secret) return proveByList(response);
  const started = Date.parse(state.deactivatedAt ?? '') || Date.now();
  const until = Date.now() + timing.capMs;
  for (let round = 0; ; round++) {
    const answer = await askLeakedPair(response);
    if (answer === 'dead') {
      const afterMs = Math.max(0, Date.now() - started);
      update(response, { proof: { at: new Date().toISOString(), by: 'refused', afterMs } });
      note(response, {
        step: 'prove',
        outcome: 'done',
        call: 'sts:GetCallerIdentity',
        after: { answer: 'InvalidClientTokenId', afterMs },
      });
      say(`proven: AWS refuses the leaked pair, ${Math.round(afterMs / 1000)} s after the change`);
      return true;
    }
    if (answer === 'not-provable') {
      say('the secret at hand is not the one of this id: its death can only be read from the list');
      return proveByList(response);
    }
    const delay = timing.delays[Math.min(round, timing.delays.length - 1)];
    if (Date.now() + delay > until) break;
    say(
      `${answer === 'alive' ? 'the pair is still accepted' : 'no clear answer'}: asking again in ${delay / 1000} s`,
    );
    await pause(delay, response.operator.connection.signal);
  }
  note(response, {
    step: 'prove',
    outcome: 'failed',
    call: 'sts:GetCallerIdentity',
    note: `not refused within ${timing.capMs / 1000} s`,
  });
  say(
    `NOT proven: after ${timing.capMs / 1000} s AWS has not refused the pair. Run the same command again; if it stays so, limit the user by a service control policy`,
  );
  return false;
}

async function askLeakedPair({
  target,
  operator,
}: Response): Promise<'alive' | 'dead' | 'not-provable' | 'unclear'> {
  const credentials = { accessKeyId: target.id, secretAccessKey: target.secret!.reveal() };
  const answer = await askIdentity(credentials, operator.partition, operator.connection, operator.region);
  if ('identity' in answer) return 'alive';
  const { state } = readFailure(answer.failure, target.id, operator.partition);
  if (state === 'inactive') return 'dead';
  if (state === 'mismatch') return 'not-provable';
  return state === 'active' ? 'alive' : 'unclear';
}

async function proveByList(response: Response): Promise<boolean> {
  const key = await relist(response);
  if (key?.status === 'Active') {
    response.say(`NOT dead: IAM lists ${response.target.id} as active`);
    return false;
  }
  const after = { listed: key?.status ?? 'gone' };
  update(response, { proof: { at: new Date().toISOString(), by: 'listed' } });
  note(response, { step: 'prove', outcome: 'done', call: 'iam:ListAccessKeys', after });
  response.say(
    `IAM lists it as ${after.listed.toLowerCase()}; give the secret (--secret-stdin, or a report with secrets) to prove it by use`,
  );
  return true;
}

/** A second look at the user: what is there now and was not before. */
export async function compare(response: Response): Promise<void> {
  const { iam, state, say } = response;
  if (!state.before) throw new UserError('the state file holds no snapshot: plan anew');
  const after = await need(response, 'iam:ListAccessKeys', orMissing(takeSnapshot(iam, state.user)));
  if (!after) return say(`the user ${state.user} is gone`);
  const ours = state.rotation?.newKeyId;
  const added = compareSnapshots(state.before, after).filter(
    (line) => !(ours && line.includes(ours)) && !(state.revocation && line.includes(state.revocation.policy)),
  );
  note(response, { step: 'compare', outcome: 'done', after: { added, unread: after.unread } });
  update(response, { added });
  if (added.length === 0) say('nothing was added to the user since the plan');
  for (const line of added) say(`LOOK: ${line}. If it was not you, an intruder did it: end it too`);
  for (const line of after.unread) say(`not seen: ${line}`);
}
