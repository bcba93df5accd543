import { findUser, type IamAction, noSuchEntity, userOf } from './iam.ts';
import { arnOf, type User, type World } from './world.ts';
import type { Xml } from './xml.ts';

export const USER_ACTIONS: Record<string, IamAction> = {
  GetUser: (exchange) => ({ User: describe(exchange.world, userOf(exchange)) }),
  ListUsers: ({ world }) => ({
    Users: [...world.users.values()].map((user) => describe(world, user)),
    IsTruncated: false,
  }),
  GetLoginProfile: (exchange) => {
    const { name, loginProfile } = userOf(exchange);
    if (!loginProfile) throw noSuchEntity(`Login Profile for User ${name}`);
    return { LoginProfile: { UserName: name, CreateDate: loginProfile, PasswordResetRequired: false } };
  },
  ListMFADevices: (exchange) => {
    const { name, mfa, created } = userOf(exchange);
    return {
      MFADevices: mfa.map((serial) => ({ UserName: name, SerialNumber: serial, EnableDate: created })),
      IsTruncated: false,
    };
  },
  ListSSHPublicKeys: () => ({ SSHPublicKeys: [], IsTruncated: false }),
  ListSigningCertificates: () => ({ Certificates: [], IsTruncated: false }),
  ListGroupsForUser: ({ world, params }) => ({
    Groups: findUser(world, params.UserName).groups.map((name) => ({
      GroupName: name,
      Path: '/',
      GroupId: `AGPA${name.toUpperCase()}`,
      Arn: `arn:${world.partition}:iam::${world.account}:group/${name}`,
      CreateDate: new Date(0),
    })),
    IsTruncated: false,
  }),
  GenerateCredentialReport: () => ({ State: 'COMPLETE' }),
  GetCredentialReport: ({ world, now }) => ({
    Content: Buffer.from(credentialReport(world)).toString('base64'),
    ReportFormat: 'text/csv',
    GeneratedTime: new Date(now),
  }),
};

function describe(world: World, { name, path, created, boundary, passwordLastUsed }: User): Xml {
  return {
    UserName: name,
    Path: path,
    UserId: `AIDA${name.toUpperCase()}`,
    Arn: arnOf(world, name),
    CreateDate: created,
    PasswordLastUsed: passwordLastUsed,
    ...(boundary && {
      PermissionsBoundary: { PermissionsBoundaryType: 'Policy', PermissionsBoundaryArn: boundary },
    }),
  };
}

const COLUMNS =
  'user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,mfa_active,' +
  'access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,access_key_1_last_used_region,access_key_1_last_used_service,' +
  'access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_service,' +
  'cert_1_active,cert_1_last_rotated,cert_2_active,cert_2_last_rotated';

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_getting-report.html */
function credentialReport(world: World): string {
  const root = {
    name: '<root_account>',
    created: new Date('2020-01-01T00:00:00Z'),
    mfa: world.rootMfa,
    isRoot: true,
  };
  const rows = [root, ...[...world.users.values()].map((user) => ({ ...user, isRoot: false }))].map(
    (user) => {
      const owner = user.isRoot ? '<root>' : user.name;
      const profile = user.isRoot ? undefined : world.users.get(user.name)?.loginProfile;
      const keys = [...world.keys.values()].filter((key) => key.owner === owner && !key.deleted);
      const password = user.isRoot
        ? ['not_supported', 'no_information', 'not_supported', 'not_supported']
        : profile
          ? ['true', 'no_information', stamp(profile), 'N/A']
          : ['false', 'N/A', 'N/A', 'N/A'];
      const slots = [0, 1].flatMap((slot) => {
        const key = keys[slot];
        if (!key) return ['false', 'N/A', 'N/A', 'N/A', 'N/A'];
        const { lastUsed } = key;
        const use = lastUsed
          ? [stamp(lastUsed.date), lastUsed.region, lastUsed.service]
          : ['N/A', 'N/A', 'N/A'];
        return [String(key.status === 'Active'), stamp(key.created), ...use];
      });
      const arn = arnOf(world, owner);
      return [
        user.name,
        arn,
        stamp(user.created),
        ...password,
        String(user.mfa.length > 0),
        ...slots,
        'false',
        'N/A',
        'false',
        'N/A',
      ].join(',');
    },
  );
  return [COLUMNS, ...rows].join('\n');
}

function stamp(date: Date): string {
  return date.toISOString().replace(/\.\d{3}Z/, '+00:00');
}
