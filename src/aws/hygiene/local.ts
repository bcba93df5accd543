import { lstatSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { decodeAwsKeyId } from '../../engine/facts/aws-key-id.ts';
import type { Environment } from '../sdk.ts';
import type { Issue } from './issue.ts';

export interface LocalHygiene {
  /** Files that were looked at. */
  read: string[];
  keys: LocalKey[];
  issues: Issue[];
  /** Files that are there and could not be read: reason. */
  unread: string[];
}

export interface LocalKey {
  id: string;
  path: string;
  /** Profile or section. */
  section?: string;
  account?: string;
  leaked?: boolean;
}

interface Place {
  path: string;
  /** What holds long-lived keys, as against caches of sessions. */
  kind: 'keys' | 'cache';
  what: string;
}

const KEY_ID = /\bAKIA[A-Z2-7]{16}\b/g;
const ROLE_ADVICE =
  'sign in by Identity Center (aws configure sso) or aws login, fetch keys by credential_process, or use a role';

/**
 * Looks for long-lived AWS keys in the places where tools keep them on this machine, and at who else may read those files.
 * Secrets are neither kept nor shown.
 */
export function assessMachine(home: string, env: Environment, leaked: ReadonlySet<string>): LocalHygiene {
  const found: LocalHygiene = { read: [], keys: [], issues: [], unread: [] };
  for (const place of placesOf(home, env)) examine(place, found);
  for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_ACCESS_KEY']) {
    const id = env[name];
    if (id?.startsWith('AKIA')) addKey(found, { id, path: `environment variable ${name}` });
  }
  for (const name of ['AWS_BEARER_TOKEN_BEDROCK', 'ANTHROPIC_AWS_API_KEY'])
    if (env[name])
      found.issues.push({
        what: 'a service API key in the environment',
        who: name,
        level: 'note',
        instead: 'use a short-term key',
      });
  for (const key of found.keys) {
    if (!leaked.has(key.id)) continue;
    key.leaked = true;
    found.issues.push({
      what: `${key.id} has LEAKED`,
      who: key.path,
      level: 'over',
      instead: `unleak respond plan --key ${key.id}`,
    });
  }
  return found;
}

function placesOf(home: string, env: Environment): Place[] {
  const config = env.XDG_CONFIG_HOME ?? join(home, '.config');
  const keys = (path: string, what: string): Place => ({ path, kind: 'keys', what });
  const aws = join(home, '.aws');
  return [
    keys(env.AWS_SHARED_CREDENTIALS_FILE ?? join(aws, 'credentials'), 'the shared credentials file'),
    keys(env.AWS_CONFIG_FILE ?? join(aws, 'config'), 'the AWS configuration'),
    keys(env.BOTO_CONFIG ?? join(home, '.boto'), 'boto 2 configuration'),
    keys(join(home, '.s3cfg'), 's3cmd configuration'),
    keys(join(home, '.passwd-s3fs'), 's3fs password file'),
    keys(env.RCLONE_CONFIG ?? join(config, 'rclone/rclone.conf'), 'rclone configuration'),
    keys(join(home, '.mc/config.json'), 'MinIO client configuration'),
    keys(join(env.DOCKER_CONFIG ?? join(home, '.docker'), 'config.json'), 'Docker configuration'),
    ...['cli/cache', 'sso/cache', 'login/cache'].flatMap((folder) =>
      filesIn(join(aws, folder)).map(
        (path): Place => ({ path, kind: 'cache', what: `cached session (${folder})` }),
      ),
    ),
  ];
}

function examine({ path, kind, what }: Place, found: LocalHygiene): void {
  let text: string;
  try {
    if (!statSync(path).isFile()) return;
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'ENOTDIR') found.unread.push(`${path}: ${code}`);
    return;
  }
  found.read.push(path);
  const ids = kind === 'keys' ? keysIn(text) : [];
  for (const key of ids) addKey(found, { ...key, path });
  if (/"auth"\s*:\s*"QVdTOm/.test(text))
    found.issues.push({
      what: 'a registry password of ECR in clear',
      who: path,
      level: 'note',
      instead: 'use the amazon-ecr-credential-helper',
    });
  // A file without secrets (a configuration of regions) may be read by all.
  const isSecret = kind === 'cache' || ids.length > 0 || /secret|password|token|"auth"/i.test(text);
  if (isSecret) checkMode(path, what, found);
}

function checkMode(path: string, what: string, found: LocalHygiene): void {
  const mode = lstatSync(path).isSymbolicLink() ? statSync(path).mode : lstatSync(path).mode;
  if (mode & 0o077)
    found.issues.push({
      what: `${what} has mode ${(mode & 0o777).toString(8)} and not 600`,
      who: path,
      level: 'over',
      instead: `chmod 600 ${path}`,
    });
  const folder = dirname(path);
  if (statSync(folder).mode & 0o002)
    found.issues.push({
      what: 'everybody may write in its folder, and so replace the file',
      who: folder,
      level: 'over',
      instead: `chmod 700 ${folder}`,
    });
}

function addKey(found: LocalHygiene, key: Omit<LocalKey, 'account'>): void {
  const account = decodeAwsKeyId(key.id)?.accountId;
  found.keys.push({ ...key, ...(account && { account }) });
  const section = key.section ? ` [${key.section}]` : '';
  found.issues.push({
    what: `a long-lived key ${key.id}${section}`,
    who: key.path,
    level: 'over',
    instead: ROLE_ADVICE,
  });
}

function keysIn(text: string): { id: string; section?: string }[] {
  const keys: { id: string; section?: string }[] = [];
  let section: string | undefined;
  for (const line of text.split(/\r?\n/)) {
    section = /^\s*\[(?:profile )?([^\]]+)\]/.exec(line)?.[1] ?? section;
    for (const [id] of line.matchAll(KEY_ID))
      if (decodeAwsKeyId(id) && !id.endsWith('EXAMPLE')) keys.push({ id, section });
  }
  return keys;
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.json'))
      .map((name) => join(folder, name));
  } catch {
    return [];
  }
}
