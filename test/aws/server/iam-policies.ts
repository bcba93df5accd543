import { findUser, type IamAction, noSuchEntity } from './iam.ts';
import type { PolicyDocument, World } from './world.ts';
import type { Xml } from './xml.ts';

/** Documents travel percent-encoded (RFC 3986), as IAM sends them. */
const encode = (document: PolicyDocument) => encodeURIComponent(JSON.stringify(document));

export const POLICY_ACTIONS: Record<string, IamAction> = {
  ListAttachedUserPolicies: ({ world, params }) => attached(findUser(world, params.UserName).attached),
  ListUserPolicies: ({ world, params }) => names(findUser(world, params.UserName).inline),
  GetUserPolicy: ({ world, params }) =>
    inline(findUser(world, params.UserName).inline, params, { UserName: params.UserName }),
  PutUserPolicy: ({ world, params }) => put(findUser(world, params.UserName).inline, params),
  DeleteUserPolicy: ({ world, params }) => remove(findUser(world, params.UserName).inline, params),
  ListAttachedGroupPolicies: ({ world, params }) => attached(groupOf(world, params).attached),
  ListGroupPolicies: ({ world, params }) => names(groupOf(world, params).inline),
  GetGroupPolicy: ({ world, params }) =>
    inline(groupOf(world, params).inline, params, { GroupName: params.GroupName }),
  GetRole: ({ world, params }) => {
    const { name, path } = roleOf(world, params);
    const arn = `arn:${world.partition}:iam::${world.account}:role${path}${name}`;
    return { Role: { RoleName: name, Path: path, RoleId: 'AROAEXAMPLE', Arn: arn, CreateDate: new Date(0) } };
  },
  ListRolePolicies: ({ world, params }) => names(roleOf(world, params).inline),
  ListAttachedRolePolicies: ({ world, params }) => attached(roleOf(world, params).attached),
  GetRolePolicy: ({ world, params }) =>
    inline(roleOf(world, params).inline, params, { RoleName: params.RoleName }),
  PutRolePolicy: ({ world, params }) => put(roleOf(world, params).inline, params),
  DeleteRolePolicy: ({ world, params }) => remove(roleOf(world, params).inline, params),
  GetPolicy: ({ world, params }) => {
    if (!world.policies.has(params.PolicyArn)) throw noSuchEntity(`policy ${params.PolicyArn}`);
    return {
      Policy: {
        Arn: params.PolicyArn,
        DefaultVersionId: 'v1',
        PolicyName: params.PolicyArn.split('/').at(-1),
      },
    };
  },
  GetPolicyVersion: ({ world, params }) => {
    const document = world.policies.get(params.PolicyArn);
    if (!document) throw noSuchEntity(`policy ${params.PolicyArn}`);
    return { PolicyVersion: { Document: encode(document), VersionId: 'v1', IsDefaultVersion: true } };
  },
  SimulatePrincipalPolicy: ({ params }) => ({
    EvaluationResults: Object.entries(params)
      .filter(([name]) => name.startsWith('ActionNames.'))
      .map(([, action]) => ({
        EvalActionName: action,
        EvalDecision: action === 's3:ListAllMyBuckets' ? 'allowed' : 'implicitDeny',
      })),
    IsTruncated: false,
  }),
};

function attached(arns: string[]): Xml {
  return {
    AttachedPolicies: arns.map((arn) => ({ PolicyName: arn.split('/').at(-1), PolicyArn: arn })),
    IsTruncated: false,
  };
}

function names(policies: Map<string, PolicyDocument>): Xml {
  return { PolicyNames: [...policies.keys()], IsTruncated: false };
}

function inline(
  policies: Map<string, PolicyDocument>,
  params: Record<string, string>,
  owner: Record<string, string>,
): Xml {
  const document = policies.get(params.PolicyName);
  if (!document) throw noSuchEntity(`policy with name ${params.PolicyName}`);
  return { ...owner, PolicyName: params.PolicyName, PolicyDocument: encode(document) };
}

function put(policies: Map<string, PolicyDocument>, params: Record<string, string>): Xml {
  policies.set(params.PolicyName, JSON.parse(params.PolicyDocument));
  return {};
}

function remove(policies: Map<string, PolicyDocument>, params: Record<string, string>): Xml {
  if (!policies.delete(params.PolicyName)) throw noSuchEntity(`policy with name ${params.PolicyName}`);
  return {};
}

function groupOf(world: World, { GroupName }: Record<string, string>) {
  const group = world.groups.get(GroupName);
  if (!group) throw noSuchEntity(`group with name ${GroupName}`);
  return group;
}

function roleOf(world: World, { RoleName }: Record<string, string>) {
  const role = world.roles.get(RoleName);
  if (!role) throw noSuchEntity(`role with name ${RoleName}`);
  return role;
}
