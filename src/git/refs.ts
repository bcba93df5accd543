import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Skipped } from '../model/report.ts';
import type { Repository } from './repository.ts';
import { type GitOptions, runGit } from './run.ts';

/** A name that leads to an object. */
export interface Tip {
  /** `HEAD`, `refs/heads/main`, `stash@{1}`, or a reflog entry such as `HEAD@{3}`. */
  name: string;
  /** Object id, in hex. */
  id: string;
}

export interface Tips {
  /** What HEAD is now; absent on a branch without commits. */
  head?: string;
  /** All refs, HEAD of every work tree among them, in the order in which they are worth naming. */
  refs: Tip[];
  /** What only reflogs still name, newest first for each ref. */
  reflogs: Tip[];
  /** Refs that git cannot make sense of. */
  broken: Skipped[];
}

/** Reads all refs and reflogs. Stashes but the newest live in a reflog alone; their index and untracked parts are parents of the stash's commit. */
export async function readTips(repository: Repository, git: GitOptions): Promise<Tips> {
  const broken: Skipped[] = [];
  const onWarning = (said: string) => {
    // A symbolic ref to a branch that is gone, such as origin/HEAD after a prune, is said to dangle: that hides nothing.
    for (const [line, path] of said.matchAll(/^.*ignoring broken ref (.*)$/gm))
      broken.push({ path, reason: `git says: ${line}` });
  };
  const list = ['for-each-ref', '--format=%(objectname) %(refname)'];
  const listed = (await runGit(list, { ...git, onWarning })).toString();
  const refs: Tip[] = [];
  for (const line of listed.split('\n')) {
    if (line) refs.push({ id: line.slice(0, line.indexOf(' ')), name: line.slice(line.indexOf(' ') + 1) });
  }
  const head = (await runGit(['rev-parse', '--quiet', '--verify', 'HEAD'], { ...git, okCodes: [0, 1] }))
    .toString()
    .trim();
  if (head) refs.push({ name: 'HEAD', id: head });
  const reflogs: Tip[] = [];
  readReflog(join(repository.gitDir, 'logs/HEAD'), 'HEAD', reflogs);
  readReflogs(join(repository.commonDir, 'logs/refs'), 'refs', reflogs);
  for (const { name, dir } of otherWorkTrees(repository)) {
    readReflog(join(dir, 'logs/HEAD'), `${name}/HEAD`, reflogs);
    // A detached HEAD of another work tree holds its commit as a ref does.
    readRef(join(dir, 'HEAD'), `${name}/HEAD`, refs);
    for (const own of OWN_REFS) readRefs(join(dir, own), `${name}/${own}`, refs);
  }
  const order = refs.map((tip) => ({ tip, worth: worthOf(tip.name) }));
  order.sort((a, b) => a.worth - b.worth || (a.tip.name < b.tip.name ? -1 : 1));
  return { ...(head && { head }), refs: order.map(({ tip }) => tip), reflogs, broken };
}

/** Branches say more than tags, tags more than what a server keeps for pull requests. */
const WORTH = [
  /^HEAD$/,
  /^refs\/heads\/(main|master|trunk)$/,
  /^refs\/heads\//,
  /^refs\/remotes\//,
  /^refs\/tags\//,
  /^refs\/(stash|notes)/,
];

function worthOf(name: string): number {
  const found = WORTH.findIndex((pattern) => pattern.test(name));
  return found < 0 ? WORTH.length : found;
}

/** Refs that each work tree has for itself. @see https://git-scm.com/docs/git-worktree#_refs */
const OWN_REFS = ['refs/bisect', 'refs/rewritten', 'refs/worktree'];

/** All work trees but the one that is asked from, by the names that git has for them in revisions. */
function otherWorkTrees({ gitDir, commonDir }: Repository): { name: string; dir: string }[] {
  const linked = listDirectory(join(commonDir, 'worktrees')).map((name) => ({
    name: `worktrees/${name}`,
    dir: join(commonDir, 'worktrees', name),
  }));
  return [{ name: 'main-worktree', dir: commonDir }, ...linked].filter(({ dir }) => dir !== gitDir);
}

function readRefs(dir: string, prefix: string, tips: Tip[]): void {
  if (!existsSync(dir)) return;
  for (const entry of readdirSync(dir, { withFileTypes: true })) {
    const [path, name] = [join(dir, entry.name), `${prefix}/${entry.name}`];
    if (entry.isDirectory()) readRefs(path, name, tips);
    else if (entry.isFile()) readRef(path, name, tips);
  }
}

function readRef(file: string, name: string, tips: Tip[]): void {
  const id = existsSync(file) ? readFileSync(file, 'latin1').trim() : '';
  if (/^[0-9a-f]{40,64}$/.test(id)) tips.push({ name, id });
}

function readReflogs(dir: string, prefix: string, tips: Tip[]): void {
  if (!existsSync(dir)) return;
  for (const entry of readdirSync(dir, { withFileTypes: true })) {
    const path = join(dir, entry.name);
    const name = `${prefix}/${entry.name}`;
    if (entry.isDirectory()) readReflogs(path, name, tips);
    else if (entry.isFile()) readReflog(path, name === 'refs/stash' ? 'stash' : name, tips);
  }
}

/** Lines of `old SP new SP who... TAB message`; the old id counts where no line before has it as its new one. */
function readReflog(path: string, name: string, tips: Tip[]): void {
  if (!existsSync(path)) return;
  const lines = readFileSync(path, 'latin1').split('\n').filter(Boolean).reverse();
  const add = (id: string, at: number) => {
    if (/^[0-9a-f]{40,64}$/.test(id) && !/^0+$/.test(id)) tips.push({ name: `${name}@{${at}}`, id });
  };
  lines.forEach((line, i) => {
    const [old = '', now = ''] = line.split(' ', 2);
    add(now, i);
    if (lines[i + 1]?.split(' ', 2)[1] !== old) add(old, i + 1);
  });
}

function listDirectory(dir: string): string[] {
  return existsSync(dir) ? readdirSync(dir).sort() : [];
}
