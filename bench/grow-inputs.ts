import { type ExecFileSyncOptions, execFileSync, execSync } from 'node:child_process';
import { copyFileSync, linkSync, mkdirSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { listFiles } from './read-inputs.ts';

const GIT: ExecFileSyncOptions = { stdio: ['ignore', 'pipe', 'ignore'], maxBuffer: 1 << 30 };

/** Copies a tree without git's own folder, by hard links where the file system allows: they take no room. */
export function copyTree(source: string, target: string): void {
  for (const file of listFiles(source)) {
    const copy = join(target, relative(source, file));
    mkdirSync(dirname(copy), { recursive: true });
    try {
      linkSync(file, copy);
    } catch {
      copyFileSync(file, copy);
    }
  }
}

export function sizeOfTree(source: string): number {
  let bytes = 0;
  for (const file of listFiles(source)) bytes += statSync(file).size;
  return bytes;
}

/**
 * Makes a bare repository of the first commits of another one's history (ancestors first), as a share of all, in one pack
 * that takes over the deltas that are there.
 * @returns bytes of all its blobs
 */
export function sliceHistory(source: string, target: string, share: number): number {
  const list = execFileSync('git', ['-C', source, 'rev-list', '--topo-order', '--reverse', 'HEAD'], GIT);
  const commits = list.toString().trim().split('\n');
  const tip = commits[Math.max(1, Math.round(commits.length * share)) - 1];
  execFileSync('git', ['init', '--bare', '--quiet', target], GIT);
  execSync(
    `git -C ${quote(source)} pack-objects --quiet --revs --stdout | git -C ${quote(target)} index-pack --stdin`,
    { stdio: ['pipe', 'ignore', 'ignore'], input: `${tip}\n` },
  );
  execFileSync('git', ['-C', target, 'update-ref', 'HEAD', tip], GIT);
  return sizeOfBlobs(target);
}

/** Bytes of all blobs, each once. */
export function sizeOfBlobs(repository: string): number {
  const check = '--batch-check=%(objecttype) %(objectsize)';
  const args = ['-C', repository, 'cat-file', '--batch-all-objects', '--unordered', '--buffer', check];
  let bytes = 0;
  for (const line of execFileSync('git', args, GIT).toString().split('\n'))
    if (line.startsWith('blob ')) bytes += Number(line.slice(5));
  return bytes;
}

function quote(path: string): string {
  return `'${path.replaceAll("'", "'\\''")}'`;
}
