import type { IAM } from '@aws-sdk/client-iam';
import { listAll, orMissing, orNote } from '../iam.ts';
import { type Policy, readPolicy } from '../policy-language.ts';

/** Everything that says who a user is and what an intruder could have added, at one moment. Times are ISO 8601, UTC. */
export interface Snapshot {
  takenAt: string;
  user: string;
  arn: string;
  created?: string;
  keys: KeyState[];
  attached: string[];
  inline: string[];
  groups: string[];
  boundary?: string;
  loginProfile?: string;
  mfa: string[];
  sshKeys: string[];
  certificates: string[];
  serviceCredentials: ServiceCredentialState[];
  /** Reads that failed: permission and reason. */
  unread: string[];
}

export interface KeyState {
  id: string;
  status: 'Active' | 'Inactive';
  created?: string;
  lastUsed?: { date?: string; service?: string; region?: string };
}

export interface ServiceCredentialState {
  id: string;
  service: string;
  userName?: string;
  status: string;
  expires?: string;
}

/**
 * @throws what the SDK throws when the user's keys cannot be listed; every other read may fail and is then named in `unread`
 */
export async function takeSnapshot(iam: IAM, user: string): Promise<Snapshot> {
  const unread: string[] = [];
  const read = <Value>(permission: string, value: Promise<Value>, fallback: Value) =>
    orNote(permission, value, fallback, unread);
  const UserName = user;
  const keys = await listKeys(iam, user);
  const [who, attached, inline, groups, login, mfa, sshKeys, certificates, serviceCredentials, uses] =
    await Promise.all([
      read('iam:GetUser', iam.getUser({ UserName }), undefined),
      read(
        'iam:ListAttachedUserPolicies',
        listAll(
          (page) => iam.listAttachedUserPolicies({ UserName, ...page }),
          ({ AttachedPolicies }) => AttachedPolicies,
        ),
        [],
      ),
      read(
        'iam:ListUserPolicies',
        listAll(
          (page) => iam.listUserPolicies({ UserName, ...page }),
          ({ PolicyNames }) => PolicyNames,
        ),
        [],
      ),
      read(
        'iam:ListGroupsForUser',
        listAll(
          (page) => iam.listGroupsForUser({ UserName, ...page }),
          ({ Groups }) => Groups,
        ),
        [],
      ),
      read('iam:GetLoginProfile', orMissing(iam.getLoginProfile({ UserName })), undefined),
      read(
        'iam:ListMFADevices',
        listAll(
          (page) => iam.listMFADevices({ UserName, ...page }),
          ({ MFADevices }) => MFADevices,
        ),
        [],
      ),
      read(
        'iam:ListSSHPublicKeys',
        listAll(
          (page) => iam.listSSHPublicKeys({ UserName, ...page }),
          ({ SSHPublicKeys }) => SSHPublicKeys,
        ),
        [],
      ),
      read(
        'iam:ListSigningCertificates',
        listAll(
          (page) => iam.listSigningCertificates({ UserName, ...page }),
          ({ Certificates }) => Certificates,
        ),
        [],
      ),
      read('iam:ListServiceSpecificCredentials', listServiceCredentials(iam, user), []),
      Promise.all(
        keys.map(({ id }) =>
          read('iam:GetAccessKeyLastUsed', iam.getAccessKeyLastUsed({ AccessKeyId: id }), undefined),
        ),
      ),
    ]);
  return {
    takenAt: new Date().toISOString(),
    user,
    arn: who?.User?.Arn ?? '',
    created: who?.User?.CreateDate?.toISOString(),
    keys: keys.map((key, index) => ({ ...key, lastUsed: readUse(uses[index]?.AccessKeyLastUsed) })),
    attached: attached.map(({ PolicyArn = '' }) => PolicyArn).sort(),
    inline: [...inline].sort(),
    groups: groups.map(({ GroupName = '' }) => GroupName).sort(),
    boundary: who?.User?.PermissionsBoundary?.PermissionsBoundaryArn,
    loginProfile: login?.LoginProfile?.CreateDate?.toISOString(),
    mfa: mfa.map(({ SerialNumber = '' }) => SerialNumber).sort(),
    sshKeys: sshKeys.map(({ SSHPublicKeyId = '' }) => SSHPublicKeyId).sort(),
    certificates: certificates.map(({ CertificateId = '' }) => CertificateId).sort(),
    serviceCredentials,
    unread: [...new Set(unread)],
  };
}

