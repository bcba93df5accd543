import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
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
}

/** Reads all refs and reflogs. Stashes but the newest live in a reflog alone; their index and untracked parts are parents of the stash's commit. */
export async function readTips(repository: Repository, git: GitOptions): Promise<Tips> {
  const listed = (await runGit(['for-each-ref', '--format=%(objectname) %(refname)'], git)).toString();
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
  for (const name of listDirectory(join(repository.commonDir, 'worktrees'))) {
    const dir = join(repository.commonDir, 'worktrees', name);
    if (dir === repository.gitDir) continue;
    readReflog(join(dir, 'logs/HEAD'), `worktrees/${name}/HEAD`, reflogs);
    // A detached HEAD of another work tree holds its commit as a ref does.
    const text = existsSync(join(dir, 'HEAD')) ? readFileSync(join(dir, 'HEAD'), 'latin1').trim() : '';
    if (/^[0-9a-f]{40,64}$/.test(text)) refs.push({ name: `worktrees/${name}/HEAD`, id: text });
  }
  const order = refs.map((tip) => ({ tip, worth: worthOf(tip.name) }));
  order.sort((a, b) => a.worth - b.worth || (a.tip.name < b.tip.name ? -1 : 1));
  return { ...(head && { head }), refs: order.map(({ tip }) => tip), reflogs };
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
