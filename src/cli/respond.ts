import type { IAM } from '@aws-sdk/client-iam';
import type { Operator } from '../aws/operator.ts';
import type { ApplyOptions, Outcome } from '../aws/respond/apply.ts';
import type { Response } from '../aws/respond/response.ts';
import type { Sink } from '../aws/respond/sinks.ts';
import type { State } from '../aws/respond/state.ts';
import type { Target } from '../aws/respond/target.ts';
import { UserError } from '../model/errors.ts';
import { AWS_OPTIONS, connect, homeOf, signInAs, stateFolder } from './aws-options.ts';
import type { Arguments, Command, Io, Values } from './command.ts';
import { confirmKey } from './confirm-key.ts';
import { readTarget } from './respond-target.ts';
import { showLines } from './show-lines.ts';

const ACTIONS = ['plan', 'apply', 'status', 'undo', 'policy'] as const;
type Action = (typeof ACTIONS)[number];

export const respond: Command = {
  name: 'respond',
  summary: 'end a leaked AWS key: plan, apply, status, undo',
  usage: 'respond plan|apply|status|undo|policy --key ID | --report FILE',
  description:
    'plan learns whose key it is, what it opens, who used it since the leak and what would break, and prints numbered steps; it only reads. ' +
    'apply deactivates the key, proves that AWS refuses it, looks for what an intruder added, and on request revokes sessions, makes a new key ' +
    '(for a store, never for the terminal), watches, and deletes. Every step can be run again after a crash. status looks at everything again. ' +
    'undo reactivates the key. policy prints the least IAM policy for plan, contain, rotate, delete or keys.\n' +
    'You act with your own credentials: environment, --profile, Identity Center, --role-arn. With --as-leaked-key the leaked pair acts for itself: ' +
    'that can only stop and prove, fails once AWS has quarantined the user, and cannot be undone by it. ' +
    'Exit code: 0 done and proven, 1 still live, 2 wrong usage or refused, 3 not everything could be read or done.',
  options: {
    key: {
      type: 'string',
      value: 'ID',
      help: 'The leaked id: AKIA..., ASIA... (session) or ACCA... (service credential)',
    },
    report: { type: 'string', value: 'FILE', help: 'Take the key from a JSON report' },
    finding: {
      type: 'string',
      value: 'FINGERPRINT',
      help: 'The finding of the report, when it has several AWS keys',
    },
    'secret-stdin': {
      type: 'boolean',
      help: 'Read the leaked secret (and a session token on a second line) from standard input, to prove death by use',
    },
    ...AWS_OPTIONS,
    json: { type: 'boolean', help: 'Print JSON' },
    state: {
      type: 'string',
      value: 'FILE',
      help: 'State of this response ($XDG_STATE_HOME/unleak/<id>.json)',
    },
    ledger: {
      type: 'string',
      value: 'FILE',
      help: 'Ledger of all responses ($XDG_STATE_HOME/unleak/ledger.jsonl)',
    },
    yes: { type: 'string', value: 'ID', help: 'The key id again, instead of typing it: for automation' },
    'canary-accounts': {
      type: 'string',
      multiple: true,
      value: 'ID',
      help: 'AWS accounts of bait keys, besides the known ones',
    },
    exposure: {
      type: 'string',
      value: 'WHO',
      choices: ['public', 'private', 'unknown'],
      help: 'Who could read the leak (unknown): a private one may get its new key first',
    },
    regions: {
      type: 'string',
      multiple: true,
      value: 'REGION',
      help: 'Look only into these regions of CloudTrail',
    },
    'no-trail': { type: 'boolean', help: 'Do not ask CloudTrail' },
    simulate: {
      type: 'string',
      multiple: true,
      value: 'ACTION',
      help: "Put these actions to IAM's simulator (plan)",
    },
    principal: {
      type: 'string',
      value: 'NAME',
      help: 'role/<name> or user/<name> behind a session key (plan, apply)',
    },
    'revoke-sessions': { type: 'boolean', help: 'Deny everything to sessions issued before now (apply)' },
    rotate: { type: 'boolean', help: 'Make a new key for --sink (apply)' },
    sink: {
      type: 'string',
      value: 'STORE',
      help: 'file:PATH, secretsmanager:NAME, ssm:NAME, command:CMD or profile:NAME',
    },
    watch: {
      type: 'string',
      value: 'TIME',
      help: 'How long nobody may miss the key before --delete: 72h, 30m, 3d',
    },
    delete: {
      type: 'boolean',
      help: 'Delete the key when it is proven dead and was quiet for the time of --watch (apply)',
    },
    'proof-timeout': {
      type: 'string',
      value: 'SECONDS',
      help: 'How long to wait until AWS refuses the pair (120)',
    },
    'as-leaked-key': {
      type: 'boolean',
      help: 'Act with the leaked pair itself, for want of any other credentials (needs its secret)',
    },
    'history-file': {
      type: 'string',
      value: 'FILE',
      help: 'Write the replacements for git filter-repo there, once the key is dead (status)',
    },
  },
  examples: [
    ['unleak respond plan --key AKIA... --profile admin', 'learn everything, change nothing'],
    [
      'unleak respond apply --report report.json --profile admin --revoke-sessions',
      'stop the key and prove it',
    ],
    [
      'unleak respond apply --key AKIA... --rotate --sink secretsmanager:prod/deploy --watch 72h',
      'and make a new one, for a store',
    ],
    ['unleak respond status --key AKIA...', 'look again: dead, quiet, ledger whole?'],
    ['unleak respond policy contain', 'the least policy that can deactivate'],
  ],
  run,
};