/** The keys of a user as IAM lists them in this moment. */
export async function listKeys(iam: IAM, user: string): Promise<KeyState[]> {
  const keys = await listAll(
    (page) => iam.listAccessKeys({ UserName: user, ...page }),
    ({ AccessKeyMetadata }) => AccessKeyMetadata,
  );
  return keys.map(({ AccessKeyId = '', Status, CreateDate }) => ({
    id: AccessKeyId,
    status: Status === 'Active' ? 'Active' : 'Inactive',
    created: CreateDate?.toISOString(),
  }));
}

export async function listServiceCredentials(iam: IAM, user: string): Promise<ServiceCredentialState[]> {
  const { ServiceSpecificCredentials = [] } = await iam.listServiceSpecificCredentials({ UserName: user });
  return ServiceSpecificCredentials.map((credential) => ({
    id: credential.ServiceSpecificCredentialId ?? '',
    service: credential.ServiceName ?? '',
    userName: credential.ServiceUserName ?? credential.ServiceCredentialAlias,
    status: credential.Status ?? '',
    expires: credential.ExpirationDate?.toISOString(),
  }));
}

export function readUse(use?: {
  LastUsedDate?: Date;
  ServiceName?: string;
  Region?: string;
}): KeyState['lastUsed'] {
  if (!use) return undefined;
  const known = (text?: string) => (text && text !== 'N/A' ? text : undefined);
  return {
    date: use.LastUsedDate?.toISOString(),
    service: known(use.ServiceName),
    region: known(use.Region),
  };
}

/** All policies that bear on the user, with the documents they hold. */
export async function readPolicies(iam: IAM, snapshot: Snapshot, unread: string[]): Promise<Policy[]> {
  const read = <Value>(permission: string, value: Promise<Value>, fallback: Value) =>
    orNote(permission, value, fallback, unread);
  const { user: UserName } = snapshot;
  const managed = (arn: string, via: Policy['via']) =>
    read('iam:GetPolicyVersion', readManaged(iam, arn, via), undefined);
  const ofGroup = async (GroupName: string) => {
    const attached = await read(
      'iam:ListAttachedGroupPolicies',
      listAll(
        (page) => iam.listAttachedGroupPolicies({ GroupName, ...page }),
        ({ AttachedPolicies }) => AttachedPolicies,
      ),
      [],
    );
    const inline = await read(
      'iam:ListGroupPolicies',
      listAll(
        (page) => iam.listGroupPolicies({ GroupName, ...page }),
        ({ PolicyNames }) => PolicyNames,
      ),
      [],
    );
    return Promise.all([
      ...attached.map(({ PolicyArn = '' }) => managed(PolicyArn, 'group')),
      ...inline.map((PolicyName) =>
        read(
          'iam:GetGroupPolicy',
          iam
            .getGroupPolicy({ GroupName, PolicyName })
            .then(({ PolicyDocument = '{}' }) =>
              readPolicy(PolicyDocument, `${GroupName}/${PolicyName}`, 'group'),
            ),
          undefined,
        ),
      ),
    ]);
  };
  const found = await Promise.all([
    ...snapshot.attached.map((arn) => managed(arn, 'user')),
    ...snapshot.inline.map((PolicyName) =>
      read(
        'iam:GetUserPolicy',
        iam
          .getUserPolicy({ UserName, PolicyName })
          .then(({ PolicyDocument = '{}' }) => readPolicy(PolicyDocument, PolicyName, 'user')),
        undefined,
      ),
    ),
    ...(snapshot.boundary ? [managed(snapshot.boundary, 'boundary')] : []),
  ]);
  const grouped = await Promise.all(snapshot.groups.map(ofGroup));
  return [...found, ...grouped.flat()].filter((policy) => policy !== undefined);
}

async function readManaged(iam: IAM, PolicyArn: string, via: Policy['via']): Promise<Policy> {
  const { Policy: policy } = await iam.getPolicy({ PolicyArn });
  const { PolicyVersion } = await iam.getPolicyVersion({
    PolicyArn,
    VersionId: policy?.DefaultVersionId ?? 'v1',
  });
  return readPolicy(PolicyVersion?.Document ?? '{}', PolicyArn, via);
}
