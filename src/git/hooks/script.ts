/** The moments of git that unleak has a hook for, in the order they happen. */
export const HOOKS = ['pre-commit', 'commit-msg', 'pre-push', 'pre-receive'] as const;
export type HookName = (typeof HOOKS)[number];

/** Where this unleak runs from: recorded in a hook for the day that neither the project nor the PATH has one. */
export interface Installation {
  node: string;
  script: string;
}

/** The mark by which an installed script is known again. */
const MARK = '# unleak-hook:';

/** A hook that was there before keeps its bytes and mode under this name beside it. */
export const KEPT_SUFFIX = '.before-unleak';

export function isOurs(script: string): boolean {
  return script.includes(`\n${MARK}`);
}

/** A hook that is kept in the repository names no place on this machine: it asks the configuration of the clone (see record.ts). */
export const RECORDED = 'recorded';

/**
 * The script that git runs: POSIX sh, so that it runs in every git for Windows too. A hook that was there before runs first,
 * because it may change what is staged. Where unleak is not found nothing was scanned, and git is stopped.
 */
export function hookScript(hook: HookName, installation?: Installation | typeof RECORDED): string {
  const [node, script] =
    installation === RECORDED
      ? [askConfig('node'), askConfig('script')]
      : [quote(folderOf(installation?.node ?? '')), quote(installation?.script ?? '')];
  return `#!/bin/sh
# Installed by unleak install ${hook}; unleak uninstall puts back what was here before.
${MARK} ${hook}
${readsInput(hook) ? KEEP_INPUT : ''}
if [ -x "$0${KEPT_SUFFIX}" ] && [ -z "$UNLEAK_DOCTOR" ]; then
  ${feed(hook)}"$0${KEPT_SUFFIX}" "$@" || exit $?
fi

# Graphical clients start hooks with a short PATH.
node=${node}
PATH="$PATH\${node:+:$node}"
export PATH
script=${script}
root=$(git rev-parse --show-toplevel 2>/dev/null)
if [ -n "$root" ] && [ -e "$root/node_modules/.bin/unleak" ]; then
  set -- "$root/node_modules/.bin/unleak" hook ${hook} "$@"
elif command -v unleak >/dev/null 2>&1; then
  set -- unleak hook ${hook} "$@"
elif [ -f "$script" ]; then
  set -- node "$script" hook ${hook} "$@"
else
  echo "unleak: not found, so nothing was scanned and git is stopped." >&2
  echo "unleak: install it (npm install --save-dev unleak, or npm install --global unleak), or remove the hook $0" >&2
  exit 1
fi
${feed(hook)}"$@" || exit $?
`;
}

/** The lines that go into a script of another manager, which is kept in the repository. In a shell of their own, so that they change nothing of it. */
export function hookLines(hook: HookName): string[] {
  const locate = [
    'unleak_hook() (',
    `  node=${askConfig('node')}`,
    `  PATH="$PWD/node_modules/.bin:$PATH\${node:+:$node}"`,
    '  if command -v unleak >/dev/null 2>&1; then exec unleak hook "$@"; fi',
    `  script=${askConfig('script')}`,
    '  if [ -f "$script" ]; then exec node "$script" hook "$@"; fi',
    '  echo "unleak: not found, so nothing was scanned and git is stopped. Run: npm install --save-dev unleak" >&2',
    '  exit 1',
    ')',
  ];
  const run = `unleak_hook ${hook} "$@" || exit $?`;
  if (!readsInput(hook)) return [...locate, run];
  // What unleak reads is given back to the commands that follow, such as git lfs.
  return [
    ...locate,
    'unleak_input=$(cat)',
    `printf '%s\\n' "$unleak_input" | ${run}`,
    'exec 0<<UNLEAK_INPUT',
    '$unleak_input',
    'UNLEAK_INPUT',
  ];
}

/** Hooks that git tells the refs on standard input. */
export function readsInput(hook: HookName): boolean {
  return hook === 'pre-push' || hook === 'pre-receive';
}

/** The point keeps the line ends at the end, which `$()` would drop. */
const KEEP_INPUT = `input=$(cat; echo .)\ninput=\${input%.}\n`;

function feed(hook: HookName): string {
  return readsInput(hook) ? 'printf %s "$input" | ' : '';
}

/** Empty where nothing is recorded. */
function askConfig(key: 'node' | 'script'): string {
  return `$(git config unleak.${key} || :)`;
}

/** @see https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#tag_19_02_02 */
function quote(path: string): string {
  return `'${path.replaceAll('\\', '/').replaceAll("'", "'\\''")}'`;
}

export function folderOf(path: string): string {
  return path.replaceAll('\\', '/').replace(/\/[^/]*$/, '');
}
