import { randomBytes } from 'node:crypto';
import { type IamAction, noSuchEntity, userOf } from './iam.ts';
import type { Exchange } from './server.ts';
import type { ServiceCredential, User } from './world.ts';
import type { Xml } from './xml.ts';

export const CREDENTIAL_ACTIONS: Record<string, IamAction> = {
  ListServiceSpecificCredentials: (exchange) => {
    const users =
      exchange.params.AllUsers === 'true' ? [...exchange.world.users.values()] : [userOf(exchange)];
    return {
      ServiceSpecificCredentials: users.flatMap((user) =>
        user.serviceCredentials.map((made) => describe(user, made)),
      ),
      IsTruncated: false,
    };
  },
  UpdateServiceSpecificCredential: (exchange) => {
    find(exchange).made.status = exchange.params.Status === 'Active' ? 'Active' : 'Inactive';
    return {};
  },
  ResetServiceSpecificCredential: (exchange) => {
    const { user, made } = find(exchange);
    made.secret = randomBytes(32).toString('base64');
    return {
      ServiceSpecificCredential: { ...(describe(user, made) as object), ServicePassword: made.secret },
    };
  },
  DeleteServiceSpecificCredential: (exchange) => {
    const { user, made } = find(exchange);
    user.serviceCredentials = user.serviceCredentials.filter((other) => other !== made);
    return {};
  },
};

function find(exchange: Exchange): { user: User; made: ServiceCredential } {
  const user = userOf(exchange);
  const made = user.serviceCredentials.find(({ id }) => id === exchange.params.ServiceSpecificCredentialId);
  if (!made) throw noSuchEntity(`service-specific credential ${exchange.params.ServiceSpecificCredentialId}`);
  return { user, made };
}

function describe(
  { name }: User,
  { id, service, userName, status, created, expires }: ServiceCredential,
): Xml {
  return {
    UserName: name,
    ServiceSpecificCredentialId: id,
    ServiceName: service,
    ServiceUserName: userName,
    Status: status,
    CreateDate: created,
    ExpirationDate: expires,
  };
}
