import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Target } from '../aws/respond/target.ts';
import { UserError } from '../model/errors.ts';
import { Secret } from '../model/secret.ts';
import type { Io, Values } from './command.ts';

/**
 * The key that `--key` or `--report` names, with its secret when there is one.
 * @throws {UserError}
 */
export async function readTarget(values: Values, io: Io): Promise<Target> {
  const { targetOfKey, targetOfReport } = await import('../aws/respond/target.ts');
  const { key, report, finding } = values as Record<string, string | undefined>;
  if (!key === !report) throw new UserError('name the leaked key: either --key ID or --report FILE');
  if (finding && !report) throw new UserError('--finding names a finding of --report FILE');
  const target = key ? targetOfKey(key) : targetOfReport(await readFindings(report!, io), finding);
  if (!values['secret-stdin']) return target;
  const [secret, token] = (await readAll(io)).split(/\r?\n/).map((line) => line.trim());
  if (!secret) throw new UserError('--secret-stdin: nothing came on standard input');
  return {
    ...target,
    secret: Secret.of(secret),
    sessionToken: token ? Secret.of(token) : target.sessionToken,
  };
}

async function readFindings(file: string, io: Io) {
  const { readReport } = await import('../report/read.ts');
  const text = await readFile(resolve(io.cwd, file), 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new UserError(
      `cannot read the report ${file} (${error.code}): write one with unleak scan --format json --output ${file}`,
      error.code === 'ENOENT' ? 2 : 3,
    );
  });
  return readReport(text, { name: file });
}

async function readAll({ stdin }: Io): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stdin) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}
