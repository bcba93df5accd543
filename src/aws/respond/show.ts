import type { TrailSummary } from '../trail.ts';
import type { Plan } from './plan.ts';
import type { ServiceCredentialPlan } from './service-credentials.ts';
import type { SessionPlan } from './session-key.ts';
import type { Status } from './status.ts';
import type { PlannedStep } from './steps.ts';

/** A plan as a person on call reads it: who, what it opens, what happened, what breaks, what to do. */
export function showPlan(plan: Plan): string[] {
  const { snapshot, blastRadius } = plan;
  return [
    `Leaked key   ${plan.id}, account ${plan.account} (${plan.partition})`,
    `Owner        user ${plan.user}${snapshot.arn ? `, ${snapshot.arn}` : ''}`,
    `You act as   ${plan.operator}`,
    '',
    'Keys of the user',
    ...snapshot.keys.map(
      ({ id, status, created, lastUsed }) =>
        `  ${id === plan.id ? '>' : ' '} ${id}  ${status.padEnd(8)}  made ${day(created)}  last used ${showUse(lastUsed)}`,
    ),
    '',
    'What it opens',
    `  ${blastRadius.summary}`,
    ...blastRadius.escalation
      .slice(0, 8)
      .map(
        ({ way, actions, grant }) =>
          `  - can ${way} (${actions.join(' + ')})${grant === 'conditional' ? ', on some resources or conditions' : ''}`,
      ),
    `  policies: ${[...snapshot.attached, ...snapshot.inline.map((name) => `${name} (inline)`)].join(', ') || 'none of its own'}; groups: ${snapshot.groups.join(', ') || 'none'}; boundary: ${snapshot.boundary ?? 'none'}`,
    `  console password: ${snapshot.loginProfile ? `since ${day(snapshot.loginProfile)}` : 'none'}; MFA: ${snapshot.mfa.length || 'none'}`,
    ...(plan.simulated ?? []).map(({ action, decision }) => `  simulated: ${action} is ${decision}`),
    '  not judged: service control policies, resource policies, session policies',
    ...showTrail(plan.trail),
    '',
    'What would break',
    ...plan.breaks.map((line) => `  ${line}`),
    ...section('Mind', plan.warnings),
    '',
    `Steps (${plan.order === 'contain-first' ? 'contain first' : 'new key first'}: ${plan.orderReason})`,
    ...showSteps(plan.steps),
    ...section('Could not be read', plan.unread),
    '',
    `Nothing was changed. Go on with: unleak respond apply --key ${plan.id}`,
  ];
}

export function showSessionPlan(plan: SessionPlan): string[] {
  return [
    `Leaked session key   ${plan.id}, account ${plan.account} (${plan.partition})`,
    `Principal            ${plan.principal} (${plan.foundBy})`,
    `You act as           ${plan.operator}`,
    ...showTrail(plan.trail),
    ...section('Mind', plan.warnings),
    '',
    'Steps',
    ...showSteps(plan.steps),
    '',
    `Nothing was changed. Go on with: unleak respond apply --key ${plan.id} --revoke-sessions`,
  ];
}

export function showServiceCredentialPlan({
  id,
  account,
  partition,
  user,
  credential,
  others,
  operator,
  steps,
}: ServiceCredentialPlan): string[] {
  return [
    `Leaked credential   ${id} for ${credential.service}, account ${account} (${partition})`,
    `Owner               user ${user}${credential.userName ? ` as ${credential.userName}` : ''}; status ${credential.status}${credential.expires ? `, expires ${day(credential.expires)}` : ''}`,
    `You act as          ${operator}`,
    ...section(
      'The user has others',
      others.map((other) => `${other.id} for ${other.service} (${other.status})`),
    ),
    '',
    'Steps',
    ...showSteps(steps),
    '',
    `Nothing was changed. Go on with: unleak respond apply --key ${id}`,
  ];
}

