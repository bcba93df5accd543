import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Place } from '../../src/model/finding.ts';
import type { Report } from '../../src/model/report.ts';
import { expandTemplate } from '../../src/rules/templates.ts';
import type { Repository } from '../sources/repository.ts';

/** The command as it is shipped. */
export const BIN = fileURLToPath(new URL('../../dist/unleak.js', import.meta.url));

/** A token of the right form that nobody has. */
export const token = (seed: number) => expandTemplate('ghp_{base62:30}{crc32}', seed);

export interface Audited {
  status: number | null;
  stderr: string;
  scan: Report['scan'];
  findings: { rule: string; secret: string; pair?: { id: string }; places: Place[] }[];
  places: Place[];
}

/** Runs `unleak audit` in the repository's folder. */
export function audit(
  { dir, env }: Pick<Repository, 'dir' | 'env'>,
  args: string[] = [],
  more: Record<string, string> = {},
): Audited {
  const argv = [BIN, 'audit', '--format', 'json', '--show-secrets', ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, argv, {
    cwd: dir,
    env: { ...env, ...more },
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  const { scan, findings } = (stdout ? JSON.parse(stdout) : { findings: [] }) as Report;
  const shown = findings as unknown as Audited['findings'];
  return { status, stderr, scan, findings: shown, places: shown.flatMap((finding) => finding.places) };
}

/** `path:line` of each place of a secret, in order. */
export function placesOf({ findings }: Audited, secret: string): string[] {
  const found = findings.filter((finding) => finding.secret === secret);
  return found.flatMap(({ places }) => places.map(({ path, line }) => `${path}:${line}`));
}

/** Makes a commit a minute after the one before it. */
export function commit(repository: Repository, message: string, files: Record<string, string | Buffer> = {}) {
  tick(repository);
  return repository.commit(message, files);
}

export function tick({ env }: Repository): void {
  const seconds = Number(env.GIT_COMMITTER_DATE.split(' ')[0]) + 60;
  env.GIT_COMMITTER_DATE = `${seconds} +0200`;
  env.GIT_AUTHOR_DATE = env.GIT_COMMITTER_DATE;
}
