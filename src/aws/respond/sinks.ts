import { spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { UserError } from '../../model/errors.ts';
import type { Operator } from '../operator.ts';
import { clientConfig, type Environment, failureOf, nameUserAgent } from '../sdk.ts';

/** A new key on its way to its store. */
export interface NewKey {
  id: string;
  /** Revealed here alone, between IAM's answer and the store. */
  secret: string;
  user: string;
}

/** Where a new secret goes. Never the terminal, a log or an argument of a process. */
export interface Sink {
  /** As given: `file:PATH`. */
  name: string;
  /** What its user should know before it is filled. */
  warning?: string;
  /** Fails before any key is made when the store cannot take one. */
  check(): Promise<void>;
  put(key: NewKey): Promise<void>;
  /** Whether the store has the key already, where that can be read. */
  holds?(keyId: string): boolean;
}

export interface SinkContext {
  operator: Operator;
  env: Environment;
  home: string;
  cwd: string;
}

const FORMS = 'file:PATH, secretsmanager:NAME, ssm:NAME, command:CMD or profile:NAME';

/** @throws {UserError} for a form that is not known */
export function openSink(name: string, context: SinkContext): Sink {
  const colon = name.indexOf(':');
  const [kind, target] = colon < 0 ? [name, ''] : [name.slice(0, colon), name.slice(colon + 1)];
  if (!target) throw new UserError(`--sink ${name}: say where the new key goes: ${FORMS}`);
  switch (kind) {
    case 'file':
      return fileSink(name, resolve(context.cwd, target));
    case 'secretsmanager':
      return secretsManagerSink(name, target, context.operator);
    case 'ssm':
      return parameterSink(name, target, context.operator);
    case 'command':
      return commandSink(name, target, context);
    case 'profile':
      return profileSink(
        name,
        target,
        context.env.AWS_SHARED_CREDENTIALS_FILE ?? `${context.home}/.aws/credentials`,
      );
  }
  throw new UserError(`--sink ${name}: there is no store of that kind: ${FORMS}`);
}

/** JSON for a name that ends in .json, `AWS_ACCESS_KEY_ID=` lines otherwise. A file that holds anything else is never overwritten. */
function fileSink(name: string, path: string): Sink {
  return {
    name,
    warning: isInRepository(dirname(path))
      ? `${path} lies in a git repository: see that the new key is not committed next`
      : undefined,
    holds: (keyId) => existsSync(path) && readFileSync(path, 'utf8').includes(keyId),
    async check() {
      if (!existsSync(dirname(path)))
        throw new UserError(`--sink ${name}: the folder ${dirname(path)} does not exist`);
      if (!existsSync(path)) return;
      if (statSync(path).isDirectory())
        throw new UserError(`--sink ${name}: ${path} is a folder: name a file in it`);
      if (!isOwnFile(readFileSync(path, 'utf8')))
        throw new UserError(
          `--sink ${name}: ${path} holds something else: name a file that is not there yet`,
        );
    },
    async put(key) {
      const lines = `AWS_ACCESS_KEY_ID=${key.id}\nAWS_SECRET_ACCESS_KEY=${key.secret}\n`;
      replaceFile(path, path.endsWith('.json') ? `${asJson(key)}\n` : lines);
    },
  };
}

/** Written by an earlier try of the same sink, and by nobody else. */
function isOwnFile(text: string): boolean {
  return (
    /^AWS_ACCESS_KEY_ID=\w+\nAWS_SECRET_ACCESS_KEY=\S+\n$/.test(text) ||
    /^\{"AccessKeyId":"\w+","SecretAccessKey":"[^"]+","UserName":"[^"]+"\}\n$/.test(text)
  );
}

function isInRepository(folder: string): boolean {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, '.git'))) return true;
    if (at === dirname(at)) return false;
  }
}

