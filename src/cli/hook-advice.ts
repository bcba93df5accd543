import type { HookName } from '../git/hooks/script.ts';

/** What to do now, printed after the findings that stopped git. */
export function adviseAfter(hook: HookName): string {
  const { stopped, mend } = STOPPED[hook];
  return [
    '',
    stopped,
    ...mend.map((line) => `  ${line}`),
    '  not a secret?  allow it where it stands, with the reason: a comment  unleak:allow <rule> -- <reason>  on its line',
    '                 or accept this finding for the team:  unleak triage',
    '  still live?    whoever saw it can use it. For AWS:  unleak respond plan   else revoke it where it was issued',
    '',
  ].join('\n');
}

const STOPPED: Record<HookName, { stopped: string; mend: string[] }> = {
  'pre-commit': {
    stopped: 'The commit was stopped. Your files and what is staged are as they were.',
    mend: [
      'take it out    remove the secret from the file, then  git add <file>',
      'or unstage it  git restore --staged <file>   (before the first commit: git rm --cached <file>)',
    ],
  },
  'commit-msg': {
    stopped: 'The commit was stopped, because its message holds a secret.',
    mend: ['take it out    git commit again, with another message'],
  },
  'pre-push': {
    stopped: 'The push was stopped. Nothing has left this machine.',
    mend: [
      'take it out    in the last commit:  git commit --amend   in an older one:  git rebase -i <commit>^',
      '               a later commit that removes it is not enough: the push would bring the older one too',
    ],
  },
  'pre-receive': {
    stopped: 'The push was refused. The server keeps none of it.',
    mend: [
      'take it out    in the last commit:  git commit --amend   in an older one:  git rebase -i <commit>^',
    ],
  },
};
