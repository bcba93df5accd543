import { UserError } from '../model/errors.ts';
import { AWS_OPTIONS } from './aws-options.ts';
import type { Arguments, Command, Io, Values } from './command.ts';
import { apply } from './respond-apply.ts';
import { open } from './respond-context.ts';
import { plan, status, undo } from './respond-look.ts';
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
    config: {
      type: 'string',
      value: 'FILE',
      help: 'Configuration: the bait accounts that it names are left alone',
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
      help: 'Look only into these regions of CloudTrail, instead of all that the account has enabled',
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
    throw new UserError(`unleak respond${action ? ` ${action}` : ''}: it takes one of ${ACTIONS.join(', ')}`);
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
  const { checkRegions } = await import('../aws/trail-regions.ts');
  checkRegions((values.regions as string[] | undefined) ?? [], context.operator.partition);
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
