import { isNullId } from '../raw-diff.ts';
import { sizesOfObjects } from '../read-objects.ts';
import { type GitOptions, runGitSync } from '../run.ts';

type Options = Pick<GitOptions, 'cwd' | 'env'>;

/**
 * What a push brings, for `git rev-list`: all that its refs lead to and the remote does not have yet. Deleted refs bring nothing.
 * @param input a line for each ref: `<local ref> <local id> <remote ref> <remote id>`
 * @param remote the remote's name, or its URL when it has none
 * @throws {Error} when a line is something else
 * @see https://git-scm.com/docs/githooks#_pre_push
 */
export function rangeOfPush(input: string, remote: string, options: Options): string[] {
  const refs = parseLines(input, 4).map(([, local, , there]) => ({ local, there }));
  // A hook manager may have used up the input. Then what is checked out stands for what is pushed.
  if (refs.length === 0) return ['HEAD', ...exclude([], remote, options)];
  const brought = refs.filter(({ local }) => !isNullId(local)).map(({ local }) => local);
  if (brought.length === 0) return [];
  const known = refs.map(({ there }) => there).filter((id) => !isNullId(id));
  return [...new Set(brought), ...exclude(known, remote, options)];
}

/**
 * What a push brings to the server that asks in `pre-receive`: all that no ref of it leads to yet.
 * @param input a line for each ref: `<old id> <new id> <ref>`
 * @see https://git-scm.com/docs/githooks#pre-receive
 */
export function rangeOfReceive(input: string): string[] {
  const brought = parseLines(input, 3)
    .map(([, next]) => next)
    .filter((id) => !isNullId(id));
  return brought.length === 0 ? [] : [...new Set(brought), '--not', '--all'];
}

/** What the pre-commit framework tells its hooks of a push. @see https://pre-commit.com/#pre-push */
export function rangeOfFramework(
  env: Record<string, string | undefined>,
  options: Options,
): string[] | undefined {
  const brought = env.PRE_COMMIT_TO_REF;
  if (!brought) return undefined;
  const from = env.PRE_COMMIT_FROM_REF;
  return [brought, ...exclude(from ? [from] : [], env.PRE_COMMIT_REMOTE_NAME ?? '', options)];
}

/** Commits that the remote has: those its refs held when they were last seen, and those the push replaces. */
function exclude(known: string[], remote: string, options: Options): string[] {
  const here = known.length > 0 ? [...sizesOfObjects(known, options).keys()] : [];
  const remotes = runGitSync(['remote'], options).toString().split('\n');
  // A name may hold the signs of a glob.
  const refs = remotes.includes(remote) ? [`--remotes=${remote.replace(/[*?[\\]/g, '\\$&')}`] : [];
  return here.length + refs.length > 0 ? ['--not', ...refs, ...here] : [];
}

function parseLines(input: string, words: number): string[][] {
  const lines = input.split('\n').filter((line) => line.trim() !== '');
  return lines.map((line) => {
    const parts = line.trim().split(' ');
    if (parts.length !== words) throw new Error(`not a line that git gives to this hook: ${line}`);
    return parts;
  });
}
