import type { IAM } from '@aws-sdk/client-iam';
import { explainFailure } from '../iam.ts';
import type { Event, Ledger } from '../ledger.ts';
import type { Operator } from '../operator.ts';
import { failureOf } from '../sdk.ts';
import { type State, writeState } from './state.ts';
import type { Target } from './target.ts';

/** One response under way: who acts on what, and where that is written down. */
export interface Response {
  target: Target;
  operator: Operator;
  iam: IAM;
  ledger: Ledger;
  state: State;
  statePath: string;
  /** A line for the person who watches. Never holds a secret. */
  say(line: string): void;
}

/** What a call changes, as the ledger tells it. */
export interface Change {
  step: string;
  /** IAM action, such as `iam:UpdateAccessKey`. */
  call: string;
  request: Record<string, unknown>;
  before?: unknown;
  after?: unknown;
}

/**
 * Makes one call that changes something: the intent is in the ledger before, the outcome with AWS' request id after.
 * @throws {UserError} saying what failed and what to do
 */
export async function change<Answer extends { $metadata: { requestId?: string } }>(
  response: Response,
  what: Change,
  call: () => Promise<Answer>,
): Promise<Answer> {
  const { before, after, ...rest } = what;
  note(response, { ...rest, before, outcome: 'intent' });
  try {
    const answer = await call();
    note(response, { ...rest, before, after, outcome: 'done', requestId: answer.$metadata.requestId });
    return answer;
  } catch (error) {
    const { code, requestId } = failureOf(error);
    note(response, { ...rest, before, outcome: 'failed', requestId, note: code || 'no answer' });
    throw explainFailure(error, what.call, response.operator.identity.arn);
  }
}

/** Writes a line into the ledger under this response's key and actor. */
export function note({ ledger, target, operator }: Response, event: Omit<Event, 'key' | 'actor'>): void {
  ledger.append({ key: target.id, actor: operator.identity.arn, ...event });
}

/** A read that the response cannot go on without. */
export async function need<Value>(
  response: Response,
  permission: string,
  value: Promise<Value>,
): Promise<Value> {
  try {
    return await value;
  } catch (error) {
    throw explainFailure(error, permission, response.operator.identity.arn);
  }
}

/** Changes the state and writes it through. */
export function update(response: Response, parts: Partial<State>): void {
  Object.assign(response.state, parts);
  writeState(response.statePath, response.state);
}
