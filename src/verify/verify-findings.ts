import { inParallel } from '../aws/in-parallel.ts';
import type { AccountLists } from '../aws/verify-pairs.ts';
import type { Finding, Verdict } from '../model/finding.ts';
import type { VerifyRequest } from '../rules/rule.ts';
import type { Guard } from './ask.ts';
import { type AwsService, checkServiceKey, isAskedFor, serviceOf } from './aws-service-keys.ts';
import { checkDeclared } from './declared-check.ts';
import { agentsFor, type Environment } from './proxy.ts';

export interface VerifyOptions {
  /** The questions of the rules, by rule id. */
  requests: ReadonlyMap<string, VerifyRequest>;
  /** Hosts that may be asked: those of the built-in rules (`hostOf`) and those that the configuration allows. */
  hosts: ReadonlySet<string>;
  allowPrivate?: boolean;
  /** The process' own environment: proxies are read from it, and two switches of the AWS SDK are set in it. */
  env: Environment;
  /** The product's version, for the user agent. */
  version: string;
  /** For one question; milliseconds, 5000 when not given. */
  timeoutMs?: number;
  signal?: AbortSignal;
  aws?: AwsOptions;
  /** Called after each answer. */
  onProgress?: (done: number, total: number) => void;
}

export interface AwsOptions {
  /** Takes the place of STS. */
  endpoint?: string;
  accounts?: AccountLists;
  /** Partitions to ask after the one hinted at. */
  otherPartitions?: string[];
  /** Keys of services that are asked about as well. Bearer keys leave the machine, for the official host alone. */
  services?: AwsService[];
  /** Names the account of ids that do not hold it, with these credentials of the user's own. */
  own?: () => Promise<{ accessKeyId: string; secretAccessKey: string; sessionToken?: string }>;
}

/** Questions, and connections, at a time. */
const CONCURRENCY = 8;
const TIMEOUT = 5000;

/**
 * Asks the issuers whether findings still work, and sets each one's `verdict`: AWS pairs by STS, other rules by the
 * request they declare. What has no way to be asked about stays `unchecked`. Failures are verdicts, never exceptions.
 */
export async function verifyFindings(findings: Finding[], options: VerifyOptions): Promise<void> {
  const timeoutMs = options.timeoutMs ?? TIMEOUT;
  const guard: Guard = { ...options, timeoutMs };
  const tasks: (() => Promise<void>)[] = [];
  const keys = new Map<string, Finding[]>();
  const same = new Map<string, Finding[]>();
  for (const finding of findings) {
    // Accepted by the team, and listed only on request: not worth showing to anybody.
    if (finding.suppressed) continue;
    const keyId = keyIdOf(finding);
    if (keyId) keys.set(keyId, [...(keys.get(keyId) ?? []), finding]);
    else {
      const key = `${finding.rule}\0${finding.secret.known ? finding.secret.reveal() : finding.fingerprint}`;
      same.set(key, [...(same.get(key) ?? []), finding]);
    }
  }
  if (keys.size > 0) tasks.push(...(await keyTasks(keys, options, timeoutMs)));
  for (const group of same.values())
    tasks.push(async () => setAll(group, await checkOther(group[0], options, guard)));
  let done = 0;
  await inParallel(CONCURRENCY, tasks, async (task) => {
    if (!options.signal?.aborted) await task();
    options.onProgress?.(++done, tasks.length);
  });
}

/** The access key id of an AWS finding that has both halves; for a lone id see `loneKeyId`. */
function keyIdOf({ rule, pair }: Finding): string | undefined {
  return rule.startsWith('aws-') && pair && /^A[KS]IA/.test(pair.id) && !/^(?:aws-ses|aws-smtp)/.test(rule)
    ? pair.id
    : undefined;
}

async function keyTasks(keys: Map<string, Finding[]>, options: VerifyOptions, timeoutMs: number) {
  const { env, aws = {}, version, signal } = options;
  // Loaded here and not above: a scan that verifies nothing loads no AWS code.
  const [{ verifyKey }, { quietSdk }, { accountOfKey }] = await Promise.all([
    import('../aws/verify-pairs.ts'),
    import('../aws/sdk.ts'),
    import('../aws/identity.ts'),
  ]);
  quietSdk(env);
  const connection = {
    endpoint: aws.endpoint,
    agents: await agentsFor(aws.endpoint ?? 'https://sts.amazonaws.com', env, { maxSockets: CONCURRENCY }),
    userAgent: `unleak/${version}`,
    timeoutMs,
    attempts: 3,
    signal,
  };
  return [...keys].map(([keyId, group]) => async () => {
    await verifyKey(keyId, group, {
      connection,
      accounts: aws.accounts,
      otherPartitions: aws.otherPartitions,
    });
    if (!aws.own || group[0].facts.accountId || group[0].verdict?.state === 'canary') return;
    const account = await accountOfKey(keyId, aws.own, connection).catch(() => undefined);
    if (account) for (const finding of group) finding.facts.accountId = account;
  });
}

async function checkOther(finding: Finding, options: VerifyOptions, guard: Guard): Promise<Verdict> {
  if (finding.rule.startsWith('aws-')) return checkAws(finding, options, guard);
  return checkByRule(finding, options, guard);
}

function checkByRule(
  finding: Finding,
  { requests }: VerifyOptions,
  guard: Guard,
): Promise<Verdict> | Verdict {
  const request = requests.get(finding.rule);
  return request
    ? checkDeclared(finding, request, guard)
    : { state: 'unchecked', reason: 'no way to ask the issuer is known' };
}

/** Keys of AWS that are no pairs: what is bait is told without asking, keys of services are asked about where the user said so. */
async function checkAws(finding: Finding, options: VerifyOptions, guard: Guard): Promise<Verdict> {
  const { aws } = options;
  const { accountId, keyId } = finding.facts;
  const account = accountId === undefined ? undefined : String(accountId).padStart(12, '0');
  const { refuseAccount } = await import('../aws/verify-pairs.ts');
  const refusal = refuseAccount(account, aws?.accounts ?? {});
  if (refusal?.state === 'canary') return refusal;
  const service = serviceOf(finding);
  if (service && !isAskedFor(service, aws?.services))
    return { state: 'unchecked', reason: `asked about only with --verify-aws-service ${service}` };
  if (service) return refusal ?? checkServiceKey(service, finding, guard);
  if (typeof keyId !== 'string') return checkByRule(finding, options, guard);
  return {
    state: 'unchecked',
    reason:
      finding.secret.known && finding.secret.reveal() !== keyId
        ? 'asking about it would be using it'
        : `only the id was found: unleak respond plan --key ${keyId} asks IAM about it`,
  };
}

function setAll(findings: Finding[], verdict: Verdict): void {
  const checkedAt = verdict.state === 'unchecked' ? undefined : new Date().toISOString();
  for (const finding of findings) finding.verdict = { ...verdict, ...(checkedAt && { checkedAt }) };
}
