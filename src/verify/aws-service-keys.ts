import type { Finding, Verdict } from '../model/finding.ts';
import { ask, type Guard, NoAnswer } from './ask.ts';
import { talkSmtp } from './smtp.ts';

/** Keys of single AWS services, which STS knows nothing of. Each is asked about only when the user says so. */
export const AWS_SERVICES = ['bedrock', 'appsync', 'ses', 'codecommit'] as const;
export type AwsService = (typeof AWS_SERVICES)[number];

export function serviceOf({ rule }: Finding): AwsService | undefined {
  const [vendor, ...words] = rule.split('-');
  if (vendor !== 'aws') return undefined;
  // The passwords of CodeCommit and Keyspaces look alike; only the first has a host to ask.
  if (rule === 'aws-service-specific-password') return 'codecommit';
  return AWS_SERVICES.find((service) => words.includes(service));
}

export function isAskedFor(service: AwsService, services: readonly AwsService[] = []): boolean {
  return services.includes(service);
}

/** Asks the service's official host, and no other. Throws nothing. */
export async function checkServiceKey(
  service: AwsService,
  finding: Finding,
  guard: Guard,
  wire: Wire = { ask, talkSmtp },
): Promise<Verdict> {
  if (!finding.secret.known)
    return { state: 'unknown', reason: 'the secret is masked in this report: scan again with --verify' };
  try {
    return await CHECKS[service](finding, guard, wire);
  } catch (error) {
    if (error instanceof NoAnswer) return { state: 'unknown', reason: error.message };
    throw error;
  }
}

/** What carries questions; tests give their own. */
export interface Wire {
  ask: typeof ask;
  talkSmtp: typeof talkSmtp;
}

type Check = (finding: Finding, guard: Guard, wire: Wire) => Promise<Verdict>;

const CHECKS: Record<AwsService, Check> = { bedrock, appsync, ses, codecommit };

/** Lists the models: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_ListFoundationModels.html */
async function bedrock(finding: Finding, guard: Guard, wire: Wire): Promise<Verdict> {
  const host = `bedrock.${regionOf(finding) ?? 'us-east-1'}.amazonaws.com`;
  const headers = {
    authorization: `Bearer ${finding.secret.reveal()}`,
    accept: 'application/json',
    'user-agent': 'unleak',
  };
  const { status, body } = await wire.ask(
    { method: 'GET', url: `https://${host}/foundation-models`, headers },
    official(guard, host),
  );
  if (status === 200) return { state: 'active' };
  if (status === 403 && /not authorized to perform|explicit deny/i.test(body))
    return { state: 'active', reason: 'the key is known, and its user may not list models' };
  if (status === 403 && /expired/i.test(body)) return { state: 'expired' };
  if (status === 403 && /invalid|not valid|inactive|disabled|authentication failed/i.test(body))
    return { state: 'inactive' };
  return undecided(host, status);
}

/** The smallest GraphQL query. The endpoint is a fact of the finding: the key says nothing of it. */
async function appsync(finding: Finding, guard: Guard, wire: Wire): Promise<Verdict> {
  const url = String(finding.facts.endpoint ?? finding.pair?.id ?? '');
  const host =
    /^(?:https:\/\/)?([a-z0-9]{26}\.appsync-api\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?)(?:\/|$)/.exec(url)?.[1];
  if (!host) return { state: 'unknown', reason: 'no AppSync endpoint was found with the key' };
  const headers = {
    'x-api-key': finding.secret.reveal(),
    'content-type': 'application/json',
    'user-agent': 'unleak',
  };
  const question = {
    method: 'POST' as const,
    url: `https://${host}/graphql`,
    headers,
    body: '{"query":"{__typename}"}',
  };
  const { status, body } = await wire.ask(question, official(guard, host));
  if (status === 200 || (status === 502 && /No schema definition exists/i.test(body)))
    return { state: 'active' };
  if (status === 401 || status === 403) return { state: 'inactive' };
  return undecided(host, status);
}

/** The first answer of Git's own protocol, for the repository that the finding's URL names. */
async function codecommit(finding: Finding, guard: Guard, wire: Wire): Promise<Verdict> {
  const { url = '', user = finding.pair?.id ?? '' } = finding.facts as { url?: string; user?: string };
  const [, host, path] =
    /(git-codecommit\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?)(\/v1\/repos\/[\w.-]{1,100})/.exec(String(url)) ??
    [];
  if (!host || !user)
    return {
      state: 'unknown',
      reason: 'CodeCommit is asked about a repository, and none was found with the password',
    };
  const basic = Buffer.from(`${user}:${finding.secret.reveal()}`).toString('base64');
  const question = {
    method: 'GET' as const,
    url: `https://${host}${path}/info/refs?service=git-upload-pack`,
    headers: { authorization: `Basic ${basic}`, 'user-agent': 'unleak' },
  };
  const { status } = await wire.ask(question, official(guard, host));
  if (status === 200 || status === 404) return { state: 'active' };
  if (status === 401) return { state: 'inactive' };
  return undecided(host, status);
}

/** SMTP over TLS with AUTH PLAIN (RFC 4954): 235 is a yes, 535 a no. No mail is sent. */
async function ses(finding: Finding, guard: Guard, wire: Wire): Promise<Verdict> {
  const user = finding.pair?.id ?? String(finding.facts.keyId ?? '');
  if (!user) return { state: 'unknown', reason: 'no SMTP user name was found with the password' };
  const host = `email-smtp.${regionOf(finding) ?? 'us-east-1'}.amazonaws.com`;
  const answer = await wire.talkSmtp(host, user, finding.secret.reveal(), guard);
  if (answer === 235) return { state: 'active' };
  if (answer !== 535) return undecided(host, answer);
  return regionOf(finding)
    ? { state: 'inactive', reason: `refused in ${regionOf(finding)}` }
    : {
        state: 'unknown',
        reason: 'refused in us-east-1: an SMTP password works in one region, and the finding names none',
      };
}

function official(guard: Guard, host: string): Guard {
  return { ...guard, hosts: new Set([host]), allowPrivate: false };
}

function regionOf({ facts }: Finding): string | undefined {
  return typeof facts.region === 'string' && /^[a-z]{2,4}(?:-[a-z]+)+-\d$/.test(facts.region)
    ? facts.region
    : undefined;
}

function undecided(host: string, status: number): Verdict {
  return { state: 'unknown', reason: `${host} answered ${status}, which decides nothing` };
}
