import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { UserError } from '../model/errors.ts';
import type { Report } from '../model/report.ts';
import type { Io } from './command.ts';

/**
 * The JSON report that a command line names, or that is piped in.
 * @throws {UserError} when there is none, with the command that makes one
 */
export async function readGivenReport(
  path: string | undefined,
  { stdin, cwd }: Io,
  word: string,
  { showSecrets = false } = {},
): Promise<Report> {
  const { readReport } = await import('../report/read.ts');
  if (path === undefined || path === '-') {
    if (stdin.isTTY) {
      throw new UserError(
        `no report: unleak scan --format json --output report.json && unleak ${word} report.json`,
      );
    }
    const chunks: Buffer[] = [];
    for await (const chunk of stdin) chunks.push(Buffer.from(chunk));
    return readReport(Buffer.concat(chunks).toString('utf8'), { name: 'standard input', showSecrets });
  }
  const text = await readFile(resolve(cwd, path), 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new UserError(`cannot read ${path}: ${REASONS[error.code ?? ''] ?? error.message}`);
  });
  return readReport(text, { name: path, showSecrets });
}

const REASONS: Record<string, string> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a folder; give the JSON report in it',
  EACCES: 'no permission to read it',
};
