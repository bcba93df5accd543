import { type IamAction, noSuchEntity, userOf } from './iam.ts';
import type { Exchange } from './server.ts';
import { AwsError } from './sigv4.ts';
import { addKey, isAccepted, type Key } from './world.ts';

/** Inactive keys count. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const MAX_KEYS = 2;

export const KEY_ACTIONS: Record<string, IamAction> = {
  GetAccessKeyLastUsed: ({ world, params }) => {
    const key = world.keys.get(params.AccessKeyId);
    if (!key || key.deleted || key.owner.includes('/'))
      throw noSuchEntity(`Access Key with id ${params.AccessKeyId}`);
    const { lastUsed } = key;
    return {
      UserName: key.owner === '<root>' ? '' : key.owner,
      AccessKeyLastUsed: {
        LastUsedDate: lastUsed?.date,
        ServiceName: lastUsed?.service ?? 'N/A',
        Region: lastUsed?.region ?? 'N/A',
      },
    };
  },
  ListAccessKeys: (exchange) => ({
    AccessKeyMetadata: keysOf(exchange, userOf(exchange).name).map(({ id, owner, status, created }) => ({
      UserName: owner,
      AccessKeyId: id,
      Status: status,
      CreateDate: created,
    })),
    IsTruncated: false,
  }),
  CreateAccessKey: (exchange) => {
    const { name } = userOf(exchange);
    if (keysOf(exchange, name).length >= MAX_KEYS)
      throw new AwsError('LimitExceeded', `Cannot exceed quota for AccessKeysPerUser: ${MAX_KEYS}`, 409);
    const key = addKey(exchange.world, name, { created: new Date(exchange.now) });
    settle(key, false, exchange);
    return {
      AccessKey: {
        UserName: name,
        AccessKeyId: key.id,
        Status: key.status,
        SecretAccessKey: key.secret,
        CreateDate: key.created,
      },
    };
  },
  UpdateAccessKey: (exchange) => {
    const key = findKey(exchange);
    settle(key, isAccepted(key), exchange);
    key.status = exchange.params.Status === 'Active' ? 'Active' : 'Inactive';
    return {};
  },
  DeleteAccessKey: (exchange) => {
    const key = findKey(exchange);
    settle(key, isAccepted(key), exchange);
    key.deleted = true;
    return {};
  },
};

function keysOf({ world }: Exchange, userName: string): Key[] {
  return [...world.keys.values()].filter(({ owner, deleted }) => owner === userName && !deleted);
}

function findKey(exchange: Exchange): Key {
  const { params } = exchange;
  const user = userOf(exchange);
  const key = keysOf(exchange, user.name).find(({ id }) => id === params.AccessKeyId);
  if (!key) throw noSuchEntity(`Access Key with id ${params.AccessKeyId}`);
  return key;
}

function settle(key: Key, accepted: boolean, { delayMs }: Exchange): void {
  if (delayMs > 0) key.settles = { at: Date.now() + delayMs, accepted };
}
