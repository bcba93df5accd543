import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';
import { type ObjectType, TYPE_NAMES } from './table.ts';

export interface LooseObject {
  type: ObjectType;
  bytes: Uint8Array;
}

/**
 * Reads one object of its own file: zlib over `type SP length NUL` and the content.
 * @throws {Error} saying in a few words what is wrong with it
 */
export function readLoose(dir: string, id: string): LooseObject {
  const file = readFileSync(join(dir, id.slice(0, 2), id.slice(2)));
  let inflated: Buffer;
  try {
    inflated = inflateSync(file);
  } catch (error) {
    throw new Error(`loose object is damaged (${(error as Error).message})`);
  }
  const end = inflated.indexOf(0);
  const [name, length] = inflated.toString('latin1', 0, Math.max(0, Math.min(end, 32))).split(' ');
  const type = TYPE_NAMES.indexOf(name as 'blob');
  if (type < 1) throw new Error('loose object has no header');
  const bytes = inflated.subarray(end + 1);
  if (String(bytes.length) !== length) throw new Error('loose object has another length than it says');
  return { type: type as ObjectType, bytes };
}
