import { randomBytes } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { UserError } from '../model/errors.ts';
import { BASELINE_FILE, type Baseline, formatBaseline, parseBaseline } from './baseline.ts';
import type { Config } from './config.ts';
import { findRepositoryRoot } from './config-file.ts';
import { readText } from './read-text.ts';

/** A million findings, in bytes. */
const MAX_SIZE = 256 * 2 ** 20;

/** The file that the configuration names, else the one at the root of the repository that `folder` lies in. Absolute. */
export function baselinePath(config: Config, folder: string): string {
  return config.baseline ?? join(findRepositoryRoot(folder) ?? folder, BASELINE_FILE);
}

/**
 * @returns undefined when there is no such file
 * @throws {UserError} when it cannot be read or is malformed
 */
export async function readBaseline(path: string): Promise<Baseline | undefined> {
  const text = await readText(path, path, MAX_SIZE);
  return text === undefined ? undefined : parseBaseline(text, path);
}

/** Writes the file whole or not at all. */
export async function writeBaseline(path: string, baseline: Baseline): Promise<void> {
  await writeWhole(path, formatBaseline(baseline));
}

/**
 * Tells git to keep both sides' lines when two branches add to the same spot of the baseline.
 * @returns the file it wrote to, or undefined when git is told so already
 */
export async function attributeUnionMerge(baselinePath: string): Promise<string | undefined> {
  const path = join(dirname(baselinePath), '.gitattributes');
  const name = basename(baselinePath);
  const text = await readFile(path, 'utf8').catch(() => '');
  if (text.split(/\r?\n/).some((line) => line.startsWith(`${name} `) && /\smerge=/.test(line)))
    return undefined;
  await writeWhole(path, `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${name} merge=union\n`);
  return path;
}

/**
 * By a temporary file beside it and a rename, so that nobody ever reads half of it.
 * @throws {UserError} when the folder cannot be written
 */
export async function writeWhole(path: string, text: string): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    await writeFile(temporary, text, { flag: 'wx' });
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw new UserError(`${path}: cannot be written (${(error as Error).message})`);
  }
}
