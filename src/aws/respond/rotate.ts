import { UserError } from '../../model/errors.ts';
import { orMissing } from '../iam.ts';
import { askIdentity } from '../identity.ts';
import { pause } from '../pause.ts';
import { change, need, note, type Response, update } from './response.ts';
import type { Sink } from './sinks.ts';
import { type KeyState, listKeys } from './snapshot.ts';

/** Inactive keys count too. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const MAX_KEYS = 2;

/** A new key needs about ten seconds before its first use. Milliseconds. */
const FIRST_USE_DELAYS = [1000, 2000, 4000, 8000, 8000];

/**
 * Makes the user's new key and hands it to the sink. The secret lives in one variable between IAM's answer and the sink.
 * After a crash in between it is lost, so the key that nobody holds is deleted before another one is made: the user never
 * has two new keys.
 * @throws {UserError} when both slots are taken, when a key stands there that nobody knows, or when the sink fails (exit 3)
 */
export async function rotate(
  response: Response,
  sink: Sink,
  delays: number[] = FIRST_USE_DELAYS,
): Promise<void> {
  const { iam, state, target, say } = response;
  if (state.rotation?.deliveredAt)
    return say(`the new key ${state.rotation.newKeyId} is in ${state.rotation.sink} already`);
  await sink.check();
  const keys = await currentKeys(response);
  if (state.rotation) await takeBackLostKey(response, sink, keys);
  if (state.rotation?.deliveredAt) return;
  const listed = await currentKeys(response);
  refuseStrangers(response, listed);
  refuseFullSlots(response, listed);
  update(response, { rotation: { sink: sink.name, listed: listed.map(({ id }) => id) } });
  const request = { UserName: state.user };
  const created = await change(
    response,
    { step: 'rotate', call: 'iam:CreateAccessKey', request, before: { keys: state.rotation!.listed } },
    () => iam.createAccessKey(request),
  );
  const id = created.AccessKey!.AccessKeyId!;
  const secret = created.AccessKey!.SecretAccessKey!;
  update(response, { rotation: { ...state.rotation!, newKeyId: id } });
  await sink.put({ id, secret, user: state.user });
  note(response, {
    step: 'rotate',
    outcome: 'done',
    note: `delivered to ${sink.name}`,
    after: { keyId: id, secret: response.ledger.hashSecret(secret) },
  });
  update(response, { rotation: { ...state.rotation!, newKeyId: id, deliveredAt: new Date().toISOString() } });
  say(`the new key ${id} is in ${sink.name}`);
  await confirmFirstUse(response, { accessKeyId: id, secretAccessKey: secret }, delays);
  if (target.id === id) throw new Error('IAM gave the leaked id again');
}

/** The user's keys besides the leaked one that no earlier look knew. */
function refuseStrangers({ state, target }: Response, keys: KeyState[]): void {
  const known = new Set([target.id, ...(state.before?.keys.map(({ id }) => id) ?? [])]);
  const stranger = keys.find(({ id }) => !known.has(id));
  if (stranger)
    throw new UserError(
      `${state.user} has a key ${stranger.id} that was not there when this was planned (made ${stranger.created ?? '?'}): ` +
        'another operator or an intruder made it. Find out which, end it if need be, then plan again',
      3,
    );
}

function refuseFullSlots({ state, target }: Response, keys: KeyState[]): void {
  if (keys.length < MAX_KEYS) return;
  const list = keys
    .map(({ id, status, created }) => `${id} (${status}, made ${created ?? '?'})`)
    .join(' and ');
  throw new UserError(
    `${state.user} has ${MAX_KEYS} keys, ${list}, and IAM permits no third: delete the one that nobody needs ` +
      `(aws iam delete-access-key --user-name ${state.user} --access-key-id <id>; for ${target.id}: respond apply --delete), then run this again`,
    3,
  );
}

/** Deals with a key that was made before a crash and may not have reached the sink. */
async function takeBackLostKey(response: Response, sink: Sink, keys: KeyState[]): Promise<void> {
  const { iam, state, say } = response;
  const rotation = state.rotation!;
  const made = keys.filter(({ id }) => !rotation.listed.includes(id));
  if (made.length === 0) return;
  if (made.length > 1)
    throw new UserError(
      `${state.user} has more new keys (${made.map(({ id }) => id).join(', ')}) than were asked for: find out who made them`,
      3,
    );
  const [{ id }] = made;
  if (sink.holds?.(id)) {
    update(response, { rotation: { ...rotation, newKeyId: id, deliveredAt: new Date().toISOString() } });
    return say(`the new key ${id} had reached ${rotation.sink}`);
  }
  const used = await need(
    response,
    'iam:GetAccessKeyLastUsed',
    orMissing(iam.getAccessKeyLastUsed({ AccessKeyId: id })),
  );
  const usedAt = used?.AccessKeyLastUsed?.LastUsedDate;
  // Ours cannot have been used when its secret reached nobody; one whose id we noted is ours in any case.
  if (usedAt && rotation.newKeyId !== id)
    throw new UserError(
      `the key ${id} appeared while this response was interrupted and has been used at ${usedAt.toISOString()}: it is not ours. End it first`,
      3,
    );
  const request = { UserName: state.user, AccessKeyId: id };
  await change(
    response,
    {
      step: 'rotate',
      call: 'iam:DeleteAccessKey',
      request,
      before: { status: 'Active', note: 'its secret was lost in a crash' },
      after: null,
    },
    () => iam.deleteAccessKey(request),
  );
  say(`${id} was made before an interruption and its secret reached nobody: deleted`);
}

async function currentKeys(response: Response): Promise<KeyState[]> {
  return need(response, 'iam:ListAccessKeys', listKeys(response.iam, response.state.user));
}

async function confirmFirstUse(
  { operator, say }: Response,
  key: { accessKeyId: string; secretAccessKey: string },
  delays: number[],
): Promise<void> {
  for (const delay of delays) {
    const answer = await askIdentity(key, operator.partition, operator.connection, operator.region);
    if ('identity' in answer) return say('AWS accepts the new key');
    await pause(delay, operator.connection.signal);
  }
  say('AWS does not accept the new key yet: it may take some more seconds');
}
