import { decodeAwsKeyId } from '../../../src/engine/facts/aws-key-id.ts';
import type { Exchange } from './server.ts';
import { AwsError } from './sigv4.ts';
import { addKey, arnOf } from './world.ts';
import type { Xml } from './xml.ts';

export function answerSts({ world, caller, action, params, now }: Exchange): Xml {
  switch (action) {
    case 'GetCallerIdentity': {
      const { owner } = caller.key;
      return { Arn: arnOf(world, owner), UserId: `AIDA${owner.length}EXAMPLE`, Account: world.account };
    }
    case 'GetAccessKeyInfo':
      return { Account: decodeAwsKeyId(params.AccessKeyId)?.accountId ?? world.account };
    case 'AssumeRole': {
      const [, , , , account, resource] = params.RoleArn.split(':');
      const name = resource
        .replace(/^role\//, '')
        .split('/')
        .at(-1)!;
      if (account !== world.account || !world.roles.has(name))
        throw new AwsError(
          'AccessDenied',
          `User: ${arnOf(world, caller.key.owner)} is not authorized to perform: sts:AssumeRole on resource: ${params.RoleArn}`,
        );
      const session = addKey(world, `${name}/${params.RoleSessionName}`, {
        expires: new Date(now + 3600_000),
      });
      return {
        Credentials: {
          AccessKeyId: session.id,
          SecretAccessKey: session.secret,
          SessionToken: session.token,
          Expiration: session.expires,
        },
        AssumedRoleUser: {
          Arn: arnOf(world, session.owner),
          AssumedRoleId: `AROAEXAMPLE:${params.RoleSessionName}`,
        },
      };
    }
  }
  throw new AwsError('InvalidAction', `Could not find operation ${action}`, 400);
}
