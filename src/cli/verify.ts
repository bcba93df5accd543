import { UserError } from '../model/errors.ts';
import type { Finding } from '../model/finding.ts';
import type { Arguments, Command, Io, Values } from './command.ts';
import { readGivenReport } from './given-report.ts';
import { prepareOutputs, writeOutputs } from './output.ts';
import { REPORT_OPTIONS } from './scan-options.ts';
import { VERIFY_OPTIONS } from './verify-options.ts';

export const verify: Command = {
  name: 'verify',
  summary: 'ask the issuers whether findings of a report still work',
  usage: 'verify [report.json]',
  description:
    'Reads a JSON report that was written with --show-secrets (a file, or standard input) and asks each issuer about its secret: ' +
    'AWS pairs by STS GetCallerIdentity, others by the question that their rule declares. Questions go only to hosts that built-in rules name ' +
    'or your configuration allows. A masked report holds no secrets to ask about: scan again with --verify instead. ' +
    'Exit code: 0 every secret is dead, 1 some are alive or cannot be asked about, 3 an issuer gave no clear answer.',
  options: {
    ...REPORT_OPTIONS,
    config: {
      type: 'string',
      value: 'FILE',
      help: 'Configuration: its hosts may be asked, its accounts are heeded',
    },
    profile: { type: 'string', value: 'NAME', help: 'Your own AWS profile, for --verify-with-own' },
    region: { type: 'string', value: 'REGION', help: 'Region of your own AWS profile' },
    ...VERIFY_OPTIONS,
  },
  examples: [
    ['unleak verify report.json', 'ask about every finding'],
    ['unleak scan . --verify', 'scan and ask in one go, with no secret written anywhere'],
    ['unleak verify report.json --format json', 'the same report with verdicts in it'],
  ],
  run,
};

async function run({ values, positionals }: Arguments, io: Io): Promise<number> {
  if (positionals.length > 1)
    throw new UserError(`unleak verify takes one report, not also ${positionals.slice(1).join(' ')}`);
  const outputs = await prepareOutputs(values, io);
  const report = await readGivenReport(positionals[0], io, 'verify');
  refuseMasked(report.findings);
  await refuseEdited(report.findings);
  const [{ all, options }, { verifyFindings }] = await Promise.all([
    loadDetails(values, io),
    import('../verify/verify-findings.ts'),
  ]);
  await verifyFindings(report.findings, options);
  await writeOutputs(report, outputs, values, io, () => all, io.cwd);
  return exitCodeOf(report.findings);
}

/** 0 only when every finding is known to be dead: what nobody could ask about may be alive. */
function exitCodeOf(findings: readonly Finding[]): number {
  const states = new Set(findings.map(({ verdict }) => verdict?.state ?? 'unchecked'));
  if (states.has('active') || states.has('mismatch') || states.has('unchecked')) return 1;
  return states.has('unknown') ? 3 : 0;
}

async function loadDetails(values: Values, io: Io) {
  const [{ builtInDetails }, { loadConfig }, { loadRules }, { verifyOptions }] = await Promise.all([
    import('../rules/catalogue.ts'),
    import('../suppress/config.ts'),
    import('../rules/load.ts'),
    import('./prepare-verification.ts'),
  ]);
  const config = await loadConfig({ cwd: io.cwd, file: values.config as string | undefined });
  const builtIn = builtInDetails();
  const details = [...builtIn, ...loadRules(config.rules, { own: true }).details];
  const options = await verifyOptions(values, io, { builtIn, details, config });
  return { all: new Map(details.map((detail) => [detail.id, detail])), options };
}

function refuseMasked(findings: readonly Finding[]): void {
  if (findings.length === 0 || findings.some(({ secret, pair }) => secret.known || pair?.secret.known))
    return;
  throw new UserError(
    'the secrets of this report are masked, so there is nothing to ask about: scan again with --verify, or write the report with --show-secrets',
  );
}

/** What is asked about must be what was found: a secret put in by hand would be sent to an issuer under another's name. */
async function refuseEdited(findings: readonly Finding[]): Promise<void> {
  const { isEdited } = await import('../engine/fingerprint.ts');
  const edited = findings.find(isEdited);
  if (!edited) return;
  throw new UserError(
    `the report was edited: finding ${edited.fingerprint} (${edited.rule}) has a secret or id that is not the one found. Scan again`,
  );
}
