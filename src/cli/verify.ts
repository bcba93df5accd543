import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { UserError } from '../model/errors.ts';
import type { Finding } from '../model/finding.ts';
import type { Arguments, Command, Io, Values } from './command.ts';
import { VERIFY_OPTIONS } from './verify-options.ts';

export const verify: Command = {
  name: 'verify',
  summary: 'ask the issuers whether findings of a report still work',
  usage: 'verify [report.json]',
  description:
    'Reads a JSON report that was written with --show-secrets (from a file, or from standard input) and asks each issuer about its secret: ' +
    'AWS pairs by STS GetCallerIdentity, others by the question that their rule declares. Questions go only to hosts that built-in rules name ' +
    'or your configuration allows. A masked report holds no secrets to ask about: scan again with --verify instead. ' +
    'Exit code: 0 every secret is dead, 1 some are alive or cannot be asked about, 3 an issuer gave no clear answer.',
  options: {
    format: {
      type: 'string',
      value: 'FORMAT',
      help: 'How the report is written: text, json, jsonl, sarif, ...',
    },
    output: {
      type: 'string',
      multiple: true,
      value: 'FILE',
      help: 'Write there, such as sarif=out.sarif (repeatable)',
    },
    config: {
      type: 'string',
      value: 'FILE',
      help: 'Configuration: its hosts may be asked, its accounts are heeded',
    },
    'show-secrets': { type: 'boolean', help: 'Write secrets as they are' },
    'no-color': { type: 'boolean', help: 'No colours' },
    quiet: { type: 'boolean', help: 'Say nothing when no secret works' },
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
    throw new UserError(`unleak verify takes one report, and ${positionals.length} were given`);
  const [{ readReport }, { parseOutputs, checkOutputs }, { writeReport }] = await Promise.all([
    import('../report/read.ts'),
    import('../report/outputs.ts'),
    import('../report/write.ts'),
  ]);
  const outputs = parseOutputs(
    { format: values.format as string | undefined, output: values.output as string[] | undefined },
    io.cwd,
  );
  await checkOutputs(outputs);
  const { name, text } = await readInput(positionals[0], io);
  const showSecrets = values['show-secrets'] === true;
  const report = readReport(text, { name, showSecrets });
  refuseMasked(report.findings, name);
  const [details, { verifyFindings }] = await Promise.all([
    loadDetails(values, io),
    import('../verify/verify-findings.ts'),
  ]);
  await verifyFindings(report.findings, details.options);
  const terminal = {
    colour: values['no-color'] !== true && io.stdout.isTTY === true && !io.env.NO_COLOR,
    width: io.stdout.columns ?? 80,
  };
  const all = new Map(details.all.map((detail) => [detail.id, detail]));
  await writeReport(
    report,
    outputs,
    { details: () => all, showSecrets, quiet: values.quiet === true, terminal, root: io.cwd },
    io.stdout,
  );
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
    import('./verify-options.ts'),
  ]);
  const config = await loadConfig({ cwd: io.cwd, file: values.config as string | undefined });
  const builtIn = builtInDetails();
  const all = [...builtIn, ...loadRules(config.rules).details];
  return { all, options: await verifyOptions(values, io, { builtIn, details: all, config }) };
}

async function readInput(file: string | undefined, io: Io): Promise<{ name: string; text: string }> {
  if (file !== undefined && file !== '-') {
    const path = resolve(io.cwd, file);
    const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      throw new UserError(
        `cannot read the report ${file} (${error.code}): write one with unleak scan --format json --output ${file}`,
        error.code === 'ENOENT' ? 2 : 3,
      );
    });
    return { name: file, text };
  }
  if (file === undefined && io.stdin.isTTY)
    throw new UserError('unleak verify reads a JSON report: name its file, or give it on standard input');
  const chunks: Buffer[] = [];
  for await (const chunk of io.stdin) chunks.push(Buffer.from(chunk));
  return { name: 'standard input', text: Buffer.concat(chunks).toString('utf8') };
}

function refuseMasked(findings: readonly Finding[], name: string): void {
  if (findings.length === 0 || findings.some(({ secret, pair }) => secret.known || pair?.secret.known))
    return;
  throw new UserError(
    `the secrets of ${name} are masked, so there is nothing to ask about: scan again with --verify, or write the report with --show-secrets`,
  );
}
