// node bench/run.mjs history-maker FOLDER [--shape commits|generated] [--commits N] [--files N] [--lines N] [--seed TEXT]
// Makes a bare repository to measure with on a machine that has no large one: the same for the same arguments. `commits` (the
// default, 20,000 of them over 500 files) is a history of many small changes; `generated` (400 over 5) one of large files.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { makeHistory } from './history.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    shape: { type: 'string', default: 'commits' },
    commits: { type: 'string' },
    files: { type: 'string' },
    lines: { type: 'string' },
    seed: { type: 'string', default: 'unleak' },
  },
});
const [folder] = positionals;
const { shape, seed, lines } = values;
if (!folder || existsSync(folder)) throw new Error('name a folder that does not exist yet');
if (shape !== 'commits' && shape !== 'generated') throw new Error('--shape is commits or generated');
const small = shape === 'commits';
const commits = Number(values.commits ?? (small ? 20_000 : 400));
const files = Number(values.files ?? (small ? 500 : 5));
const bytes = makeHistory(resolve(folder), {
  shape,
  commits,
  files,
  seed,
  ...(lines && { lines: Number(lines) }),
});
console.log(`${commits} commits, ${(bytes / 1e6).toFixed(0)} MB of blobs`);
