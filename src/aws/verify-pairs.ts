import { isCanaryAccount } from '../engine/facts/aws-canaries.ts';
import { decodeAwsKeyId } from '../engine/facts/aws-key-id.ts';
import type { Finding, Verdict } from '../model/finding.ts';
import { activeVerdict, askIdentity, readFailure } from './identity.ts';
import { PARTITIONS, type Partition, partitionNamed, partitionOfRegion } from './partitions.ts';
import { pause } from './pause.ts';
import type { Connection, StaticCredentials } from './sdk.ts';

export interface PairOptions {
  connection: Connection;
  /** Partitions to ask after the one that the finding hints at. Each question shows the id to another operator. */
  otherPartitions?: string[];
  accounts?: AccountLists;
  /** Wait before the second question about a mismatching pair; milliseconds. */
  retryAfterMs?: number;
}

/** Twelve-digit accounts. */
export interface AccountLists {
  /** When given, keys of no other account are asked about; ids that hold no account are not asked about either. */
  allow?: string[];
  deny?: string[];
  /** Accounts of bait keys, besides the known ones. */
  canaries?: string[];
}

/** More candidates than this for one id are guesses: they stay unasked. */
const MAX_CANDIDATES = 5;

/**
 * Verdicts for all findings that share one access key id, nearest secret first and one at a time: STS may answer a right
 * pair with a mismatch while another secret of the same id was asked about seconds before, so a mismatch among several
 * candidates is asked about twice.
 */
export async function verifyKey(keyId: string, findings: Finding[], options: PairOptions): Promise<void> {
  const refusal = refuseToAsk(keyId, options.accounts ?? {});
  if (refusal) return setAll(findings, refusal);
  const candidates = groupBySecret(findings);
  let settled: Verdict | undefined;
  for (const [index, group] of candidates.entries()) {
    const [first] = group;
    if (settled) setAll(group, settled);
    else if (index >= MAX_CANDIDATES)
      setAll(group, {
        state: 'unknown',
        reason: `more than ${MAX_CANDIDATES} secrets stand near this id: not asked`,
      });
    else {
      const verdict = await verifyCandidate(keyId, first, candidates.length > 1, options);
      setAll(group, verdict);
      if (verdict.state === 'active')
        settled = { state: 'mismatch', reason: 'another secret is the one of this id' };
      // STS looks the id up before it checks the signature: no other secret will change this answer.
      if (verdict.state === 'inactive') settled = verdict;
    }
  }
}

/** Why an id may not be asked about, or undefined. */
export function refuseToAsk(keyId: string, accounts: AccountLists): Verdict | undefined {
  if (!/^A[KS]IA[A-Z0-9]{12,124}$/.test(keyId))
    return unknown('not an AWS access key id: keys of S3-compatible stores are never shown to AWS');
  if (keyId.endsWith('EXAMPLE')) return unknown("an example of AWS' own documentation: not asked");
  return refuseAccount(decodeAwsKeyId(keyId)?.accountId, accounts);
}

/**
 * Why keys of an account may not be asked about, or undefined.
 * @param account as the key itself tells; undefined when it does not
 */
export function refuseAccount(
  account: string | undefined,
  { allow, deny, canaries }: AccountLists,
): Verdict | undefined {
  if (account && (isCanaryAccount(account) || canaries?.includes(account)))
    return {
      state: 'canary',
      reason: `account ${account} hands out bait keys: using one raises an alarm, so it was not asked`,
    };
  if (account && deny?.includes(account))
    return unknown(`account ${account} is on the list of accounts not to ask about`);
  if (allow?.length && !(account && allow.includes(account)))
    return unknown(
      `${account ? `account ${account}` : 'the account, which the key does not tell,'} is not on the list of accounts to ask about`,
    );
  return undefined;
}

function unknown(reason: string): Verdict {
  return { state: 'unknown', reason };
}

