import type { Finding, Verdict } from '../model/finding.ts';
import { ask, type Guard, NoAnswer } from './ask.ts';
import { talkSmtp } from './smtp.ts';

/** Keys of single AWS services, which STS knows nothing of. Each is asked about only when the user says so. */
export const AWS_SERVICES = ['bedrock', 'appsync', 'ses', 'codecommit'] as const;
export type AwsService = (typeof AWS_SERVICES)[number];

export function serviceOf({ rule, facts }: Finding): AwsService | undefined {
  const [vendor, ...words] = rule.split('-');
  if (vendor !== 'aws') return undefined;
  // The passwords of CodeCommit and Keyspaces look alike; only the first can be asked about by a single request.
  if (rule === 'aws-service-specific-password')
    return facts.service === 'keyspaces' ? undefined : 'codecommit';
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
  const answer = readJson(body);
  if (status === 200 && 'modelSummaries' in answer) return { state: 'active' };
  const message = status === 403 ? String(answer.message ?? answer.Message ?? '') : '';
  if (/not authorized to perform|explicit deny/i.test(message))
    return { state: 'active', reason: 'the key is known, and its user may not list models' };
  if (/expired/i.test(message)) return { state: 'expired' };
  if (!/invalid|not valid|inactive|disabled|authentication failed/i.test(message))
    return undecided(host, status);
  // The same words meet a key in a region that is not its own.
  return refused('a Bedrock key', finding);
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
  const { data, errors } = readJson(body);
  const kinds = JSON.stringify(errors ?? []);
  if (status === 200 && (data !== undefined || errors !== undefined)) return { state: 'active' };
  if (status === 502 && /No schema definition exists/i.test(body)) return { state: 'active' };
  // Its firewall (WAF) and its other ways to sign in answer 401 and 403 too.
  if ((status === 401 || status === 403) && /not authorized to make this call/i.test(kinds))
    return { state: 'inactive' };
  return undecided(host, status);
}

/** Asked for where the host is known and no repository: a user that may sign in learns that there is none of this name. */
const NO_REPOSITORY = '/v1/repos/unleak-asks-whether-this-login-works';

/** The first answer of Git's own protocol, for the repository that stands near the password. */
async function codecommit(finding: Finding, guard: Guard, wire: Wire): Promise<Verdict> {
  const { url = '', user = finding.pair?.id ?? '' } = finding.facts as { url?: string; user?: string };
  const [, host, path = NO_REPOSITORY] =
    /^https:\/\/(git-codecommit\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?)(\/v1\/repos\/[\w.-]{1,100})?$/.exec(
      String(url),
    ) ?? [];
  if (!host || !user)
    return { state: 'unknown', reason: 'no CodeCommit address was found with the password' };
  const basic = Buffer.from(`${user}:${plain(finding.secret.reveal())}`).toString('base64');
  const question = {
    method: 'GET' as const,
    url: `https://${host}${path}/info/refs?service=git-upload-pack`,
    headers: { authorization: `Basic ${basic}`, 'user-agent': 'unleak' },
  };
  const { status, body } = await wire.ask(question, official(guard, host));
  if (status === 200 && body.includes('# service=git-upload-pack')) return { state: 'active' };
  if (status === 404) return { state: 'active', reason: 'the login works, and there is no such repository' };
  if (status === 401) return { state: 'inactive' };
  if (status === 403 && /not authorized to perform: codecommit:/i.test(body))
    return { state: 'active', reason: 'the login works, and its user may not read this repository' };
  if (status === 403 && /UnrecognizedClientException/.test(body)) return { state: 'inactive' };
  // https://docs.aws.amazon.com/codecommit/latest/userguide/troubleshooting-ch.html
  if (status === 403)
    return {
      state: 'unknown',
      reason: `${host} answered 403, which an old password and a policy against the repository both give`,
    };
  return undecided(host, status);
}

/** A password as it stands in a URL; base64 itself has no percent sign. */
function plain(secret: string): string {
  return /%[0-9A-F]{2}/i.test(secret) ? decodeURIComponent(secret) : secret;
}

/** SMTP over TLS with AUTH PLAIN (RFC 4954): 235 is a yes, 535 a no. No mail is sent. */
async function ses(finding: Finding, guard: Guard, wire: Wire): Promise<Verdict> {
  const user = finding.pair?.id ?? String(finding.facts.keyId ?? '');
  if (!user) return { state: 'unknown', reason: 'no SMTP user name was found with the password' };
  const host = `email-smtp.${regionOf(finding) ?? 'us-east-1'}.amazonaws.com`;
  const answer = await wire.talkSmtp(host, user, finding.secret.reveal(), official(guard, host));
  if (answer === 235) return { state: 'active' };
  if (answer !== 535) return undecided(host, answer);
  return refused('an SMTP password', finding);
}

/** Dead, where the region that was asked is the key's own. */
function refused(what: string, finding: Finding): Verdict {
  const region = regionOf(finding);
  if (region) return { state: 'inactive', reason: `refused in ${region}` };
  return {
    state: 'unknown',
    reason: `refused in us-east-1: ${what} may work in one region alone, and the finding names none`,
  };
}

/** A bearer key goes to a public address alone, whatever else the user has allowed. */
function official(guard: Guard, host: string): Guard {
  return { ...guard, hosts: new Set([host]), allowPrivate: false };
}

function regionOf({ facts }: Finding): string | undefined {
  return typeof facts.region === 'string' && /^[a-z]{2,4}(?:-[a-z]+)+-\d$/.test(facts.region)
    ? facts.region
    : undefined;
}

/** What decides is AWS' own JSON: the page of a proxy has any status and any words. */
function readJson(body: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

function undecided(host: string, status: number): Verdict {
  return { state: 'unknown', reason: `${host} answered ${status}, which decides nothing` };
}
