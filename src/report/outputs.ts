import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { UserError } from '../model/errors.ts';
import { nearest } from '../model/nearest.ts';
import { FORMATS, type Format } from './formats.ts';

/** One document to write. Without a file it goes to standard output. */
export interface Output {
  format: Format;
  /** Absolute. */
  file?: string;
}

/**
 * Reads `--output sarif=out.sarif --output out.html` and `--format FORMAT`. A plain FILE has the format of `--format`,
 * else that of its ending, else text. When every output is a file and `--format` names one more format, that goes to
 * standard output; without it standard output stays empty.
 * @param cwd folder that relative files are resolved against
 * @throws {UserError} naming the format that is unknown or the file that is given twice
 */
export function parseOutputs(
  { format, output = [] }: { format?: string; output?: string[] },
  cwd: string,
): Output[] {
  const wanted = format === undefined ? undefined : checkFormat(format, '--format');
  if (output.length === 0) return [{ format: wanted ?? 'text' }];
  let used = false;
  const outputs = output.map((value): Output => {
    const named = /^([a-z]+)=(.*)$/s.exec(value);
    const file = named ? named[2] : value;
    if (file === '')
      throw new UserError(`--output ${value}: the file's name is missing, as in --output sarif=out.sarif`);
    if (!named) used = true;
    const chosen = named ? checkFormat(named[1], '--output') : (wanted ?? formatOfName(file) ?? 'text');
    return file === '-' ? { format: chosen } : { format: chosen, file: resolve(cwd, file) };
  });
  if (wanted && !used && !outputs.some((one) => one.format === wanted)) outputs.unshift({ format: wanted });
  checkDistinct(outputs);
  return outputs;
}

/** Called before a scan starts, so that hours of work are not lost to a misspelt folder. @throws {UserError} */
export async function checkOutputs(outputs: readonly Output[]): Promise<void> {
  for (const { file } of outputs) {
    if (file === undefined) continue;
    const folder = dirname(file);
    const found = await stat(folder).catch(() => undefined);
    if (!found) throw new UserError(`cannot write ${file}: the folder ${folder} does not exist`);
    if (!found.isDirectory()) throw new UserError(`cannot write ${file}: ${folder} is not a folder`);
    if ((await stat(file).catch(() => undefined))?.isDirectory()) {
      throw new UserError(`cannot write ${file}: it is a folder; name a file in it`);
    }
    await access(folder, constants.W_OK | constants.X_OK).catch(() => {
      throw new UserError(`cannot write ${file}: no permission to write in ${folder}`);
    });
  }
}

const ENDINGS: [ending: string, format: Format][] = [
  ['.sarif', 'sarif'],
  ['.sarif.json', 'sarif'],
  ['gl-secret-detection-report.json', 'gitlab'],
  ['.json', 'json'],
  ['.jsonl', 'jsonl'],
  ['.ndjson', 'jsonl'],
  ['.html', 'html'],
  ['.htm', 'html'],
  ['.md', 'markdown'],
  ['.csv', 'csv'],
  ['.xml', 'junit'],
];

function formatOfName(file: string): Format | undefined {
  const name = file.toLowerCase();
  return ENDINGS.find(([ending]) => name.endsWith(ending))?.[1];
}

function checkFormat(name: string, flag: string): Format {
  const found = FORMATS.find((format) => format === name);
  if (found) return found;
  const hint = nearest(name, FORMATS);
  throw new UserError(
    `${flag} ${name}: ${hint ? `did you mean ${hint}? ` : ''}The formats are ${FORMATS.join(', ')}`,
  );
}

function checkDistinct(outputs: readonly Output[]): void {
  const seen = new Set<string | undefined>();
  for (const { file } of outputs) {
    if (seen.has(file)) {
      throw new UserError(
        `two outputs go to ${file ?? 'standard output'}: give each format a file of its own, as in --output json=out.json`,
      );
    }
    seen.add(file);
  }
}
