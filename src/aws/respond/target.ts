import { isCanaryAccount } from '../../engine/facts/aws-canaries.ts';
import { decodeAwsKeyId } from '../../engine/facts/aws-key-id.ts';
import { isEdited } from '../../engine/fingerprint.ts';
import { UserError } from '../../model/errors.ts';
import type { Finding } from '../../model/finding.ts';
import type { Report } from '../../model/report.ts';
import type { Secret } from '../../model/secret.ts';

/** What a response is to end. */
export interface Target {
  kind: 'key' | 'session' | 'service-credential';
  /** The access key id, or the id of the service-specific credential; empty until `nameCredential` has found that. */
  id: string;
  /** Whose service-specific credential it is, as the leaked key itself tells. */
  owner?: CredentialOwner;
  /** Known for ids made since 2019. */
  accountId?: string;
  /** The leaked secret, when it is at hand: death can then be proven by use. */
  secret?: Secret;
  sessionToken?: Secret;
  /** When the leak began, as far as its commits tell. */
  since?: Date;
  /** Where it leaked, for the history advice. */
  places: { path: string; commit?: string }[];
}

export interface CredentialOwner {
  user: string;
  /** As IAM calls the service; absent when the key does not tell. */
  service?: string;
}

/** @throws {UserError} for what is no AWS key, and for bait keys */
export function targetOfKey(id: string, accounts: { canaries?: string[] } = {}): Target {
  const trimmed = id.trim();
  if (/^ABIA/.test(trimmed))
    throw new UserError(
      `${trimmed} is the id of an STS bearer token, which nobody can deactivate: it ends by itself`,
    );
  if (!/^(?:AKIA|ASIA|ACCA)[A-Z0-9]{12,124}$/.test(trimmed))
    throw new UserError(
      `${trimmed} is no AWS access key id (AKIA..., ASIA..., ACCA...): a key of an S3-compatible store is ended at that store`,
    );
  if (trimmed.endsWith('EXAMPLE'))
    throw new UserError(`${trimmed} is an example of AWS' documentation: there is nothing to end`);
  const accountId = decodeAwsKeyId(trimmed)?.accountId;
  refuseBait(trimmed, accountId, accounts);
  const kind = trimmed.startsWith('ASIA')
    ? 'session'
    : trimmed.startsWith('ACCA')
      ? 'service-credential'
      : 'key';
  return { kind, id: trimmed, accountId, places: [] };
}

function refuseBait(
  name: string,
  accountId: string | undefined,
  { canaries }: { canaries?: string[] },
): void {
  if (accountId && (isCanaryAccount(accountId) || canaries?.includes(accountId)))
    throw baitError(name, accountId);
}

function baitError(name: string, accountId: string | undefined): UserError {
  return new UserError(
    `${name} is a bait key${accountId ? ` of account ${accountId}` : ''}: touching it only raises an alarm at its owner. Remove it from the code, and ask who laid it`,
  );
}

/**
 * The AWS key of a report.
 * @param fingerprint a finding's, or its beginning; needed when the report has several AWS keys
 * @throws {UserError} when there is none, when there are several to choose from, or when the report contradicts itself
 */
export function targetOfReport(
  report: Report,
  fingerprint: string | undefined,
  accounts: { canaries?: string[] } = {},
): Target {
  const findings = report.findings.filter((finding) => idOf(finding) !== undefined);
  const chosen = fingerprint
    ? findings.filter((finding) => finding.fingerprint.startsWith(fingerprint))
    : findings;
  const ids = new Set(chosen.map(idOf));
  if (ids.size === 0)
    throw new UserError(
      fingerprint
        ? `no finding of an AWS key in the report has the fingerprint ${fingerprint}`
        : 'the report holds no finding of an AWS key',
    );
  if (ids.size > 1) {
    const list = chosen
      .map((finding) => `  ${finding.fingerprint}  ${idOf(finding)}  ${finding.places[0]?.path ?? ''}`)
      .join('\n');
    throw new UserError(
      `the report holds ${ids.size} AWS keys: choose one by --finding <fingerprint>\n${list}`,
    );
  }
  // The finding with a pair that works is the one to prove death by.
  const best = [...chosen].sort((a, b) => rank(b) - rank(a))[0];
  if (chosen.some(({ verdict }) => verdict?.state === 'canary'))
    throw baitError(idOf(best)!, accountOf(best));
  const owner = ownerOf(best);
  const id = owner ? '' : idOf(best)!;
  for (const finding of chosen) checkConsistency(finding, owner ? idOf(finding)! : id);
  if (owner) refuseBait(`the key of ${owner.user}`, accountOf(best), accounts);
  const target: Target = owner
    ? { kind: 'service-credential', id, owner, accountId: accountOf(best), places: [] }
    : targetOfKey(id, accounts);
  const dates = chosen.flatMap(({ places }) => places.flatMap(({ date }) => (date ? [new Date(date)] : [])));
  return {
    ...target,
    secret: [best.pair?.secret, owner && best.secret].find((secret) => secret?.known),
    sessionToken: best.pair?.sessionToken?.known ? best.pair.sessionToken : undefined,
    since: dates.sort((a, b) => a.getTime() - b.getTime())[0],
    places: chosen.flatMap(({ places }) => places.map(({ path, commit }) => ({ path, commit }))),
  };
}

/** The user of a service-specific credential: it is part of such a key. Several keys of one user have `+1` and so on after the name. */
function ownerOf({ rule, facts, secret }: Finding): CredentialOwner | undefined {
  const { user, accountId } = facts;
  if (
    !rule.startsWith('aws-') ||
    typeof user !== 'string' ||
    facts.keyId !== undefined ||
    accountId === undefined
  )
    return undefined;
  const isBedrock = rule.includes('bedrock') || secret.mask.startsWith('ABSK');
  return { user: user.replace(/-at-\d{12}$/, ''), ...(isBedrock && { service: 'bedrock.amazonaws.com' }) };
}

function accountOf({ facts }: Finding): string | undefined {
  return facts.accountId === undefined ? undefined : String(facts.accountId).padStart(12, '0');
}

function idOf(finding: Finding): string | undefined {
  const { rule, pair, facts } = finding;
  if (!rule.startsWith('aws-')) return undefined;
  const owner = ownerOf(finding);
  if (owner) return `${owner.user}-at-${facts.accountId}`;
  const id = typeof facts.keyId === 'string' ? facts.keyId : pair?.id;
  return id && /^(?:AKIA|ASIA|ACCA)/.test(id) ? id : undefined;
}

function rank({ pair, verdict }: Finding): number {
  return (verdict?.state === 'active' ? 4 : 0) + (pair?.secret.known ? 2 : 0) + (pair ? 1 : 0);
}

function checkConsistency(finding: Finding, id: string): void {
  const { pair, facts, fingerprint } = finding;
  const account = decodeAwsKeyId(id)?.accountId;
  const contradicts =
    (pair && pair.id !== id) ||
    (account && facts.accountId !== undefined && String(facts.accountId) !== account);
  if (contradicts || isEdited(finding))
    throw new UserError(
      `the report was edited: finding ${fingerprint} names ${id} and an account, a pair or a secret that is not its own. Scan again`,
    );
}
