import type { IAM } from '@aws-sdk/client-iam';
import { UserError } from '../model/errors.ts';
import type { Operator } from './operator.ts';
import { partThatGrants } from './respond/permissions.ts';
import { clientConfig, failureOf, nameUserAgent } from './sdk.ts';

export async function openIam({ partition, region, credentials, connection }: Operator): Promise<IAM> {
  const { IAM } = await import('@aws-sdk/client-iam');
  return nameUserAgent(
    new IAM(await clientConfig('iam', { partition, region, credentials }, connection)),
    connection,
  );
}

interface Page {
  IsTruncated?: boolean;
  Marker?: string;
}

/** Every item of a list call, page by page. */
export async function listAll<Answer extends Page, Item>(
  call: (marker: { Marker?: string }) => Promise<Answer>,
  items: (answer: Answer) => Item[] | undefined,
): Promise<Item[]> {
  const all: Item[] = [];
  let Marker: string | undefined;
  do {
    const answer = await call(Marker ? { Marker } : {});
    all.push(...(items(answer) ?? []));
    Marker = answer.IsTruncated ? answer.Marker : undefined;
  } while (Marker);
  return all;
}

export function isMissing(error: unknown): boolean {
  const { code } = failureOf(error);
  return code === 'NoSuchEntity';
}

/** The value, or undefined where IAM says that there is no such thing. */
export async function orMissing<Value>(value: Promise<Value>): Promise<Value | undefined> {
  try {
    return await value;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** A read that a response can do without: when it fails the reason is kept for the plan, and `fallback` stands in. */
export async function orNote<Value>(
  permission: string,
  value: Promise<Value>,
  fallback: Value,
  notes: string[],
): Promise<Value> {
  try {
    return await value;
  } catch (error) {
    const { code, status } = failureOf(error);
    notes.push(`${permission}: ${code || `no answer that can be read (status ${status})`}`);
    return fallback;
  }
}

/**
 * Turns a failed call into what its reader can do about it. Bugs pass through.
 * @param permission the IAM action, such as `iam:UpdateAccessKey`
 */
export function explainFailure(error: unknown, permission: string, who: string): Error {
  if (error instanceof UserError) return error;
  const { code, status, message } = failureOf(error);
  const part = partThatGrants(permission);
  if (code === 'AccessDenied' || code === 'AccessDeniedException' || code === 'UnauthorizedOperation')
    return new UserError(
      `${who} may not call ${permission}: nothing was changed by this call. A policy that grants it is printed by: unleak respond policy${part ? ` ${part}` : ''}`,
      3,
    );
  if (code === 'ExpiredToken')
    return new UserError(
      `the operator's session has expired during ${permission}: log in and run the same command again`,
      3,
    );
  if (code === 'Throttling' || status === 429)
    return new UserError(`AWS is throttling ${permission}: run the same command again in a minute`, 3);
  if (status === 0 || status >= 500 || !code)
    return new UserError(
      `AWS did not answer ${permission} (${code || `status ${status}`}): run the same command again`,
      3,
    );
  return new UserError(
    `AWS refused ${permission}: ${code}: ${message.replace(/\s+/g, ' ').slice(0, 300)}`,
    3,
  );
}
