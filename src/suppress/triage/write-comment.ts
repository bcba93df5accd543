import { readFile, realpath, stat, writeFile } from 'node:fs/promises';
import { resolve, sep } from 'node:path';
import { UserError } from '../../model/errors.ts';
import type { Finding, Place } from '../../model/finding.ts';
import { findAllowance } from '../allow-comments.ts';
import { commentSyntaxOf } from './comment-syntax.ts';

/** A comment that was written. */
export interface WrittenComment {
  path: string;
  /** Where it stands; all lines from here on moved down by one. From 1. */
  line: number;
  text: string;
  /** Takes it out again, when the file is still as it was left. */
  undo(): Promise<void>;
}

/**
 * Writes `unleak:allow RULE -- REASON` on a line of its own above a place.
 * @param root the folder that the place's path is relative to; nothing outside of it is written
 * @throws {UserError} when that cannot be done, saying why
 */
export async function writeComment(
  root: string,
  finding: Finding,
  place: Place,
  reason: string,
): Promise<WrittenComment> {
  const syntax = commentSyntaxOf(place.path);
  if (!syntax)
    throw new UserError(
      `${place.path}: no way to write a comment in this kind of file is known: accept it instead`,
    );
  if (/\*\/|-->|#\}/.test(reason)) throw new UserError('a reason cannot hold the end of a comment');
  const file = await locate(root, place.path);
  const before = await readFile(file);
  if (before.includes(0)) throw new UserError(`${place.path}: not plain text: accept it instead`);
  // Read byte by byte, so that bytes of any encoding are written back as they were.
  const lines = before.toString('latin1').split('\n');
  const index = place.line - 1;
  const line = lines[index];
  if (line === undefined || !holds(line, finding, place)) {
    throw new UserError(
      `${place.path}:${place.line}: the file has changed since the report was written: scan again`,
    );
  }
  if (index > 0 && /\\\r?$/.test(lines[index - 1])) {
    throw new UserError(
      `${place.path}:${place.line}: the line before continues on it, so no comment fits between: accept it instead`,
    );
  }
  const indent = /^[ \t]*/.exec(line)![0];
  const end = line.endsWith('\r') ? '\r' : '';
  const text = `${syntax.open}unleak:allow ${finding.rule} -- ${reason}${syntax.close}`;
  if (!findAllowance({ line: '', before: text }, finding.rule))
    throw new UserError(`the reason "${reason}" would hide the comment: say it in other words`);
  const comment = indent + Buffer.from(text, 'utf8').toString('latin1') + end;
  const after = Buffer.from([...lines.slice(0, index), comment, ...lines.slice(index)].join('\n'), 'latin1');
  await writeFile(file, after);
  return {
    path: place.path,
    line: place.line,
    text,
    async undo() {
      if (!(await readFile(file)).equals(after))
        throw new UserError(`${place.path}: changed meanwhile: take the comment out by hand`);
      await writeFile(file, before);
    },
  };
}

/** @throws {UserError} when the path is no file below `root` once links are followed: a report may come from anyone */
async function locate(root: string, path: string): Promise<string> {
  const top = await realpath(root);
  const file = await realpath(resolve(top, path)).catch(() => undefined);
  if (!file) throw new UserError(`${path}: no such file here: accept it instead`);
  if (!file.startsWith(top + sep) || file.startsWith(`${top}${sep}.git${sep}`))
    throw new UserError(`${path}: lies outside of ${root}: not written`);
  if (!(await stat(file)).isFile()) throw new UserError(`${path}: no file`);
  return file;
}

/** Whether the line still is the one that was reported, as far as a mask lets one tell. */
function holds(
  line: string,
  { secret, pair }: Finding,
  { line: first, endLine, column, endColumn, decoded }: Place,
): boolean {
  const text = Buffer.from(line.replace(/\r$/, ''), 'latin1').toString('utf8');
  if (first !== endLine) return text.length >= column - 1;
  const found = text.slice(column - 1, endColumn - 1);
  if (found.length !== endColumn - column) return false;
  // What was decoded stands there encoded, and cannot be compared.
  if (decoded?.length) return true;
  return [secret, pair?.secret].some((one) => {
    if (!one) return false;
    if (one.known) return found === one.reveal();
    const [head, tail = ''] = one.mask.split('********');
    return found.startsWith(head) && found.endsWith(tail);
  });
}