async function verifyCandidate(
  keyId: string,
  finding: Finding,
  several: boolean,
  options: PairOptions,
): Promise<Verdict> {
  const { pair, facts } = finding;
  const secret = pair?.secret ?? finding.secret;
  if (!secret.known)
    return {
      state: 'unknown',
      reason:
        'the secret is masked in this report: scan again with --verify, or write the report with --show-secrets',
    };
  const isSession = keyId.startsWith('ASIA');
  const token = pair?.sessionToken;
  if (isSession && !token?.known)
    return {
      state: 'unknown',
      reason: "no session token was found with this session key: it can't be asked about without",
    };
  const credentials: StaticCredentials = {
    accessKeyId: keyId,
    secretAccessKey: secret.reveal(),
    // A long-term key sent with a stray token is answered as if it were dead.
    ...(isSession && { sessionToken: token!.reveal() }),
  };
  const hint = partitionHint(facts);
  let verdict = await askPartition(credentials, hint.partition, options, hint.region);
  if (verdict.state === 'mismatch' && several) {
    await pause(options.retryAfterMs ?? 5000, options.connection.signal).catch(() => undefined);
    verdict = await askPartition(credentials, hint.partition, options, hint.region);
  }
  for (const other of options.otherPartitions ?? []) {
    if (verdict.state !== 'inactive' || other === hint.partition.id) continue;
    const answer = await askPartition(credentials, partitionNamed(other), options);
    if (answer.state !== 'inactive') verdict = answer;
  }
  return verdict.state === 'inactive' ? withUnaskedPartitions(verdict, hint.partition, options) : verdict;
}

async function askPartition(
  credentials: StaticCredentials,
  partition: Partition,
  { connection }: PairOptions,
  region?: string,
): Promise<Verdict> {
  const { accessKeyId } = credentials;
  const answer = await askIdentity(credentials, partition, connection, region);
  if ('failure' in answer) return readFailure(answer.failure, accessKeyId, partition);
  if (!answer.identity.arn)
    return { state: 'unknown', reason: 'the answer names nobody: it is not from STS' };
  return activeVerdict(answer.identity, decodeAwsKeyId(accessKeyId)?.accountId);
}

function withUnaskedPartitions(
  verdict: Verdict,
  first: Partition,
  { otherPartitions = [] }: PairOptions,
): Verdict {
  const unasked = PARTITIONS.map(({ id }) => id).filter(
    (id) => id !== first.id && !otherPartitions.includes(id),
  );
  if (unasked.length === 0) return verdict;
  return { ...verdict, reason: `${verdict.reason} (not asked: ${unasked.join(', ')}; see --partition)` };
}

/** Where a key most likely lives: the region in its session token or near it, as the engine has noted them. */
export function partitionHint(facts: Finding['facts']): { partition: Partition; region?: string } {
  const region = typeof facts.region === 'string' ? facts.region : undefined;
  if (typeof facts.partition === 'string' && facts.partition) {
    const partition = partitionNamed(facts.partition);
    return { partition, region: region && partition.regions.test(region) ? region : undefined };
  }
  const known = region && PARTITIONS.some(({ regions }) => regions.test(region));
  return known ? { partition: partitionOfRegion(region), region } : { partition: partitionNamed('aws') };
}

function groupBySecret(findings: Finding[]): Finding[][] {
  const groups = new Map<string, Finding[]>();
  const distance = ({ pair, places }: Finding) => Math.abs((pair?.idLine ?? 0) - (places[0]?.line ?? 0));
  for (const finding of [...findings].sort((a, b) => distance(a) - distance(b))) {
    const secret = finding.pair?.secret ?? finding.secret;
    const token = finding.pair?.sessionToken;
    const key = JSON.stringify([textOf(secret), token && textOf(token)]);
    groups.set(key, [...(groups.get(key) ?? []), finding]);
  }
  return [...groups.values()];
}

function textOf(secret: { known: boolean; mask: string; reveal(): string }): string {
  return secret.known ? secret.reveal() : secret.mask;
}

function setAll(findings: Finding[], verdict: Verdict): void {
  const checkedAt = new Date().toISOString();
  for (const finding of findings) finding.verdict = { ...verdict, checkedAt };
}
