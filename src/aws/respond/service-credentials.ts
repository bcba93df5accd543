import type { IAM } from '@aws-sdk/client-iam';
import { UserError } from '../../model/errors.ts';
import { explainFailure, listAll } from '../iam.ts';
import type { Operator } from '../operator.ts';
import type { Outcome } from './apply.ts';
import { change, need, note, type Response, update } from './response.ts';
import type { Sink } from './sinks.ts';
import { listServiceCredentials, type ServiceCredentialState } from './snapshot.ts';
import { newState, type State } from './state.ts';
import { type PlannedStep, quote } from './steps.ts';
import type { Target } from './target.ts';

/** A key of one service (CodeCommit, Keyspaces, Bedrock, CloudWatch): an IAM user has up to two of each. */
export interface ServiceCredentialPlan {
  id: string;
  account: string;
  partition: string;
  operator: string;
  user: string;
  credential: ServiceCredentialState;
  /** The user's others. */
  others: ServiceCredentialState[];
  steps: PlannedStep[];
}

/**
 * Finds the id of the credential that a leaked key's own text points to.
 * @throws {UserError} when the user has none or several that it may be, with their ids
 */
export async function nameCredential(target: Target, operator: Operator, iam: IAM): Promise<Target> {
  if (target.kind !== 'service-credential' || target.id || !target.owner) return target;
  const { user, service } = target.owner;
  const name = user.replace(/\+\d+$/, '');
  const list = await listServiceCredentials(iam, name).catch((error) => {
    throw explainFailure(error, 'iam:ListServiceSpecificCredentials', operator.identity.arn);
  });
  const ofService = list.filter((made) => !service || made.service === service);
  const named = ofService.filter(({ userName }) => userName?.startsWith(`${user}-at-`));
  const found = named.length > 0 ? named : ofService;
  if (found.length === 1) return { ...target, id: found[0].id };
  if (found.length === 0)
    throw new UserError(`user ${name} has no ${service ?? 'service'} credential: it was deleted`, 3);
  const choices = found.map(({ id, service, status }) => `  ${id}  ${service}  ${status}`).join('\n');
  throw new UserError(
    `user ${name} has ${found.length} credentials that this may be: choose one by --key\n${choices}`,
  );
}

/** @throws {UserError} when no user of the account has it */
export async function planServiceCredential(
  target: Target,
  operator: Operator,
  iam: IAM,
): Promise<{ plan: ServiceCredentialPlan; state: State }> {
  const all = await listAll(
    (page) => iam.listServiceSpecificCredentials({ AllUsers: true, ...page }),
    ({ ServiceSpecificCredentials }) => ServiceSpecificCredentials,
  ).catch((error) => {
    throw explainFailure(error, 'iam:ListServiceSpecificCredentials', operator.identity.arn);
  });
  const user = all.find(
    ({ ServiceSpecificCredentialId }) => ServiceSpecificCredentialId === target.id,
  )?.UserName;
  const { account } = operator.identity;
  if (!user)
    throw new UserError(
      `no user of account ${account} has the service credential ${target.id}: it was deleted, or belongs to another account`,
      3,
    );
  const list = await listServiceCredentials(iam, user);
  const credential = list.find(({ id }) => id === target.id)!;
  const who = `--user-name ${quote(user)} --service-specific-credential-id ${target.id}`;
  const steps = [
    {
      id: 'deactivate',
      title: `deactivate the ${credential.service} credential (can be undone)`,
      cli: [`aws iam update-service-specific-credential ${who} --status Inactive`],
      permissions: ['iam:ListServiceSpecificCredentials', 'iam:UpdateServiceSpecificCredential'],
    },
    {
      id: 'rotate',
      title:
        'reset its secret, hand the new one to a store, and activate it again: the leaked one is dead from that moment',
      option: '--rotate --sink <sink>',
      cli: [`aws iam reset-service-specific-credential ${who}`],
      permissions: ['iam:ResetServiceSpecificCredential', 'iam:UpdateServiceSpecificCredential'],
    },
    {
      id: 'delete',
      title: 'delete it (cannot be undone)',
      option: '--delete',
      cli: [`aws iam delete-service-specific-credential ${who}`],
      permissions: ['iam:DeleteServiceSpecificCredential'],
    },
  ].map((step, index) => ({ number: index + 1, ...step }));
  const base = { id: target.id, account, partition: operator.partition.id, user };
  return {
    plan: {
      ...base,
      operator: operator.identity.arn,
      credential,
      others: list.filter(({ id }) => id !== target.id),
      steps,
    },
    state: newState({ ...base, kind: 'service-credential', order: 'contain-first' }),
  };
}