export function showStatus({
  id,
  user,
  listed,
  pair,
  proven,
  newKey,
  quiet,
  watchUntil,
  added,
  next,
  ledger,
}: Status): string[] {
  return [
    `${id} of ${user}: ${listed}${pair ? `; the leaked pair is ${pair === 'another secret' ? 'not the secret of this id' : pair}` : ''}`,
    proven
      ? `Dead since    ${proven.at} (${proven.by === 'refused' ? 'AWS refused the pair' : 'by what IAM lists'})`
      : 'Not proven dead',
    ...(newKey ? [`New key       ${newKey.id} (${newKey.listed}) in ${newKey.sink}`] : []),
    ...(watchUntil ? [`Watched       until ${watchUntil}`] : []),
    ...(quiet
      ? quiet.isQuiet
        ? ['Use           none seen since']
        : quiet.uses.map((use) => `USED          ${use}`)
      : []),
    ...(quiet?.trail?.unread.length
      ? [
          `Not seen      CloudTrail in ${quiet.trail.unread.map(({ region, reason }) => `${region} (${reason})`).join(', ')}`,
        ]
      : []),
    ...added.map((line) => `Added         ${line}`),
    ledger.problem
      ? `LEDGER        ${ledger.path} WAS CHANGED: ${ledger.problem}`
      : `Ledger        ${ledger.path}: ${ledger.entries.length} entries of this key, all links hold`,
    ...ledger.entries
      .filter(({ outcome }) => outcome !== 'intent')
      .map(
        ({ time, step, call, outcome, requestId, note }) =>
          `  ${time}  ${step.padEnd(15)}  ${outcome.padEnd(6)}  ${[call, requestId, note].filter(Boolean).join('  ')}`,
      ),
    `Next          ${next}`,
  ];
}

function showTrail(trail: TrailSummary | undefined): string[] {
  if (!trail) return ['', 'CloudTrail   not asked'];
  const list = (pairs: [string, number][]) =>
    pairs
      .slice(0, 6)
      .map(([name, times]) => `${name} (${times})`)
      .join(', ') || 'none';
  const found =
    trail.events === 0
      ? ['  no call found']
      : [
          `  ${trail.events}${trail.capped ? ' or more' : ''} calls from ${trail.first} to ${trail.last}`,
          `  calls: ${list(trail.calls)}`,
          `  from: ${list(trail.addresses)}`,
          `  by: ${list(trail.agents)}`,
          `  in: ${list(trail.regions)}`,
          `  errors: ${list(trail.errors)}`,
        ];
  return [
    '',
    `CloudTrail since ${trail.since}, ${trail.read.length} regions`,
    ...found,
    `  read: ${trail.read.join(', ') || 'none'}`,
    ...(trail.closed.length > 0 ? [`  not enabled in this account: ${trail.closed.join(', ')}`] : []),
    ...groupUnread(trail.unread),
    ...trail.blindSpots.map((spot) => `  blind spot: ${spot}`),
  ];
}

function groupUnread(unread: TrailSummary['unread']): string[] {
  const reasons = [...new Set(unread.map(({ reason }) => reason))];
  return reasons.map(
    (reason) =>
      `  not read: ${unread
        .filter((one) => one.reason === reason)
        .map(({ region }) => region)
        .join(', ')} (${reason})`,
  );
}

function showSteps(steps: PlannedStep[]): string[] {
  return steps.flatMap(({ number, title, option, cli, permissions, note }) => [
    `  ${number}. ${title}${option ? `   [${option}]` : ''}`,
    ...cli.map((line) => `       ${line}`),
    ...(permissions.length > 0 ? [`       needs ${permissions.join(', ')}`] : []),
    ...(note ? [`       note: ${note}`] : []),
  ]);
}

function section(title: string, lines: string[]): string[] {
  return lines.length > 0 ? ['', title, ...lines.map((line) => `  - ${line}`)] : [];
}

function showUse(use: { date?: string; service?: string; region?: string } | undefined): string {
  if (!use?.date) return 'never';
  return [use.date, use.service && `for ${use.service}`, use.region && `in ${use.region}`]
    .filter(Boolean)
    .join(' ');
}

const day = (date: string | undefined) => date?.slice(0, 10) ?? '?';
