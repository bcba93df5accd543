import { Readable } from 'node:stream';
import { LARGEST_OBJECT } from './read-objects.ts';
import { type GitOptions, runGit } from './run.ts';

/**
 * What a hook of a commit asks git, begun all at once: each process takes 4 ms, in which the scanner is loaded. Failures
 * are told to those who ask for an answer.
 */
export interface StagedQueries {
  /** What `STATE_ARGUMENTS` say. */
  state: Promise<Buffer>;
  /** What would be committed, against HEAD: `git diff-index --raw -z`. Fails before the first commit. */
  changes: Promise<Buffer>;
  /** Asks for objects, once: what `git cat-file --batch` says. Fails when that is more than `LARGEST_OBJECT`. */
  objects(ids: readonly string[]): Promise<Buffer>;
  /** Ends what is not asked for any more. */
  end(): void;
}

/** Questions for `git rev-parse`, whose answers `parseState` reads. */
export const STATE_ARGUMENTS = [
  'rev-parse',
  '--is-bare-repository',
  '--show-object-format',
  ...['index', 'MERGE_HEAD', 'shallow'].flatMap((name) => ['--git-path', name]),
  '--revs-only',
  'HEAD',
];

export function diffIndexArguments(tree: string, renames: '-M' | '--no-renames'): string[] {
  return ['diff-index', '--cached', '--raw', '-z', '--no-abbrev', '--no-relative', renames, tree, '--'];
}

/** The processes are not told of a signal: they end by themselves, and listening to it costs 2 ms. */
export function beginStagedQueries({ cwd, env }: Pick<GitOptions, 'cwd' | 'env'>): StagedQueries {
  const state = runGit(STATE_ARGUMENTS, { cwd, env });
  const changes = runGit(diffIndexArguments('HEAD', '-M'), { cwd, env });
  const ids = new Readable({ read() {} });
  const objects = runGit(['cat-file', '--batch', '--buffer'], {
    cwd,
    env,
    input: ids,
    mostBytes: LARGEST_OBJECT,
  });
  // Whoever awaits one of them gets its failure; the others' must not end the process.
  for (const answer of [state, changes, objects]) answer.catch(() => {});
  return {
    state,
    changes,
    objects(wanted) {
      ids.push(`${wanted.join('\n')}\n`);
      ids.push(null);
      return objects;
    },
    end: () => ids.push(null),
  };
}
