import type { Target } from '../aws/respond/target.ts';
import { UserError } from '../model/errors.ts';
import { Secret } from '../model/secret.ts';
import type { Io, Values } from './command.ts';
import { readGivenReport } from './given-report.ts';
import { showLines } from './show-lines.ts';

/**
 * The key that `--key` or `--report` names, with its secret when there is one.
 * @throws {UserError}
 */
export async function readTarget(values: Values, io: Io): Promise<Target> {
  const { targetOfKey, targetOfReport } = await import('../aws/respond/target.ts');
  const { key, report, finding } = values as Record<string, string | undefined>;
  if (!key === !report) throw new UserError('name the leaked key: either --key ID or --report FILE');
  if (finding && !report) throw new UserError('--finding names a finding of --report FILE');
  const accounts = { canaries: await canaryAccounts(values, io) };
  const target = key
    ? targetOfKey(key, accounts)
    : targetOfReport(await readGivenReport(report, io, 'respond'), finding, accounts);
  if (!values['secret-stdin']) return target;
  const [secret, token] = (await readAll(io)).split(/\r?\n/).map((line) => line.trim());
  if (!secret) throw new UserError('--secret-stdin: nothing came on standard input');
  return {
    ...target,
    secret: Secret.of(secret),
    sessionToken: token ? Secret.of(token) : target.sessionToken,
  };
}

/** Those of the command line and of the configuration. A broken one that nobody named must not hold up a response. */
async function canaryAccounts(values: Values, io: Io): Promise<string[]> {
  const given = (values['canary-accounts'] as string[] | undefined) ?? [];
  const file = values.config as string | undefined;
  const { loadConfig } = await import('../suppress/config.ts');
  try {
    const { verify } = await loadConfig({ cwd: io.cwd, file });
    return [...given, ...verify.canaryAccounts];
  } catch (error) {
    if (file || !(error instanceof UserError)) throw error;
    showLines(io.stderr, [
      `the configuration here cannot be read, so bait accounts that it names are not known: ${error.message}`,
    ]);
    return given;
  }
}

async function readAll({ stdin }: Io): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stdin) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}
