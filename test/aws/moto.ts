import { execFileSync, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { IAM } from '@aws-sdk/client-iam';
import type { Pair, Stage } from './contract.ts';

/** Whether moto's server is there. */
export function hasMoto(): boolean {
  try {
    execFileSync('moto_server', ['--help'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** The name of tests against moto, which says why they are skipped where they are. */
export const MOTO = hasMoto()
  ? "moto's server"
  : "moto's server (skipped: moto_server is not installed, see pip install 'moto[server]')";

/** Makes the administrator while moto does not check yet, then has it check every signature. */
export async function startMoto(): Promise<Stage> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  // Its own process group: the program on the path may be a wrapper around the one that listens.
  const child = spawn('moto_server', ['-p', String(port)], { stdio: 'ignore', detached: true });
  await untilUp(`${url}/moto-api/`);
  const iamOf = ({ id, secret }: Pair) =>
    new IAM({
      endpoint: url,
      region: 'us-east-1',
      credentials: { accessKeyId: id, secretAccessKey: secret },
    });
  const open = iamOf({ id: 'any', secret: 'any' });
  await open.createUser({ UserName: 'admin' });
  const PolicyDocument = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
  });
  await open.putUserPolicy({ UserName: 'admin', PolicyName: 'all', PolicyDocument });
  const { AccessKey } = await open.createAccessKey({ UserName: 'admin' });
  const admin = { id: AccessKey!.AccessKeyId!, secret: AccessKey!.SecretAccessKey! };
  await fetch(`${url}/moto-api/reset-auth`, {
    method: 'POST',
    headers: { 'content-type': 'text/plain' },
    body: '0',
  });
  const iam = iamOf(admin);
  const makeKey = async (UserName: string) => {
    await iam.createUser({ UserName }).catch(() => undefined);
    const made = await iam.createAccessKey({ UserName });
    return { id: made.AccessKey!.AccessKeyId!, secret: made.AccessKey!.SecretAccessKey! };
  };
  const close = async () => {
    process.kill(-child.pid!, 'SIGTERM');
  };
  return { url, admin, makeKey, close };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as { port: number };
  await new Promise((done) => server.close(done));
  return port;
}

async function untilUp(url: string): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    if (
      await fetch(url).then(
        ({ ok }) => ok,
        () => false,
      )
    )
      return;
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error(`nothing answers at ${url}`);
}
