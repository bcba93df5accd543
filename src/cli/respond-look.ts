import { resolve } from 'node:path';
import { UserError } from '../model/errors.ts';
import type { Io, Values } from './command.ts';
import { confirmKey } from './confirm-key.ts';
import { type Context, makePlan, print, resume } from './respond-context.ts';

/** Reads alone, and a state file to begin with. */
export async function plan(context: Context, values: Values, io: Io): Promise<number> {
  const { readState, writeState } = await import('../aws/respond/state.ts');
  const made = await makePlan(context, values);
  const known = readState(context.statePath, context.target.id);
  const isUnderWay = known?.deactivatedAt || known?.rotation || known?.revocation;
  // A response under way keeps what it has done; what is new about the user since is known from now on.
  writeState(context.statePath, isUnderWay ? { ...known, before: made.state.before } : made.state);
  if (isUnderWay) context.say(`a response is under way (state ${context.statePath}): apply goes on with it`);
  print(io, values, { plan: made.plan, state: context.statePath }, made.lines);
  return 0;
}

/** @returns 0 contained and quiet, 1 live or in use, 3 the ledger was changed */
export async function status(context: Context, values: Values, io: Io): Promise<number> {
  const [{ lookAt, isContained }, { showStatus }, { historyAdvice, writeReplacements }] = await Promise.all([
    import('../aws/respond/status.ts'),
    import('../aws/respond/show.ts'),
    import('../aws/respond/history-advice.ts'),
  ]);
  const response = await resume(context, values);
  const found = await lookAt(response, {
    regions: values.regions as string[] | undefined,
    noTrail: values['no-trail'] === true,
  });
  const contained = isContained(found, response);
  const named = values['history-file'] as string | undefined;
  const file = named && resolve(io.cwd, named);
  if (file && !(contained && response.state.proof))
    throw new UserError(
      `${context.target.id} is not proven dead: history is rewritten only after that, or the rewrite hides a live key`,
    );
  if (file && !context.target.secret)
    throw new UserError(
      '--history-file needs the leaked secret: give it by --secret-stdin, or a report written with --show-secrets',
    );
  if (file) writeReplacements(file, context.target);
  const advice = contained ? historyAdvice(context.target, response.state, file) : [];
  print(io, values, { ...found, contained, history: advice }, [
    ...showStatus(found),
    ...(advice.length > 0 ? ['', ...advice] : []),
  ]);
  if (found.ledger.problem) return 3;
  return contained && found.quiet?.isQuiet !== false ? 0 : 1;
}

/** Takes back what the ledger says was done. */
export async function undo(context: Context, values: Values, io: Io): Promise<number> {
  const [{ undoResponse }, { takeLock }] = await Promise.all([
    import('../aws/respond/undo.ts'),
    import('../aws/lock.ts'),
  ]);
  const unlock = takeLock(context.statePath);
  try {
    const { readState } = await import('../aws/respond/state.ts');
    if (!readState(context.statePath, context.target.id))
      throw new UserError(
        `there is no state of ${context.target.id} at ${context.statePath}: nothing was done from here that could be undone`,
      );
    const response = await resume(context, values);
    await confirmKey(context.target.id, values.yes as string | undefined, io);
    await undoResponse(response);
    print(io, values, { id: context.target.id, undone: true }, [
      `${context.target.id}: what the ledger says was done is taken back.`,
    ]);
    return 0;
  } finally {
    unlock();
  }
}
