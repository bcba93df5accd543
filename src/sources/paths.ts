import { type Dirent, lstatSync, readdir, readdirSync, realpathSync, type Stats } from 'node:fs';
import { join, relative, sep } from 'node:path';
import picomatch from 'picomatch';
import { UserError } from '../model/errors.ts';
import type { Skipped } from '../model/report.ts';
import { listWorkTree } from './list-work-tree.ts';

export interface PathOptions {
  cwd: string;
  env: Record<string, string | undefined>;
  /** Take files that git ignores too. */
  noGitignore: boolean;
  /** Globs of paths to leave out, relative to `cwd`. */
  exclude: string[];
  /** Globs of which a path must match one, when there are any. */
  include: string[];
}

export interface PathList {
  /** Relative to `cwd` where they lie below it; each once, in order. */
  files: Buffer[];
  skipped: Skipped[];
}

/**
 * The regular files that the arguments mean. A folder in a git work tree gives what git tracks and what it does not
 * ignore, any other folder everything but `.git`; links are not followed, since what they lead to within the tree is
 * met by itself; a file named outright is taken whatever git says. A glob is matched against the files of `cwd`.
 * @throws {UserError} for an argument that names nothing
 */
export async function listPaths(args: string[], options: PathOptions): Promise<PathList> {
  const list = new PathCollector(options);
  list.compileGlobs();
  for (const argument of args.length ? args : ['.']) {
    // A variable of a script that is not set: taking it for the current folder would hide the mistake.
    if (argument === '') throw new UserError(`'': an empty path: give . for the current folder`);
    const path = join(options.cwd, relative(options.cwd, resolveArgument(argument, options.cwd)));
    const stat = list.look(path, argument);
    if (stat === 'unreadable') continue;
    if (!stat) await list.addGlob(argument);
    else if (stat.isSymbolicLink()) list.addLink(path, argument);
    else if (stat.isDirectory()) list.addFolder(path);
    else if (stat.isFile()) list.addFile(Buffer.from(path), true);
    else list.skip(Buffer.from(path), `it is ${kindOf(stat)}, not a file`);
  }
  return list.finish();
}

function resolveArgument(argument: string, cwd: string): string {
  return argument.startsWith(sep) ? argument : join(cwd, argument);
}

type Predicate = (path: string) => boolean;

class PathCollector {
  readonly #options: PathOptions;
  readonly #files = new Map<string, Buffer>();
  readonly #skipped: Skipped[] = [];
  readonly #folders = new Set<string>();
  #isWanted: Predicate | undefined;

  constructor(options: PathOptions) {
    this.#options = options;
  }

