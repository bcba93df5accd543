import type { AccountHygiene } from '../aws/hygiene/account.ts';
import type { LocalHygiene } from '../aws/hygiene/local.ts';
import { UserError } from '../model/errors.ts';
import { AWS_OPTIONS, connect, homeOf, signInAs } from './aws-options.ts';
import type { Arguments, Command, Io, Values } from './command.ts';
import { readGivenReport } from './given-report.ts';
import { showLines } from './show-lines.ts';

export const keys: Command = {
  name: 'keys',
  summary: "an AWS account's key hygiene, and this machine's",
  usage: 'keys [--local]',
  description:
    "Reads the account's credential report and key APIs: age, last use, quota, MFA, root keys, passwords, service credentials. " +
    'With --local it looks at this machine instead: ~/.aws, caches, .boto, .s3cfg, rclone, Docker, environment, and who else may read them; no network is used. ' +
    'Exit code: 0 all within limits, 1 something is over, 3 not everything could be read.',
  options: {
    'max-age': { type: 'string', value: 'DAYS', help: 'Keys may be this old (90)' },
    unused: { type: 'string', value: 'DAYS', help: 'Keys may be unused this long (45)' },
    local: { type: 'boolean', help: "Look at this machine's files and environment, not at an account" },
    join: { type: 'string', value: 'FILE', help: 'Mark the keys that a JSON report has found leaked' },
    format: {
      type: 'string',
      value: 'FORMAT',
      choices: ['text', 'json', 'markdown'],
      help: 'How it is written (text)',
    },
    ...AWS_OPTIONS,
  },
  examples: [
    ['unleak keys --profile audit', 'keys over 90 days, unused for 45, root keys, missing MFA'],
    ['unleak keys --join report.json --format markdown', 'the same, with leaked keys marked'],
    ['unleak keys --local', 'long-lived keys on this machine'],
  ],
  run,
};

async function run({ values, positionals }: Arguments, io: Io): Promise<number> {
  if (positionals.length > 0)
    throw new UserError(`unleak keys takes no ${positionals[0]}: see unleak keys --help`);
  const limits = { maxAge: days(values, 'max-age', 90), unused: days(values, 'unused', 45) };
  const leaked = values.join ? await leakedIds(values.join as string, io) : new Set<string>();
  const shown = await import('../aws/hygiene/show.ts');
  if (values.local) {
    const { assessMachine } = await import('../aws/hygiene/local.ts');
    const found = assessMachine(homeOf(io), io.env, leaked);
    return print(found, shown.showMachine, shown.machineAsMarkdown, values, io);
  }
  const [{ assessAccount }, { openIam }] = await Promise.all([
    import('../aws/hygiene/account.ts'),
    import('../aws/iam.ts'),
  ]);
  const operator = await signInAs(values, io, await connect(values, io));
  const { account, arn } = operator.identity;
  const found = await assessAccount(await openIam(operator), account, arn, limits, leaked);
  return print(found, shown.showAccount, shown.accountAsMarkdown, values, io);
}

function print<Found extends AccountHygiene | LocalHygiene>(
  found: Found,
  asText: (found: Found) => string[],
  asMarkdown: (found: Found) => string[],
  { format = 'text' }: Values,
  io: Io,
): number {
  if (format === 'json') io.stdout.write(`${JSON.stringify(found, null, 2)}\n`);
  else showLines(io.stdout, format === 'markdown' ? asMarkdown(found) : asText(found));
  if (found.issues.some(({ level }) => level === 'over')) return 1;
  return found.unread.length > 0 ? 3 : 0;
}

async function leakedIds(file: string, io: Io): Promise<Set<string>> {
  const { findings } = await readGivenReport(file, io, 'keys --join');
  return new Set(
    findings.flatMap(({ facts, pair }) => [facts.keyId, pair?.id]).filter((id) => typeof id === 'string'),
  );
}

function days(values: Values, name: string, usual: number): number {
  const text = values[name] as string | undefined;
  if (text === undefined) return usual;
  if (/^\d{1,5}$/.test(text)) return Number(text);
  throw new UserError(`--${name} ${text}: give a number of days`);
}
