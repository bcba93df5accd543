import type { Operator } from '../aws/operator.ts';
import type { ApplyOptions, Outcome } from '../aws/respond/apply.ts';
import type { Response } from '../aws/respond/response.ts';
import type { Sink } from '../aws/respond/sinks.ts';
import { UserError } from '../model/errors.ts';
import { homeOf } from './aws-options.ts';
import type { Io, Values } from './command.ts';
import { confirmKey } from './confirm-key.ts';
import { type Context, print, resume } from './respond-context.ts';

/** @returns 0 dead and all done, 1 not proven dead, 3 something was not done */
export async function apply(
  context: Context,
  values: Values,
  io: Io,
  watchMs: number | undefined,
): Promise<number> {
  const { target, operator, say } = context;
  const { takeLock } = await import('../aws/lock.ts');
  const unlock = takeLock(context.statePath);
  try {
    const response = await resume(context, values);
    const { state } = response;
    const { requireWhole } = await import('../aws/ledger.ts');
    requireWhole(response.ledger.path);
    if (target.kind === 'session' && !values['revoke-sessions'])
      throw new UserError(
        `${target.id} is a session key and cannot be deactivated: --revoke-sessions ends it, with all sessions of ${state.user} issued before now`,
      );
    await confirmKey(target.id, values.yes as string | undefined, io);
    const sink = values.sink ? await makeSink(values.sink as string, operator, io) : undefined;
    if (sink?.warning) say(sink.warning);
    if (values['as-leaked-key'])
      say('acting as the leaked key itself: it can only stop itself, and you cannot undo it with it');
    const options: ApplyOptions = {
      sink,
      watchMs,
      revokeSessions: values['revoke-sessions'] === true,
      delete: values.delete === true,
      asLeakedKey: values['as-leaked-key'] === true,
      regions: values.regions as string[] | undefined,
      noTrail: values['no-trail'] === true,
      proof: await proofTiming(values['proof-timeout'] as string | undefined),
    };
    const outcome = await applyByKind(response, options);
    const summary = [
      outcome.proven
        ? `${target.id} is dead${state.proof?.by === 'listed' ? " by IAM's list (its secret was not at hand to prove it by use)" : ': AWS refuses it'}.`
        : target.kind === 'session'
          ? `${target.id}: its sessions are ${outcome.open.length > 0 ? 'NOT ' : ''}revoked.`
          : `${target.id} is NOT proven dead.`,
      `Done: ${outcome.done.join(', ') || 'nothing'}.`,
      ...outcome.open.map(({ step, reason }) => `Not done: ${step}: ${reason}.`),
      ...outcome.waiting.map((step) => `Waiting: ${step}: until the watch ends at ${state.watch?.until}.`),
      ...(outcome.open.length > 0 ? ['Run the same command again: what is done stays done.'] : []),
      `State ${context.statePath}, ledger ${context.ledgerPath}.`,
    ];
    print(
      io,
      values,
      { ...outcome, id: target.id, state: context.statePath, ledger: context.ledgerPath },
      summary,
    );
    // A signal's own exit code is given by whoever catches this.
    if (io.signal.aborted) throw new UserError('interrupted: run the same command again to go on', 3);
    if (outcome.open.some(({ step }) => step !== 'prove')) return 3;
    return outcome.proven || target.kind === 'session' ? 0 : 1;
  } finally {
    unlock();
  }
}

async function applyByKind(response: Response, options: ApplyOptions): Promise<Outcome> {
  if (response.state.kind === 'session') {
    const { revokeSessions } = await import('../aws/respond/sessions.ts');
    await revokeSessions(response);
    return { proven: false, done: ['revoke-sessions'], open: [], waiting: [] };
  }
  if (response.state.kind === 'service-credential') {
    const { applyServiceCredential } = await import('../aws/respond/service-credentials.ts');
    return applyServiceCredential(response, options);
  }
  const { applyResponse } = await import('../aws/respond/apply.ts');
  return applyResponse(response, options);
}

async function makeSink(name: string, operator: Operator, io: Io): Promise<Sink> {
  const { openSink } = await import('../aws/respond/sinks.ts');
  return openSink(name, { operator, env: io.env, home: homeOf(io), cwd: io.cwd });
}

async function proofTiming(seconds: string | undefined) {
  const { PROOF_TIMING } = await import('../aws/respond/contain.ts');
  if (seconds === undefined) return PROOF_TIMING;
  if (!(Number(seconds) >= 0 && Number(seconds) <= 3600))
    throw new UserError(`--proof-timeout ${seconds}: give seconds, from 0 to 3600`);
  return { ...PROOF_TIMING, capMs: Number(seconds) * 1000 };
}
