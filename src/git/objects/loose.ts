import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { constants, inflateSync } from 'node:zlib';
import { type ObjectType, TYPE_NAMES } from './table.ts';

export interface LooseHeader {
  type: ObjectType;
  /** Bytes of content, as the header says. */
  length: number;
}

export interface LooseObject extends LooseHeader {
  bytes: Uint8Array;
}

/** The header is at most 28 bytes, which fit in this many of any stream. */
const HEAD = 512;

/**
 * Reads the header of an object of its own file: zlib over `type SP length NUL` and the content.
 * @throws {Error} saying in a few words what is wrong with it
 */
export function readLooseHeader(dir: string, id: string): LooseHeader {
  const head = Buffer.alloc(HEAD);
  const file = openSync(fileOf(dir, id), 'r');
  let got: number;
  try {
    got = readSync(file, head, 0, HEAD, 0);
  } finally {
    closeSync(file);
  }
  return parseHeader(inflate(head.subarray(0, got), constants.Z_SYNC_FLUSH)).header;
}

/**
 * Reads the whole object.
 * @throws {Error} saying in a few words what is wrong with it
 */
export function readLoose(dir: string, id: string): LooseObject {
  const inflated = inflate(readFileSync(fileOf(dir, id)), constants.Z_FINISH);
  const { header, end } = parseHeader(inflated);
  const bytes = inflated.subarray(end);
  if (bytes.length !== header.length) throw new Error('loose object has another length than it says');
  return { ...header, bytes };
}

function fileOf(dir: string, id: string): string {
  return join(dir, id.slice(0, 2), id.slice(2));
}

function inflate(bytes: Buffer, finishFlush: number): Buffer {
  try {
    return inflateSync(bytes, { finishFlush });
  } catch (error) {
    throw new Error(`loose object is damaged (${(error as Error).message})`);
  }
}

function parseHeader(inflated: Buffer): { header: LooseHeader; end: number } {
  const end = inflated.indexOf(0);
  const match = /^([a-z]+) (0|[1-9]\d{0,15})$/.exec(
    inflated.toString('latin1', 0, Math.max(0, Math.min(end, 32))),
  );
  const type = TYPE_NAMES.indexOf(match?.[1] as 'blob');
  if (!match || type < 1) throw new Error('loose object has no header');
  return { header: { type: type as ObjectType, length: Number(match[2]) }, end: end + 1 };
}
