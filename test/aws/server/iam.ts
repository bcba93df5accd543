import { CREDENTIAL_ACTIONS } from './iam-credentials.ts';
import { KEY_ACTIONS } from './iam-keys.ts';
import { POLICY_ACTIONS } from './iam-policies.ts';
import { USER_ACTIONS } from './iam-users.ts';
import type { Exchange } from './server.ts';
import { AwsError } from './sigv4.ts';
import type { User, World } from './world.ts';
import type { Xml } from './xml.ts';

export type IamAction = (exchange: Exchange) => Xml;

export function answerIam(exchange: Exchange): Xml {
  const actions: Record<string, IamAction> = {
    ...KEY_ACTIONS,
    ...USER_ACTIONS,
    ...POLICY_ACTIONS,
    ...CREDENTIAL_ACTIONS,
  };
  const answer = actions[exchange.action];
  if (!answer) throw new AwsError('InvalidAction', `Could not find operation ${exchange.action}`, 400);
  return answer(exchange);
}

export function noSuchEntity(what: string): AwsError {
  return new AwsError('NoSuchEntity', `The ${what} cannot be found.`, 404);
}

/** The user a request names, or the signer's own when it names none, as real IAM does. */
export function userOf({ world, params, caller }: Exchange): User {
  return findUser(world, params.UserName ?? caller.key.owner);
}

export function findUser(world: World, name: string): User {
  const user = world.users.get(name);
  if (!user) throw noSuchEntity(`user with name ${name}`);
  return user;
}