/** The profile's section of the shared credentials file; everything else in the file stays as it is. */
function profileSink(name: string, profile: string, path: string): Sink {
  if (!/^[\w .@+-]+$/.test(profile))
    throw new UserError(`--sink ${name}: ${profile} is no name of a profile`);
  const read = () => (existsSync(path) ? readFileSync(path, 'utf8') : '');
  return {
    name,
    holds: (keyId) => read().includes(keyId),
    async check() {
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
      read();
    },
    async put({ id, secret }) {
      const section = [`[${profile}]`, `aws_access_key_id = ${id}`, `aws_secret_access_key = ${secret}`];
      const lines = read().split('\n');
      const start = lines.findIndex((line) => line.trim() === `[${profile}]`);
      if (start < 0)
        return replaceFile(
          path,
          [...lines.filter((line, at) => line || at < lines.length - 1), ...section, ''].join('\n'),
        );
      const next = lines.findIndex((line, at) => at > start && /^\s*\[/.test(line));
      const end = next < 0 ? lines.length : next;
      const kept = lines
        .slice(start + 1, end)
        .filter((line) => !/^\s*aws_(?:access_key_id|secret_access_key|session_token)\s*=/.test(line));
      replaceFile(path, [...lines.slice(0, start), ...section, ...kept, ...lines.slice(end)].join('\n'));
    },
  };
}

/** A command of the operator's own: gets `{"AccessKeyId", "SecretAccessKey", "UserName"}` on its standard input, and its output is not shown, for it may repeat it. */
function commandSink(name: string, command: string, { cwd, env }: SinkContext): Sink {
  return {
    name,
    async check() {},
    put: (key) =>
      new Promise((done, failed) => {
        const child = spawn(command, {
          shell: true,
          cwd,
          env: env as NodeJS.ProcessEnv,
          stdio: ['pipe', 'ignore', 'ignore'],
        });
        child.on('error', () => failed(new UserError(`--sink command: the command could not be started`, 3)));
        child.on('close', (code) =>
          code === 0
            ? done()
            : failed(
                new UserError(
                  `--sink command: the command failed with exit code ${code}; its output is not shown, as it may hold the secret`,
                  3,
                ),
              ),
        );
        // A command that does not read its input closes the pipe: its exit code says whether that was well.
        child.stdin.on('error', () => undefined);
        child.stdin.end(asJson(key));
      }),
  };
}

function secretsManagerSink(name: string, secretId: string, operator: Operator): Sink {
  return {
    name,
    async check() {},
    async put(key) {
      const { SecretsManager } = await import('@aws-sdk/client-secrets-manager');
      const client = nameUserAgent(
        new SecretsManager(await clientConfig('secretsmanager', operator, operator.connection)),
        operator.connection,
      );
      const SecretString = asJson(key);
      try {
        await client.putSecretValue({ SecretId: secretId, SecretString });
      } catch (error) {
        const { code } = failureOf(error);
        if (code !== 'ResourceNotFound') throw storeFailure(name, 'secretsmanager:PutSecretValue', code);
        await client.createSecret({ Name: secretId, SecretString }).catch((error) => {
          throw storeFailure(name, 'secretsmanager:CreateSecret', failureOf(error).code);
        });
      }
    },
  };
}

function parameterSink(name: string, parameter: string, operator: Operator): Sink {
  return {
    name,
    async check() {},
    async put(key) {
      const { SSM } = await import('@aws-sdk/client-ssm');
      const client = nameUserAgent(
        new SSM(await clientConfig('ssm', operator, operator.connection)),
        operator.connection,
      );
      await client
        .putParameter({ Name: parameter, Value: asJson(key), Type: 'SecureString', Overwrite: true })
        .catch((error) => {
          throw storeFailure(name, 'ssm:PutParameter', failureOf(error).code);
        });
    },
  };
}

function storeFailure(name: string, permission: string, code: string): UserError {
  return new UserError(
    `--sink ${name}: the store did not take the new key: ${permission} answered ${code || 'nothing'}`,
    3,
  );
}

function asJson({ id, secret, user }: NewKey): string {
  return JSON.stringify({ AccessKeyId: id, SecretAccessKey: secret, UserName: user });
}

function replaceFile(named: string, text: string): void {
  // A linked file stays a link: dot files often live in a repository of their own.
  const path = existsSync(named) ? realpathSync(named) : named;
  const temporary = `${path}.new`;
  writeFileSync(temporary, text, { mode: 0o600 });
  chmodSync(temporary, 0o600);
  renameSync(temporary, path);
}
