import { orMissing } from '../iam.ts';
import { change, need, type Response, update } from './response.ts';
import { denyOlderThan, REVOKE_ROLE_POLICY, REVOKE_USER_POLICY } from './steps.ts';

/**
 * Ends the sessions of a user or a role by a policy that denies everything to sessions issued before now. Hits every
 * session of the principal. A policy of that name that was there before is kept in the state for undo.
 */
export async function revokeSessions(response: Response): Promise<void> {
  const { state, say } = response;
  if (state.revocation?.doneAt)
    return say(`sessions issued before ${state.revocation.before} are revoked already`);
  const role = roleOf(state.user);
  const policy = role ? REVOKE_ROLE_POLICY : REVOKE_USER_POLICY;
  const standing = await readStanding(response, policy);
  // A crash after the call leaves our own policy there: it is not one to come back to.
  const isOurs = state.revocation !== undefined && standing?.includes(state.revocation.before) === true;
  if (!state.revocation)
    update(response, {
      revocation: { principal: state.user, policy, before: nextSecond(), replaced: standing },
    });
  const { before, replaced } = state.revocation!;
  if (!isOurs) {
    const PolicyDocument = JSON.stringify(denyOlderThan(before));
    await put(response, policy, PolicyDocument, replaced);
  }
  update(response, { revocation: { ...state.revocation!, doneAt: new Date().toISOString() } });
  say(
    `sessions of ${state.user} issued before ${before} are denied everything (policies may take minutes to reach every region)`,
  );
}

/** IAM's dates are whole seconds in all of its examples; rounding down would spare sessions of this second. */
function nextSecond(): string {
  return new Date(Math.ceil(Date.now() / 1000) * 1000).toISOString().replace('.000Z', 'Z');
}

/** Takes the policy back, or puts the one before in its place. */
export async function restoreSessions(response: Response): Promise<void> {
  const { iam, state, say } = response;
  const { revocation } = state;
  if (!revocation) return;
  const { policy, replaced } = revocation;
  const standing = await readStanding(response, policy);
  if (standing === undefined) say(`${policy} is gone already`);
  else if (replaced) await put(response, policy, replaced, standing);
  else {
    const role = roleOf(state.user);
    const call = role ? 'iam:DeleteRolePolicy' : 'iam:DeleteUserPolicy';
    const request = { ...(role ? { RoleName: role } : { UserName: state.user }), PolicyName: policy };
    await change(response, { step: 'undo', call, request, before: JSON.parse(standing), after: null }, () =>
      role
        ? iam.deleteRolePolicy({ RoleName: role, PolicyName: policy })
        : iam.deleteUserPolicy({ UserName: state.user, PolicyName: policy }),
    );
    say(`${policy} is removed`);
  }
  update(response, { revocation: undefined });
}

async function put(
  response: Response,
  PolicyName: string,
  PolicyDocument: string,
  before: string | undefined,
): Promise<void> {
  const { iam, state } = response;
  const role = roleOf(state.user);
  const call = role ? 'iam:PutRolePolicy' : 'iam:PutUserPolicy';
  const request = { ...(role ? { RoleName: role } : { UserName: state.user }), PolicyName, PolicyDocument };
  const what = {
    step: 'revoke-sessions',
    call,
    request,
    before: before ? JSON.parse(before) : null,
    after: JSON.parse(PolicyDocument),
  };
  await change(response, what, () =>
    role
      ? iam.putRolePolicy({ RoleName: role, PolicyName, PolicyDocument })
      : iam.putUserPolicy({ UserName: state.user, PolicyName, PolicyDocument }),
  );
}

/** The document under the policy's name, as plain JSON. */
async function readStanding(response: Response, PolicyName: string): Promise<string | undefined> {
  const { iam, state } = response;
  const role = roleOf(state.user);
  const found = role
    ? await need(response, 'iam:GetRolePolicy', orMissing(iam.getRolePolicy({ RoleName: role, PolicyName })))
    : await need(
        response,
        'iam:GetUserPolicy',
        orMissing(iam.getUserPolicy({ UserName: state.user, PolicyName })),
      );
  if (!found?.PolicyDocument) return undefined;
  const text = found.PolicyDocument.trimStart().startsWith('{')
    ? found.PolicyDocument
    : decodeURIComponent(found.PolicyDocument);
  return JSON.stringify(JSON.parse(text));
}

/** The role's name when the principal is a role. */
export function roleOf(principal: string): string | undefined {
  return principal.startsWith('role/') ? principal.slice('role/'.length) : undefined;
}
