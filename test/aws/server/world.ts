import { randomBytes } from 'node:crypto';

/** The account that a test server plays, as plain data that tests read and change. */
export interface World {
  partition: string;
  account: string;
  users: Map<string, User>;
  roles: Map<string, Role>;
  keys: Map<string, Key>;
  /** MFA devices of root. */
  rootMfa: string[];
  /** Customer and AWS managed policies by ARN. */
  policies: Map<string, PolicyDocument>;
  groups: Map<string, { attached: string[]; inline: Map<string, PolicyDocument> }>;
  events: TrailEvent[];
  organization: { id: string; name: string; status: string }[];
  secrets: Map<string, string[]>;
  parameters: Map<string, { value: string; type: string }[]>;
  /** Regions that the account has not enabled: they know none of its keys. */
  closedRegions: Set<string>;
}

export interface PolicyDocument {
  Version: string;
  Statement: unknown;
}

export interface User {
  name: string;
  path: string;
  attached: string[];
  inline: Map<string, PolicyDocument>;
  groups: string[];
  boundary?: string;
  loginProfile?: Date;
  mfa: string[];
  serviceCredentials: ServiceCredential[];
  created: Date;
  passwordLastUsed?: Date;
  /** Actions that the server denies this principal, such as `iam:UpdateAccessKey`. */
  denied: Set<string>;
}

export interface ServiceCredential {
  id: string;
  service: string;
  userName: string;
  status: 'Active' | 'Inactive' | 'Expired';
  created: Date;
  expires?: Date;
  secret: string;
}

export interface Role {
  name: string;
  path: string;
  inline: Map<string, PolicyDocument>;
  attached: string[];
}

export interface Key {
  id: string;
  secret: string;
  token?: string;
  /** User name, `<root>`, or `role/session` of a session key. */
  owner: string;
  status: 'Active' | 'Inactive';
  created: Date;
  lastUsed?: { date: Date; service: string; region: string };
  expires?: Date;
  /** The key answers by its former state until then: IAM is eventually consistent. */
  settles?: { at: number; accepted: boolean };
  deleted?: boolean;
}

export interface TrailEvent {
  id: string;
  name: string;
  source: string;
  time: Date;
  keyId: string;
  user: string;
  ip: string;
  agent: string;
  region: string;
  error?: string;
}

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

export function makeWorld(account = '210987654321', partition = 'aws'): World {
  return {
    partition,
    account,
    users: new Map(),
    roles: new Map(),
    keys: new Map(),
    rootMfa: [],
    policies: new Map(),
    groups: new Map(),
    events: [],
    organization: [],
    secrets: new Map(),
    parameters: new Map(),
    closedRegions: new Set(),
  };
}

export function addUser(world: World, name: string, parts: Partial<User> = {}): User {
  const user: User = {
    name,
    path: '/',
    attached: [],
    inline: new Map(),
    groups: [],
    mfa: [],
    serviceCredentials: [],
    created: new Date('2024-03-01T09:00:00Z'),
    denied: new Set(),
    ...parts,
  };
  world.users.set(name, user);
  return user;
}

export function addKey(world: World, owner: string, parts: Partial<Key> = {}): Key {
  const isSession = owner.includes('/');
  const key: Key = {
    id: makeKeyId(isSession ? 'ASIA' : 'AKIA', world.account),
    secret: randomBytes(30).toString('base64'),
    ...(isSession && { token: randomBytes(240).toString('base64') }),
    owner,
    status: 'Active',
    created: new Date('2025-01-10T12:00:00Z'),
    ...parts,
  };
  world.keys.set(key.id, key);
  return key;
}

/** An id that holds its account, as AWS makes them since 2019. */
export function makeKeyId(prefix: string, account: string): string {
  const tail = [...randomBytes(8)].map((byte) => BASE32[byte % 32]).join('');
  let bits = (1n << 44n) | (BigInt(account) << 4n) | BigInt(randomBytes(1)[0] % 16);
  let head = '';
  for (let index = 0; index < 9; index++) {
    head = BASE32[Number(bits % 32n)] + head;
    bits /= 32n;
  }
  return prefix + head + tail.slice(0, 7);
}

/** Whether the key signs valid requests at this moment. */
export function isAccepted(key: Key, now = Date.now()): boolean {
  if (key.settles && now < key.settles.at) return key.settles.accepted;
  return !key.deleted && key.status === 'Active';
}

export function arnOf(world: World, owner: string): string {
  const { partition, account } = world;
  if (owner === '<root>') return `arn:${partition}:iam::${account}:root`;
  if (owner.includes('/')) return `arn:${partition}:sts::${account}:assumed-role/${owner}`;
  return `arn:${partition}:iam::${account}:user${world.users.get(owner)?.path ?? '/'}${owner}`;
}
