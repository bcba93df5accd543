import { UserError } from '../../model/errors.ts';
import { compare, deactivate, PROOF_TIMING, type ProofTiming, prove, relist } from './contain.ts';
import { need, note, type Response } from './response.ts';
import { rotate } from './rotate.ts';
import { revokeSessions } from './sessions.ts';
import type { Sink } from './sinks.ts';
import { listKeys } from './snapshot.ts';
import { beginWatch, remove } from './watch.ts';

export interface ApplyOptions {
  revokeSessions?: boolean;
  /** Makes a new key and hands it there. */
  sink?: Sink;
  /** How long nobody may miss the key before it may be deleted; milliseconds. */
  watchMs?: number;
  delete?: boolean;
  proof?: ProofTiming;
  regions?: string[];
  noTrail?: boolean;
  /** Only what the leaked pair can do for itself: stop, and prove it. */
  asLeakedKey?: boolean;
}

export interface Outcome {
  /** The leaked key is proven dead. */
  proven: boolean;
  done: string[];
  /** Steps that were asked for and not done, with the reason. */
  open: { step: string; reason: string }[];
  /** Steps whose time has not come. */
  waiting: string[];
}

type Step = [name: string, run: () => Promise<unknown>];

/**
 * Does the steps that were asked for, in the plan's order. Each looks first at what is so already: after a crash, or an
 * error mended, the same call goes on where it stopped. A step that fails does not hold up those that make things safer.
 */
export async function applyResponse(response: Response, options: ApplyOptions): Promise<Outcome> {
  const outcome: Outcome = { proven: false, done: [], open: [], waiting: [] };
  for (const [name, run] of await orderSteps(response, options)) {
    if (response.operator.connection.signal?.aborted) {
      outcome.open.push({ step: name, reason: 'interrupted' });
      continue;
    }
    try {
      const isDone = await run();
      if (isDone !== false) outcome.done.push(name);
      else if (name === 'prove') outcome.open.push({ step: name, reason: 'AWS has not refused the key yet' });
      else outcome.waiting.push(name);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      outcome.open.push({ step: name, reason: error.message });
      response.say(`${name}: ${error.message}`);
      // Without the deactivation nothing that follows is true; and a key in use is not stopped when its successor could not be made.
      if (name === 'deactivate' || (name === 'rotate' && outcome.done.length === 0)) break;
    }
  }
  outcome.proven = response.state.proof !== undefined && outcome.done.includes('prove');
  note(response, { step: 'apply', outcome: outcome.open.length > 0 ? 'failed' : 'done', after: outcome });
  return outcome;
}

async function orderSteps(response: Response, options: ApplyOptions): Promise<Step[]> {
  const { state } = response;
  const contain: Step[] = [
    ['deactivate', () => deactivate(response)],
    ['prove', () => prove(response, options.proof ?? PROOF_TIMING)],
  ];
  if (options.asLeakedKey) return contain;
  contain.push(['compare', () => compare(response)]);
  if (options.revokeSessions) contain.push(['revoke-sessions', () => revokeSessions(response)]);
  const renew: Step[] = options.sink ? [['rotate', () => rotate(response, options.sink!)]] : [];
  const end: Step[] = [];
  if (options.watchMs !== undefined) end.push(['watch', async () => beginWatch(response, options.watchMs!)]);
  if (options.delete) end.push(['delete', () => remove(response, options)]);
  const rotateFirst = state.order === 'rotate-first' && (await relist(response))?.status === 'Active';
  if (rotateFirst) return [...renew, ...contain, ...end];
  // Two keys are IAM's limit: where both slots are taken, deleting the leaked one makes room for the new one.
  const keys =
    options.sink && options.delete
      ? await need(response, 'iam:ListAccessKeys', listKeys(response.iam, state.user))
      : [];
  return keys.length >= 2 && !state.rotation
    ? [...contain, ...end, ...renew]
    : [...contain, ...renew, ...end];
}