async function run({ values, positionals }: Arguments, io: Io): Promise<number> {
  const [action, ...rest] = positionals;
  if (!ACTIONS.includes(action as Action))
    throw new UserError(`unleak respond ${action ?? ''}: it takes one of ${ACTIONS.join(', ')}`);
  if (action === 'policy') return printPolicy(rest, values, io);
  if (rest.length > 0)
    throw new UserError(`unleak respond ${action} takes no ${rest[0]}: name the key by --key or --report`);
  const { parseDuration } = await import('../aws/respond/duration.ts');
  const watchMs = values.watch === undefined ? undefined : parseDuration(values.watch as string, '--watch');
  if (values.rotate && !values.sink)
    throw new UserError('--rotate needs --sink: the new secret is never shown, so say which store takes it');
  if (values.sink && !values.rotate)
    throw new UserError('--sink needs --rotate: say that a new key is to be made');
  const target = await readTarget(values, io);
  const context = await open(target, values, io);
  switch (action as Action) {
    case 'plan':
      return plan(context, values, io);
    case 'apply':
      return apply(context, values, io, watchMs);
    case 'status':
      return status(context, values, io);
    default:
      return undo(context, values, io);
  }
}

interface Context {
  target: Target;
  operator: Operator;
  iam: IAM;
  statePath: string;
  ledgerPath: string;
  say(line: string): void;
}

async function open(target: Target, values: Values, io: Io): Promise<Context> {
  const [{ refuse }, { openIam }] = await Promise.all([
    import('../aws/respond/target.ts'),
    import('../aws/iam.ts'),
  ]);
  const asLeakedKey = values['as-leaked-key'] === true;
  if (asLeakedKey && !target.secret)
    throw new UserError(
      '--as-leaked-key needs the leaked secret: give it by --secret-stdin, or a report written with --show-secrets',
    );
  const leaked = asLeakedKey
    ? {
        accessKeyId: target.id,
        secretAccessKey: target.secret!.reveal(),
        sessionToken: target.sessionToken?.reveal(),
      }
    : undefined;
  const say = (line: string) => showLines(io.stderr, [line]);
  const operator = await signInAs(values, io, await connect(values, io), leaked);
  await refuse(target, operator, { asLeakedKey });
  return {
    target,
    operator,
    iam: await openIam(operator),
    statePath: (values.state as string) ?? `${stateFolder(io)}/${target.id}.json`,
    ledgerPath: (values.ledger as string) ?? `${stateFolder(io)}/ledger.jsonl`,
    say,
  };
}

/** Plans by the kind of the id: the data, the same as text, and the state that it begins with. */
async function makePlan(
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

async function plan(context: Context, values: Values, io: Io): Promise<number> {
  const { readState, writeState } = await import('../aws/respond/state.ts');
  const made = await makePlan(context, values);
  const known = readState(context.statePath, context.target.id);
  // A response under way keeps what it has noted; only one that has changed nothing yet begins anew.
  if (!known?.deactivatedAt && !known?.rotation && !known?.revocation)
    writeState(context.statePath, made.state);
  else
    context.say(
      `a response is under way (state ${context.statePath}): the plan shows how things are now, apply goes on with it`,
    );
  print(io, values, { plan: made.plan, state: context.statePath }, made.lines);
  return 0;
}

async function apply(context: Context, values: Values, io: Io, watchMs: number | undefined): Promise<number> {
  const { target, operator, say } = context;
  const { takeLock } = await import('../aws/lock.ts');
  const unlock = takeLock(context.statePath);
  try {
    const response = await resume(context, values);
    const { state } = response;
    if (target.kind === 'session' && !values['revoke-sessions'])
      throw new UserError(
        `${target.id} is a session key and cannot be deactivated: --revoke-sessions ends it, with all sessions of ${state.user} issued before now`,
      );
    await confirmKey(target.id, values.yes as string | undefined, io);
    const sink = values.sink ? await makeSink(values.sink as string, operator, io) : undefined;
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

/** The response that the state file tells of, or a new one from a plan made now. */
async function resume(context: Context, values: Values): Promise<Response> {
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

async function status(context: Context, values: Values, io: Io): Promise<number> {
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
  const file = values['history-file'] as string | undefined;
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

async function undo(context: Context, values: Values, io: Io): Promise<number> {
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

async function printPolicy(words: string[], values: Values, io: Io): Promise<number> {
  const [{ policyFor, readParts }, { partitionNamed, partitionOfRegion }] = await Promise.all([
    import('../aws/respond/permissions.ts'),
    import('../aws/partitions.ts'),
  ]);
  const region = values.region as string | undefined;
  const partition = region ? partitionOfRegion(region) : partitionNamed('aws');
  const document = policyFor(readParts(words), { partition, sink: values.sink as string | undefined });
  showLines(io.stdout, JSON.stringify(document, null, 2).split('\n'));
  return 0;
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

function print(io: Io, values: Values, data: object, lines: string[]): void {
  if (values.json) io.stdout.write(`${JSON.stringify(data, null, 2)}\n`);
  else showLines(io.stdout, lines);
}
