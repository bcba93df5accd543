import { orMissing } from '../iam.ts';
import { askIdentity, readFailure } from '../identity.ts';
import { checkLedger, type Entry } from '../ledger.ts';
import { need, type Response, update } from './response.ts';
import { listKeys, listServiceCredentials } from './snapshot.ts';
import { lookForUse, type Quiet } from './watch.ts';

export interface Status {
  id: string;
  user: string;
  /** What IAM lists in this moment; `Revoked` for a session that a policy denies. */
  listed: 'Active' | 'Inactive' | 'Expired' | 'deleted' | 'Revoked' | 'not revoked';
  /** What AWS answers to the leaked pair, when its secret is at hand. */
  pair?: 'accepted' | 'refused' | 'unclear' | 'another secret';
  proven?: { at: string; by: string };
  newKey?: { id: string; listed: string; sink: string };
  quiet?: Quiet;
  watchUntil?: string;
  added: string[];
  /** The next step, in words. */
  next: string;
  ledger: { path: string; entries: Entry[]; problem?: string };
}

/** Looks at everything again; changes nothing but our own notes. */
export async function lookAt(
  response: Response,
  options: { regions?: string[]; noTrail?: boolean },
): Promise<Status> {
  const { state, target, ledger, iam } = response;
  const { entries, problem } = checkLedger(ledger.path);
  const listed = await listedAs(response);
  const pair = target.secret?.known && state.kind === 'key' ? await askPair(response) : undefined;
  if (pair === 'refused' && listed !== 'Active' && !state.proof)
    update(response, { proof: { at: new Date().toISOString(), by: 'refused' } });
  const quiet =
    state.kind === 'key' && state.deactivatedAt && listed === 'Inactive'
      ? await lookForUse(response, options)
      : undefined;
  const newKeyId = state.kind === 'key' ? state.rotation?.newKeyId : undefined;
  const keys = newKeyId
    ? await need(response, 'iam:ListAccessKeys', orMissing(listKeys(iam, state.user)))
    : [];
  return {
    id: target.id,
    user: state.user,
    listed,
    pair,
    proven: state.proof,
    newKey: newKeyId
      ? {
          id: newKeyId,
          listed: keys?.find(({ id }) => id === newKeyId)?.status ?? 'deleted',
          sink: state.rotation!.sink,
        }
      : undefined,
    quiet,
    watchUntil: state.watch?.until,
    added: state.added ?? [],
    next: nextStep(response, listed, pair, quiet),
    ledger: { path: ledger.path, entries: entries.filter(({ key }) => key === target.id), problem },
  };
}

async function listedAs(response: Response): Promise<Status['listed']> {
  const { iam, state, target } = response;
  if (state.kind === 'session') return state.revocation?.doneAt ? 'Revoked' : 'not revoked';
  if (state.kind === 'service-credential') {
    const list = await need(
      response,
      'iam:ListServiceSpecificCredentials',
      orMissing(listServiceCredentials(iam, state.user)),
    );
    return (list?.find(({ id }) => id === target.id)?.status as Status['listed']) ?? 'deleted';
  }
  const keys = await need(response, 'iam:ListAccessKeys', orMissing(listKeys(iam, state.user)));
  return keys?.find(({ id }) => id === target.id)?.status ?? 'deleted';
}

async function askPair({ target, operator }: Response): Promise<Status['pair']> {
  const credentials = { accessKeyId: target.id, secretAccessKey: target.secret!.reveal() };
  const answer = await askIdentity(credentials, operator.partition, operator.connection, operator.region);
  if ('identity' in answer) return 'accepted';
  const { state } = readFailure(answer.failure, target.id, operator.partition);
  return state === 'inactive'
    ? 'refused'
    : state === 'active'
      ? 'accepted'
      : state === 'mismatch'
        ? 'another secret'
        : 'unclear';
}

/** Whether the leak is closed: what the exit code says. */
export function isContained({ listed, pair }: Status, response: Response): boolean {
  if (pair === 'accepted') return false;
  if (response.state.kind === 'service-credential' && response.state.rotation?.deliveredAt) return true;
  return listed !== 'Active' && listed !== 'not revoked';
}

function nextStep(
  { state, target }: Response,
  listed: Status['listed'],
  pair: Status['pair'],
  quiet: Quiet | undefined,
): string {
  const again = `unleak respond apply --key ${target.id}`;
  if (listed === 'deleted') return 'nothing: the key is deleted';
  if (listed === 'Revoked') return 'nothing: sessions issued before the policy are denied';
  if (listed === 'not revoked') return `${again} --revoke-sessions`;
  if (state.kind === 'service-credential' && state.rotation?.deliveredAt)
    return 'nothing: its secret was reset';
  if (listed === 'Active') return `${again}   (the key is live)`;
  if (pair === 'accepted')
    return `wait a few seconds and look again: IAM lists the key as inactive, but AWS still accepts the pair`;
  if (quiet && !quiet.isQuiet) return 'find out who still uses the key: see the uses above';
  if (quiet && !quiet.isOver) return `wait until ${state.watch!.until}, then ${again} --delete`;
  return `${again} --delete`;
}
