import type { Target } from '../aws/respond/target.ts';
import { UserError } from '../model/errors.ts';
import { Secret } from '../model/secret.ts';
import type { Io, Values } from './command.ts';
import { readGivenReport } from './given-report.ts';

/**
 * The key that `--key` or `--report` names, with its secret when there is one.
 * @throws {UserError}
 */
export async function readTarget(values: Values, io: Io): Promise<Target> {
  const { targetOfKey, targetOfReport } = await import('../aws/respond/target.ts');
  const { key, report, finding } = values as Record<string, string | undefined>;
  if (!key === !report) throw new UserError('name the leaked key: either --key ID or --report FILE');
  if (finding && !report) throw new UserError('--finding names a finding of --report FILE');
  const accounts = { canaries: values['canary-accounts'] as string[] | undefined };
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

async function readAll({ stdin }: Io): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stdin) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}