/** Deactivates, and on request resets or deletes, the credential; each step looks first at what is so already. */
export async function applyServiceCredential(
  response: Response,
  options: { sink?: Sink; delete?: boolean },
): Promise<Outcome> {
  const { iam, state, target, say } = response;
  const ids = { UserName: state.user, ServiceSpecificCredentialId: target.id };
  const outcome: Outcome = { proven: false, done: [], open: [], waiting: [] };
  const found = await find(response);
  const isRenewed = state.rotation?.deliveredAt !== undefined;
  if (!found) say(`${target.id} is deleted`);
  else if (!isRenewed) await setStatus(response, 'Inactive');
  else if (options.sink) await setStatus(response, 'Active', 'rotate');
  update(response, { deactivatedAt: state.deactivatedAt ?? new Date().toISOString() });
  outcome.done.push('deactivate');
  if (options.sink && found && !isRenewed) {
    await options.sink.check();
    update(response, { rotation: { sink: options.sink.name, listed: [target.id] } });
    const made = await change(
      response,
      { step: 'rotate', call: 'iam:ResetServiceSpecificCredential', request: ids },
      () => iam.resetServiceSpecificCredential(ids),
    );
    const { ServicePassword, ServiceCredentialSecret, ServiceUserName } =
      made.ServiceSpecificCredential ?? {};
    const secret = ServicePassword ?? ServiceCredentialSecret;
    if (!secret)
      throw new UserError(`IAM reset ${target.id} and gave no new secret: run the same command again`, 3);
    await options.sink.put({ id: target.id, secret, user: ServiceUserName ?? state.user });
    update(response, {
      rotation: {
        sink: options.sink.name,
        listed: [target.id],
        newKeyId: target.id,
        deliveredAt: new Date().toISOString(),
      },
    });
    note(response, {
      step: 'rotate',
      outcome: 'done',
      note: `delivered to ${options.sink.name}`,
      after: { secret: response.ledger.hashSecret(secret) },
    });
    await setStatus(response, 'Active');
    say(`the new secret of ${target.id} is in ${options.sink.name}; the leaked one is dead`);
    outcome.done.push('rotate');
  }
  if (options.delete && found) {
    await change(
      response,
      { step: 'delete', call: 'iam:DeleteServiceSpecificCredential', request: ids, after: null },
      () => iam.deleteServiceSpecificCredential(ids),
    );
    update(response, { deletedAt: new Date().toISOString() });
    say(`${target.id} is deleted`);
    outcome.done.push('delete');
  }
  const after = await find(response);
  outcome.proven = after?.status !== 'Active' || state.rotation?.deliveredAt !== undefined;
  if (outcome.proven) update(response, { proof: { at: new Date().toISOString(), by: 'listed' } });
  else outcome.open.push({ step: 'prove', reason: 'IAM lists it as active' });
  return outcome;
}

export async function setStatus(
  response: Response,
  status: 'Active' | 'Inactive',
  step = 'deactivate',
): Promise<void> {
  const { iam, state, target, say } = response;
  const found = await find(response);
  if (!found) throw new UserError(`${target.id} is deleted, and cannot be brought back`);
  if (found.status === status) return say(`${target.id} is ${status.toLowerCase()} already`);
  const request = { UserName: state.user, ServiceSpecificCredentialId: target.id, Status: status };
  const what = {
    step,
    call: 'iam:UpdateServiceSpecificCredential',
    request,
    before: { status: found.status },
    after: { status },
  };
  await change(response, what, () => iam.updateServiceSpecificCredential(request));
  say(`${target.id} is ${status.toLowerCase()}`);
}

async function find(response: Response): Promise<ServiceCredentialState | undefined> {
  const list = await need(
    response,
    'iam:ListServiceSpecificCredentials',
    listServiceCredentials(response.iam, response.state.user),
  );
  return list.find(({ id }) => id === response.target.id);
}
