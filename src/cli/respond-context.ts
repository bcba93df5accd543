import { resolve } from 'node:path';
import type { IAM } from '@aws-sdk/client-iam';
import type { Operator } from '../aws/operator.ts';
import type { Response } from '../aws/respond/response.ts';
import type { State } from '../aws/respond/state.ts';
import type { Target } from '../aws/respond/target.ts';
import { UserError } from '../model/errors.ts';
import { connect, signInAs, stateFolder } from './aws-options.ts';
import type { Io, Values } from './command.ts';
import { showLines } from './show-lines.ts';

/** Who acts on what, and where it is written down. */
export interface Context {
  target: Target;
  operator: Operator;
  iam: IAM;
  statePath: string;
  ledgerPath: string;
  say(line: string): void;
}

/** Signs in, and refuses what must not be acted on. @throws {UserError} */
export async function open(given: Target, values: Values, io: Io): Promise<Context> {
  const [{ refuse }, { openIam }] = await Promise.all([
    import('../aws/respond/refuse.ts'),
    import('../aws/iam.ts'),
  ]);
  const asLeakedKey = values['as-leaked-key'] === true;
  if (asLeakedKey && !given.secret)
    throw new UserError(
      '--as-leaked-key needs the leaked secret: give it by --secret-stdin, or a report written with --show-secrets',
    );
  const leaked = asLeakedKey
    ? {
        accessKeyId: given.id,
        secretAccessKey: given.secret!.reveal(),
        sessionToken: given.sessionToken?.reveal(),
      }
    : undefined;
  const say = (line: string) => showLines(io.stderr, [line]);
  const operator = await signInAs(values, io, await connect(values, io), leaked);
  await refuse(given, operator, { asLeakedKey });
  const iam = await openIam(operator);
  const { nameCredential } = await import('../aws/respond/service-credentials.ts');
  const target = await nameCredential(given, operator, iam);
  return {
    target,
    operator,
    iam,
    statePath: resolve(io.cwd, (values.state as string) ?? `${stateFolder(io)}/${target.id}.json`),
    ledgerPath: resolve(io.cwd, (values.ledger as string) ?? `${stateFolder(io)}/ledger.jsonl`),
    say,
  };
}

/** Plans by the kind of the id: the data, the same as text, and the state that it begins with. */
export async function makePlan(
  { target, operator, iam }: Context,
  values: Values,
): Promise<{ plan: object; lines: string[]; state: State }> {
  const shown = await import('../aws/respond/show.ts');
  const trail = { regions: values.regions as string[] | undefined, noTrail: values['no-trail'] === true };
  if (target.kind === 'session') {
    const { planSession } = await import('../aws/respond/session-key.ts');
    const { plan, state } = await planSession(target, operator, iam, {
      ...trail,
      principal: values.principal as string | undefined,
    });
    return { plan, state, lines: shown.showSessionPlan(plan) };
  }
  if (target.kind === 'service-credential') {
    const { planServiceCredential } = await import('../aws/respond/service-credentials.ts');
    const { plan, state } = await planServiceCredential(target, operator, iam);
    return { plan, state, lines: shown.showServiceCredentialPlan(plan) };
  }
  const { planKey } = await import('../aws/respond/plan.ts');
  const exposure = (values.exposure ?? 'unknown') as 'public' | 'private' | 'unknown';
  const { plan, state } = await planKey(target, operator, iam, {
    ...trail,
    exposure,
    simulate: values.simulate as string[] | undefined,
  });
  return { plan, state, lines: shown.showPlan(plan) };
}

/** The response that the state file tells of, or a new one from a plan made now. @throws {UserError} */
export async function resume(context: Context, values: Values): Promise<Response> {
  const [{ readState, writeState }, { openLedger }] = await Promise.all([
    import('../aws/respond/state.ts'),
    import('../aws/ledger.ts'),
  ]);
  const { target, operator, statePath } = context;
  let state = readState(statePath, target.id);
  if (state && (state.account !== operator.identity.account || state.partition !== operator.partition.id))
    throw new UserError(
      `the state file ${statePath} belongs to account ${state.account} (${state.partition}), and you act in ${operator.identity.account} (${operator.partition.id})`,
    );
  if (!state) {
    state = (await makePlan(context, values)).state;
    writeState(statePath, state);
  }
  return { ...context, state, ledger: openLedger(context.ledgerPath) };
}

/** Data for programs with `--json`, lines for people otherwise. */
export function print(io: Io, values: Values, data: object, lines: string[]): void {
  if (values.json) io.stdout.write(`${JSON.stringify(data, null, 2)}\n`);
  else showLines(io.stdout, lines);
}
