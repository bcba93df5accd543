import type { Exchange } from './server.ts';
import { AwsError } from './sigv4.ts';
import { arnOf } from './world.ts';

type Params = Record<string, unknown>;

/** CloudTrail, Organizations, Secrets Manager and SSM: the JSON protocol, as much of each as a response needs. */
export function answerJson(exchange: Exchange): unknown {
  const { world, action } = exchange;
  const params = exchange.params as Params;
  switch (action) {
    case 'LookupEvents':
      return lookupEvents(exchange, params);
    case 'DescribeOrganization':
      if (world.organization.length === 0)
        throw new AwsError(
          'AWSOrganizationsNotInUseException',
          'Your account is not a member of an organization.',
          400,
        );
      return { Organization: { Id: 'o-example123', MasterAccountId: world.account } };
    case 'ListAccounts':
      if (world.organization.length === 0)
        throw new AwsError(
          'AWSOrganizationsNotInUseException',
          'Your account is not a member of an organization.',
          400,
        );
      return {
        Accounts: world.organization.map(({ id, name, status }) => ({ Id: id, Name: name, Status: status })),
      };
    case 'CreateSecret': {
      const name = String(params.Name);
      if (world.secrets.has(name))
        throw new AwsError(
          'ResourceExistsException',
          `The operation failed because the secret ${name} already exists.`,
          400,
        );
      world.secrets.set(name, [String(params.SecretString)]);
      return { Name: name, ARN: secretArn(exchange, name) };
    }
    case 'PutSecretValue': {
      const name = String(params.SecretId);
      const versions = world.secrets.get(name);
      if (!versions)
        throw new AwsError(
          'ResourceNotFoundException',
          "Secrets Manager can't find the specified secret.",
          400,
        );
      versions.push(String(params.SecretString));
      return { Name: name, ARN: secretArn(exchange, name) };
    }
    case 'PutParameter': {
      const name = String(params.Name);
      const versions = world.parameters.get(name) ?? [];
      if (versions.length > 0 && !params.Overwrite)
        throw new AwsError('ParameterAlreadyExists', 'The parameter already exists.', 400);
      world.parameters.set(name, [...versions, { value: String(params.Value), type: String(params.Type) }]);
      return { Version: versions.length + 1 };
    }
  }
  throw new AwsError('UnknownOperationException', `Unknown operation ${action}`, 400);
}

/** Pages of 50, newest first, one attribute a call, and only the events of the region that was asked, as the real one. */
function lookupEvents({ world, caller }: Exchange, params: Params): unknown {
  const [attribute] = params.LookupAttributes as { AttributeKey: string; AttributeValue: string }[];
  const start = Number(params.StartTime ?? 0) * 1000;
  const all = world.events
    .filter(
      ({ keyId, time, region }) =>
        keyId === attribute.AttributeValue && time.getTime() >= start && region === caller.region,
    )
    .reverse();
  const from = Number(params.NextToken ?? 0);
  const page = all.slice(from, from + 50);
  return {
    Events: page.map(({ id, name, source, time, keyId, user, ip, agent, region, error }) => ({
      EventId: id,
      EventName: name,
      EventSource: source,
      EventTime: time.getTime() / 1000,
      AccessKeyId: keyId,
      Username: user,
      CloudTrailEvent: JSON.stringify({
        userIdentity: { arn: arnOf(world, user), accessKeyId: keyId },
        sourceIPAddress: ip,
        userAgent: agent,
        awsRegion: region,
        errorCode: error,
      }),
    })),
    ...(from + 50 < all.length && { NextToken: String(from + 50) }),
  };
}

function secretArn({ world, caller }: Exchange, name: string): string {
  return `arn:${world.partition}:secretsmanager:${caller.region}:${world.account}:secret:${name}-AbCdEf`;
}
