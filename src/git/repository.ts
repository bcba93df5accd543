import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { delimiter, isAbsolute, join, resolve } from 'node:path';
import { UserError } from '../model/errors.ts';
import { SEPARATOR, splitAnswers } from './rev-parse.ts';
import { GitError, type GitOptions, requireGit, runGitSync } from './run.ts';

/** Where a repository keeps its things; all paths absolute. */
export interface Repository {
  /** Of this work tree: `HEAD`, the index, its reflog. */
  gitDir: string;
  /** Shared by all work trees: refs, objects, configuration. */
  commonDir: string;
  /** The object directory and all its alternates, its own first. */
  objectDirs: string[];
  idLength: 20 | 32;
  bare: boolean;
  /** History is cut off: commits beyond the boundary were never fetched. */
  shallow: boolean;
  /** Objects may be missing by intent (a partial clone). */
  partial: boolean;
  /** Alternates that are named but not there. */
  missingAlternates: string[];
}

/**
 * Asks git where things are, so that work trees, `.git` files, bare repositories and the `GIT_*` variables mean what they mean to git.
 * @throws {UserError} when there is no repository, or git refuses it
 */
export function locateRepository(options: Pick<GitOptions, 'cwd' | 'env'>): Repository {
  requireGit(options);
  const asked = [
    ['--absolute-git-dir'],
    ['--git-common-dir'],
    ['--git-path', 'objects'],
    ['--git-path', 'shallow'],
  ];
  let output: string;
  try {
    output = runGitSync(
      ['rev-parse', '--is-bare-repository', ...asked.flatMap((question) => [SEPARATOR, ...question])],
      options,
    ).toString();
  } catch (error) {
    if (error instanceof GitError && /not a git repository/.test(error.stderr))
      throw new UserError(`${options.cwd}: not in a git repository. unleak scan reads plain folders`);
    throw error;
  }
  const { objectFormat, parts } = splitAnswers(output.replace(/\n$/, ''), 5);
  const [bare, ...paths] = parts;
  const [gitDir, commonDir, objects, shallow] = paths.map((path) => resolve(options.cwd, path));
  const missingAlternates: string[] = [];
  const objectDirs: string[] = [];
  const more = (options.env.GIT_ALTERNATE_OBJECT_DIRECTORIES ?? '').split(delimiter).filter(Boolean);
  for (const dir of [objects, ...more.map((path) => resolve(options.cwd, path))]) {
    addObjectDir(dir, objectDirs, missingAlternates, 0);
  }
  return {
    gitDir,
    commonDir,
    objectDirs,
    idLength: objectFormat === 'sha256' ? 32 : 20,
    bare: bare === 'true',
    shallow: existsSync(shallow),
    partial: objectDirs.some(hasPromisor) || isPartial(options),
    missingAlternates,
  };
}

/** git follows alternates of alternates five deep. */
const DEEPEST_ALTERNATE = 5;

function addObjectDir(dir: string, found: string[], missing: string[], depth: number): void {
  if (found.includes(dir)) return;
  if (depth > 0 && !existsSync(dir)) {
    missing.push(dir);
    return;
  }
  found.push(dir);
  const file = join(dir, 'info/alternates');
  if (!existsSync(file)) return;
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    if (!line || line.startsWith('#')) continue;
    const path = line.startsWith('"') ? unquote(line) : line;
    if (depth >= DEEPEST_ALTERNATE) missing.push(path);
    else addObjectDir(isAbsolute(path) ? path : resolve(dir, path), found, missing, depth + 1);
  }
}

/** Undoes git's C-style quotes. */
function unquote(text: string): string {
  const bytes: number[] = [];
  const body = Buffer.from(text.slice(1, text.lastIndexOf('"')));
  const named: Record<string, number> = { a: 7, b: 8, t: 9, n: 10, v: 11, f: 12, r: 13 };
  for (let i = 0; i < body.length; i++) {
    if (body[i] !== 0x5c) {
      bytes.push(body[i]);
      continue;
    }
    const octal = /^[0-3][0-7]{2}/.exec(body.toString('latin1', i + 1, i + 4));
    if (octal) {
      bytes.push(Number.parseInt(octal[0], 8));
      i += 3;
    } else {
      const letter = String.fromCharCode(body[++i]);
      bytes.push(named[letter] ?? letter.charCodeAt(0));
    }
  }
  return Buffer.from(bytes).toString();
}

function hasPromisor(dir: string): boolean {
  const packs = join(dir, 'pack');
  try {
    return existsSync(packs) && readdirSync(packs).some((name) => name.endsWith('.promisor'));
  } catch {
    // Whoever reads its packs names the folder.
    return false;
  }
}

function isPartial(options: Pick<GitOptions, 'cwd' | 'env'>): boolean {
  const pattern = '^(extensions\\.partialclone|remote\\..*\\.(promisor|partialclonefilter))$';
  return runGitSync(['config', '--get-regexp', pattern], { ...options, okCodes: [0, 1] }).length > 0;
}
