import type { Snapshot } from './snapshot.ts';

/** What stands in the later snapshot and not in the earlier one: where an intruder would have dug in. */
export function compareSnapshots(before: Snapshot, after: Snapshot): string[] {
  const added = (name: string, from: string[], to: string[]) =>
    to.filter((item) => !from.includes(item)).map((item) => `${name} ${item} is new`);
  const ids = (list: { id: string }[]) => list.map(({ id }) => id);
  const woken = after.keys.filter(
    ({ id, status }) =>
      status === 'Active' && before.keys.some((key) => key.id === id && key.status === 'Inactive'),
  );
  return [
    ...added('access key', ids(before.keys), ids(after.keys)),
    ...woken.map(({ id }) => `access key ${id} was reactivated`),
    ...added('attached policy', before.attached, after.attached),
    ...added('inline policy', before.inline, after.inline),
    ...added('group', before.groups, after.groups),
    ...added('MFA device', before.mfa, after.mfa),
    ...before.mfa
      .filter((serial) => !after.mfa.includes(serial))
      .map((serial) => `MFA device ${serial} is gone`),
    ...added('SSH key', before.sshKeys, after.sshKeys),
    ...added('signing certificate', before.certificates, after.certificates),
    ...added('service credential', ids(before.serviceCredentials), ids(after.serviceCredentials)),
    ...(after.loginProfile && after.loginProfile !== before.loginProfile
      ? [`a console password was ${before.loginProfile ? 'set anew' : 'set'} at ${after.loginProfile}`]
      : []),
    ...(before.boundary && !after.boundary
      ? [`the permissions boundary ${before.boundary} was taken off`]
      : []),
  ];
}