  finish(): PathList {
    const files = [...this.#files].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, bytes]) => bytes);
    return { files, skipped: this.#skipped };
  }

  addFile(path: Buffer, named = false): void {
    const shown = this.#relative(path);
    const key = shown.toString('latin1');
    if (this.#files.has(key)) return;
    if (!named && !this.#wanted(shown.toString())) return;
    this.#files.set(key, shown);
  }

  skip(path: Buffer, reason: string): void {
    this.#skipped.push({ path: this.#relative(path).toString(), reason });
  }

  /** What stands at a path; undefined when nothing does. One in a folder that may not be entered is named. */
  look(path: string, argument: string): Stats | 'unreadable' | undefined {
    try {
      return lstatSync(path, { throwIfNoEntry: false });
    } catch (error) {
      if (!isForbidden(error)) throw new UserError(`${argument}: ${explainFileError(error)}`);
      this.skip(Buffer.from(path), explainFileError(error));
      return 'unreadable';
    }
  }

  /** A link named outright is followed once. */
  addLink(path: string, argument: string): void {
    try {
      const target = realpathSync(path);
      const stat = lstatSync(target);
      if (stat.isDirectory()) this.addFolder(target);
      else if (stat.isFile()) this.addFile(Buffer.from(target), true);
      else this.skip(Buffer.from(path), `it leads to ${kindOf(stat)}, not a file`);
    } catch (error) {
      if (!isForbidden(error)) throw new UserError(`${argument}: the link leads nowhere`);
      this.skip(Buffer.from(path), `it leads to where reading is forbidden: ${explainFileError(error)}`);
    }
  }

  addFolder(path: string): void {
    const real = realpathSync(path);
    if (this.#folders.has(real)) return;
    this.#folders.add(real);
    const onUnread = (warning: string) => this.skip(Buffer.from(path), `git says: ${warning}`);
    const files = this.#options.noGitignore ? undefined : listWorkTree(path, this.#options.env, onUnread);
    if (files) for (const file of files) this.#addListed(path, file);
    else this.#walk(Buffer.from(path));
  }

  async addGlob(argument: string): Promise<void> {
    if (!/[*?[{!(]/.test(argument)) throw new UserError(`${argument}: no such file or folder`);
    const { default: fastGlob } = await import('fast-glob');
    let forbidden = 0;
    const found = await fastGlob(argument, {
      cwd: this.#options.cwd,
      dot: true,
      ignore: ['**/.git/**'],
      followSymbolicLinks: false,
      fs: {
        // The library stops at the first folder that may not be read.
        readdir: ((path: string, options: { withFileTypes: true }, done: ReaddirDone) =>
          readdir(path, options, (error, entries) => {
            if (error === null || !isForbidden(error)) return done(error, entries);
            forbidden++;
            this.skip(Buffer.from(path), explainFileError(error));
            done(null, []);
          })) as typeof readdir,
      },
    });
    if (found.length === 0 && forbidden === 0) throw new UserError(`${argument}: no file matches`);
    for (const file of found) this.addFile(Buffer.from(join(this.#options.cwd, file)), true);
  }

  /** A listed folder is a submodule or another repository. */
  #addListed(folder: string, file: Buffer): void {
    const path = Buffer.concat([Buffer.from(folder + sep), file]);
    if (file[file.length - 1] === 0x2f) this.addFolder(path.subarray(0, -1).toString());
    else this.addFile(path);
  }

  #walk(folder: Buffer): void {
    let entries: ReturnType<typeof readFolder>;
    try {
      entries = readFolder(folder);
    } catch (error) {
      this.skip(folder, explainFileError(error));
      return;
    }
    for (const entry of entries) {
      const path = Buffer.concat([folder, Buffer.from(sep), entry.name]);
      if (entry.isDirectory()) {
        if (entry.name.toString() !== '.git') this.#walk(path);
      } else if (entry.isFile()) this.addFile(path);
    }
  }

  #relative(path: Buffer): Buffer {
    const prefix = Buffer.from(this.#options.cwd.endsWith(sep) ? this.#options.cwd : this.#options.cwd + sep);
    if (path.subarray(0, prefix.length).equals(prefix)) return path.subarray(prefix.length);
    return Buffer.from(relative(this.#options.cwd, path.toString()) || '.');
  }

  #wanted(path: string): boolean {
    const { exclude, include } = this.#options;
    return (exclude.length === 0 && include.length === 0) || this.#isWanted!(path);
  }

  compileGlobs(): void {
    const { exclude, include } = this.#options;
    if (exclude.length === 0 && include.length === 0) return;
    const out = exclude.length ? picomatch(exclude.flatMap(withContents), { dot: true }) : () => false;
    const into = include.length ? picomatch(include.flatMap(withContents), { dot: true }) : () => true;
    this.#isWanted = (path) => into(path) && !out(path);
  }
}

/** `build` or `build/` means all below it too, and a bare name means it anywhere. */
function withContents(glob: string): string[] {
  const trimmed = glob.replace(/^\.\//, '').replace(/\/+$/, '');
  const anywhere = trimmed.includes('/') ? [trimmed] : [trimmed, `**/${trimmed}`];
  return anywhere.flatMap((g) => [g, `${g}/**`]);
}

type ReaddirDone = (error: NodeJS.ErrnoException | null, entries: Dirent[]) => void;

function isForbidden(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'EACCES' || code === 'EPERM';
}

function readFolder(folder: Buffer) {
  return readdirSync(folder, { withFileTypes: true, encoding: 'buffer' });
}

/** Why a file could not be read, in words. */
export function explainFileError(error: unknown): string {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'EACCES':
    case 'EPERM':
      return 'permission denied';
    case 'ENOENT':
      return 'it vanished while the scan ran';
    case 'EMFILE':
    case 'ENFILE':
      return 'too many open files';
    case 'ENAMETOOLONG':
      return 'the name is too long';
    case 'ELOOP':
      return 'its links lead around in a circle';
    default:
      return (error as Error).message;
  }
}

function kindOf(stat: { isFIFO(): boolean; isSocket(): boolean }): string {
  if (stat.isFIFO()) return 'a FIFO';
  return stat.isSocket() ? 'a socket' : 'a device';
}
