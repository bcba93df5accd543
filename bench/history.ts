import { execFileSync } from 'node:child_process';
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { type Random, seededRandom } from '../src/rules/random.ts';
import { sizeOfBlobs } from './grow-inputs.ts';
import { writeLine, writeLines } from './prose.ts';

export interface HistoryPlan {
  /** `commits`: each changes a few lines in one to three source files. `generated`: each writes one of few large files anew, a hundredth of it changed. */
  shape: 'commits' | 'generated';
  commits: number;
  files: number;
  /** Lines of a file; by default 150, and 20,000 for generated ones. */
  lines?: number;
  seed: string;
}

/**
 * Makes a bare repository with a history that is the same for the same plan, and packs it as git does.
 * @returns bytes of all its blobs
 */
export function makeHistory(target: string, plan: HistoryPlan): number {
  execFileSync('git', ['init', '--bare', '--quiet', '--initial-branch=main', target]);
  const stream = `${target}.stream`;
  const file = openSync(stream, 'w+');
  try {
    for (const part of describeHistory(plan)) writeSync(file, part);
    closeSync(file);
    const input = openSync(stream, 'r');
    execFileSync('git', ['-C', target, 'fast-import', '--quiet'], { stdio: [input, 'ignore', 'inherit'] });
    closeSync(input);
  } finally {
    rmSync(stream, { force: true });
  }
  execFileSync('git', ['-C', target, 'repack', '-adfq'], { stdio: 'ignore' });
  return sizeOfBlobs(target);
}

/** A stream for `git fast-import`: https://git-scm.com/docs/git-fast-import */
export function* describeHistory({ shape, commits, files, lines, seed }: HistoryPlan): Generator<string> {
  const random = seededRandom(seed);
  const length = lines ?? (shape === 'commits' ? 150 : 20_000);
  const name = (file: number) =>
    shape === 'commits' ? `src/part-${file % 17}/module-${file}.js` : `data/table-${file}.json`;
  const texts = Array.from({ length: files }, () => writeLines(random, length));
  for (let commit = 0; commit < commits; commit++) {
    const changed =
      commit === 0
        ? texts.map((_, file) => file)
        : [...new Set(Array.from({ length: shape === 'commits' ? 1 + random(3) : 1 }, () => random(files)))];
    yield `commit refs/heads/main\ncommitter Bench <bench@example.com> ${1_600_000_000 + commit * 60} +0000\n`;
    yield data(`Change ${changed.length} files\n`);
    for (const file of changed) {
      if (commit > 0) edit(texts[file], shape === 'commits' ? 1 + random(8) : length / 100, random);
      yield `M 100644 inline ${name(file)}\n${data(`${texts[file].join('\n')}\n`)}`;
    }
  }
  yield 'done\n';
}

/** Replaces, inserts and removes lines. */
function edit(text: string[], changes: number, random: Random): void {
  for (let i = 0; i < changes; i++) {
    const at = random(text.length);
    const kind = random(4);
    if (kind === 0) text.splice(at, 0, writeLine(random));
    else if (kind === 1 && text.length > 20) text.splice(at, 1);
    else text[at] = writeLine(random);
  }
}

function data(text: string): string {
  return `data ${Buffer.byteLength(text)}\n${text}\n`;
}
