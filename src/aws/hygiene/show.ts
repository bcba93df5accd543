import type { AccountHygiene } from './account.ts';
import type { Issue } from './issue.ts';
import type { LocalHygiene } from './local.ts';

/** The figures as lines for a terminal. */
export function showAccount({ account, reported, users, keys, issues, unread }: AccountHygiene): string[] {
  return [
    `Account ${account}: ${users} users, ${keys.length} keys (credential report of ${reported ?? 'unknown time'})`,
    ...keys.map(
      ({ id, user, status, age, idle, leaked }) =>
        `  ${(id ?? '(root: id not listed)').padEnd(21)} ${status.padEnd(8)} ${user.padEnd(20)} age ${age ?? '?'} d, ${idle === undefined ? 'never used' : `used ${idle} d ago`}${leaked ? '   LEAKED' : ''}`,
    ),
    ...showIssues(issues),
    ...showUnread(unread),
  ];
}

export function showMachine({ read, keys, issues, unread }: LocalHygiene): string[] {
  return [
    `This machine: ${read.length} files read, ${keys.length} long-lived keys`,
    ...showIssues(issues),
    ...showUnread(unread),
  ];
}

/** The same as Markdown, for an issue or a wiki. */
export function accountAsMarkdown({ account, reported, keys, issues, unread }: AccountHygiene): string[] {
  return [
    `# Keys of account ${account}`,
    '',
    `Credential report of ${reported ?? 'unknown time'}.`,
    '',
    '| key | user | status | age (days) | last use (days ago) | leaked |',
    '|---|---|---|---|---|---|',
    ...keys.map(
      ({ id, user, status, age, idle, leaked }) =>
        `| ${id ? `\`${id}\`` : 'root'} | ${cell(user)} | ${status} | ${age ?? '?'} | ${idle ?? 'never'} | ${leaked ? '**yes**' : ''} |`,
    ),
    ...issuesAsMarkdown(issues),
    ...unread.map((line) => `\nNot read: ${cell(line)}`),
  ];
}

export function machineAsMarkdown({ read, issues, unread }: LocalHygiene): string[] {
  return [
    '# AWS keys on this machine',
    '',
    `${read.length} files read.`,
    ...issuesAsMarkdown(issues),
    ...unread.map((line) => `\nNot read: ${cell(line)}`),
  ];
}

function issuesAsMarkdown(issues: Issue[]): string[] {
  if (issues.length === 0) return ['', 'Nothing is over its limit.'];
  return [
    '',
    '| | who | what | instead |',
    '|---|---|---|---|',
    ...inOrder(issues).map(
      ({ level, who, what, instead }) => `| ${level} | ${cell(who)} | ${cell(what)} | ${cell(instead)} |`,
    ),
  ];
}

function showIssues(issues: Issue[]): string[] {
  if (issues.length === 0) return ['Nothing is over its limit.'];
  return inOrder(issues).map(
    ({ level, who, what, instead }) =>
      `  ${level === 'over' ? 'OVER' : 'note'}  ${who}: ${what}. Instead: ${instead}`,
  );
}

function showUnread(unread: string[]): string[] {
  return unread.map((line) => `  not read: ${line}`);
}

function inOrder(issues: Issue[]): Issue[] {
  return [...issues].sort((a, b) => Number(b.level === 'over') - Number(a.level === 'over'));
}

function cell(text: string): string {
  return text.replace(/[|\\`<>[\]*_]/g, '\\$&').replace(/\s+/g, ' ');
}
