import { type Grant, grantOf, type Policy } from './policy-language.ts';

/** What the holder of a key can do, in words and as data. */
export interface BlastRadius {
  admin: Grant;
  /** Ways to more rights than the policies give. */
  escalation: { way: string; actions: string[]; grant: Grant }[];
  /** What harm is at hand: read data, spend money, destroy. */
  harm: { what: string; action: string; grant: Grant; by?: string }[];
  /** Services that any Allow names. */
  services: string[];
  summary: string;
}

/** The ways that AWS users are known to raise their own rights: each needs all of its actions. */
const ESCALATION: [way: string, ...actions: string[]][] = [
  ['make a key for another user', 'iam:CreateAccessKey'],
  ['set a console password for another user', 'iam:CreateLoginProfile'],
  ['change the console password of another user', 'iam:UpdateLoginProfile'],
  ['attach any policy to itself', 'iam:AttachUserPolicy'],
  ['attach any policy to its group', 'iam:AttachGroupPolicy'],
  ['attach any policy to a role', 'iam:AttachRolePolicy', 'sts:AssumeRole'],
  ['write a policy for itself', 'iam:PutUserPolicy'],
  ['write a policy for its group', 'iam:PutGroupPolicy'],
  ['write a policy for a role', 'iam:PutRolePolicy', 'sts:AssumeRole'],
  ['rewrite an attached policy', 'iam:CreatePolicyVersion'],
  ['go back to a wider version of a policy', 'iam:SetDefaultPolicyVersion'],
  ['join a stronger group', 'iam:AddUserToGroup'],
  ['let itself assume a role', 'iam:UpdateAssumeRolePolicy', 'sts:AssumeRole'],
  ['run code as a role in Lambda', 'iam:PassRole', 'lambda:CreateFunction', 'lambda:InvokeFunction'],
  ['change the code of a Lambda function', 'lambda:UpdateFunctionCode'],
  ['start a machine as a role in EC2', 'iam:PassRole', 'ec2:RunInstances'],
  ['run a container as a role in ECS', 'iam:PassRole', 'ecs:RunTask'],
  ['build a stack as a role in CloudFormation', 'iam:PassRole', 'cloudformation:CreateStack'],
  ['run a job as a role in Glue', 'iam:PassRole', 'glue:CreateDevEndpoint'],
  ['run a build as a role in CodeBuild', 'iam:PassRole', 'codebuild:CreateProject', 'codebuild:StartBuild'],
  ['run a notebook as a role in SageMaker', 'iam:PassRole', 'sagemaker:CreateNotebookInstance'],
  ['run commands on machines through Systems Manager', 'ssm:SendCommand'],
];

const HARM: [what: string, action: string][] = [
  ['read objects in S3', 's3:GetObject'],
  ['delete objects in S3', 's3:DeleteObject'],
  ['read stored secrets', 'secretsmanager:GetSecretValue'],
  ['read parameters', 'ssm:GetParameter'],
  ['decrypt with KMS', 'kms:Decrypt'],
  ['read tables in DynamoDB', 'dynamodb:Scan'],
  ['copy databases (snapshots)', 'rds:CreateDBSnapshot'],
  ['start machines (mining)', 'ec2:RunInstances'],
  ['send mail', 'ses:SendEmail'],
  ['use foundation models', 'bedrock:InvokeModel'],
  ['assume other roles', 'sts:AssumeRole'],
  ['stop the audit trail', 'cloudtrail:StopLogging'],
];

/** Stands for every action: no Allow but an administrator's covers it. */
const ANY_ACTION = 'unleak-any:AnyAction';
const QUARANTINE = 'AWSCompromisedKeyQuarantine';

/** AWS' own quarantine policies (any version) among policy ARNs: it attaches one when it has seen a key in public. */
export function quarantineAmong(arns: string[]): string[] {
  return arns.map((arn) => arn.split('/').at(-1)!).filter((name) => name.startsWith(QUARANTINE));
}

export function assessBlastRadius(policies: Policy[]): BlastRadius {
  const admin = grantOf(ANY_ACTION, policies).grant;
  const escalation = ESCALATION.map(([way, ...actions]) => ({
    way,
    actions,
    grant: weakest(actions, policies),
  })).filter(({ grant }) => grant !== 'no');
  const harm = HARM.map(([what, action]) => ({ what, action, ...grantOf(action, policies) })).filter(
    ({ grant }) => grant !== 'no',
  );
  const services = servicesOf(policies);
  const known = { admin, escalation, harm, services };
  return { ...known, summary: summarise(known) };
}

function weakest(actions: string[], policies: Policy[]): Grant {
  const grants = actions.map((action) => grantOf(action, policies).grant);
  return grants.includes('no') ? 'no' : grants.includes('conditional') ? 'conditional' : 'yes';
}

function servicesOf(policies: Policy[]): string[] {
  const services = new Set<string>();
  for (const { statements, via } of policies) {
    if (via === 'boundary') continue;
    for (const { Effect, Action } of statements) {
      if (Effect !== 'Allow') continue;
      for (const action of [Action ?? []].flat()) services.add(action.split(':')[0]);
    }
  }
  return [...services].sort();
}

function summarise({ admin, escalation, harm }: Omit<BlastRadius, 'summary'>): string {
  if (admin === 'yes') return 'everything in the account: this is an administrator';
  const condition = admin === 'conditional' ? 'everything, on some resources or under conditions; ' : '';
  const way = escalation.find(({ grant }) => grant === 'yes') ?? escalation[0];
  const rise = way
    ? `it can raise its own rights (${way.way}${escalation.length > 1 ? `, and ${escalation.length - 1} more ways` : ''}${way.grant === 'conditional' ? ', where conditions allow' : ''}); `
    : '';
  const harms = harm.map(({ what, grant }) => (grant === 'yes' ? what : `${what} (limited)`)).join(', ');
  return `${condition}${rise}${harms ? `it can ${harms}` : 'nothing of the usual harms'}`;
}
