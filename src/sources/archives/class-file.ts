import type { Input } from './input.ts';
import { Damaged } from './limits.ts';
import { type Member, memberPath, type Reading } from './member.ts';
import { ByteStream } from './stream.ts';

/** Bytes after the tag of each kind of constant (Java Virtual Machine Specification, table 4.4-B). */
const CONSTANT_BYTES: Record<number, number> = {
  3: 4,
  4: 4,
  5: 8,
  6: 8,
  7: 2,
  8: 2,
  9: 4,
  10: 4,
  11: 4,
  12: 4,
  15: 3,
  16: 2,
  17: 4,
  18: 4,
  19: 2,
  20: 2,
};
const UTF8 = 1;
const STRING = 8;

/**
 * The strings of a Java class, one a line: first its constant fields as `NAME = "value"`, then the rest of the table in
 * order. In the file itself each stands between length bytes that may look like letters.
 */
export function* readClassFile(input: Input, reading: Reading): Generator<Member> {
  const bytes = Buffer.from(input.read(0, input.size));
  const strings = new Map<number, Buffer>();
  const literals = new Map<number, number>();
  let at = 10;
  const count = bytes.readUInt16BE(8);
  let failure: string | undefined;
  for (let index = 1; index < count; index++) {
    const tag = bytes[at];
    const length =
      tag === UTF8 ? 2 + (at + 3 <= bytes.length ? bytes.readUInt16BE(at + 1) : 0) : CONSTANT_BYTES[tag];
    if (length === undefined || at + 1 + length > bytes.length) {
      failure = at >= bytes.length || length !== undefined ? 'truncated' : 'damaged: no class file constant';
      break;
    }
    if (tag === UTF8) strings.set(index, bytes.subarray(at + 3, at + 1 + length));
    if (tag === STRING) literals.set(index, bytes.readUInt16BE(at + 1));
    if (tag === 5 || tag === 6) index++; // long and double take two places
    at += 1 + length;
  }
  const lines: Buffer[] = [];
  if (failure === undefined && !addConstantFields(bytes, at, strings, literals, lines)) failure = 'truncated';
  for (const text of strings.values()) lines.push(text, NEWLINE);
  const text = Buffer.concat(lines);
  reading.budget.charge(text.length);
  yield { path: memberPath(reading.path, 'strings'), content: new ByteStream([text]) };
  if (failure !== undefined) throw new Damaged(failure);
}

const NEWLINE = Buffer.from('\n');

/** Fields with a `ConstantValue` attribute (section 4.7.2) that is a string. @returns false when the file ends before they do */
function addConstantFields(
  bytes: Buffer,
  start: number,
  strings: Map<number, Buffer>,
  literals: Map<number, number>,
  lines: Buffer[],
): boolean {
  let at = start + 6; // access, this and super class
  if (at + 2 > bytes.length) return false;
  at += 2 + 2 * bytes.readUInt16BE(at);
  if (at + 2 > bytes.length) return false;
  let fields = bytes.readUInt16BE(at);
  at += 2;
  for (; fields > 0; fields--) {
    if (at + 8 > bytes.length) return false;
    const name = strings.get(bytes.readUInt16BE(at + 2));
    let attributes = bytes.readUInt16BE(at + 6);
    at += 8;
    for (; attributes > 0; attributes--) {
      if (at + 6 > bytes.length) return false;
      const size = bytes.readUInt32BE(at + 2);
      if (at + 6 + size > bytes.length) return false;
      const isConstant =
        size === 2 && strings.get(bytes.readUInt16BE(at))?.toString('latin1') === 'ConstantValue';
      const text = isConstant ? strings.get(literals.get(bytes.readUInt16BE(at + 6)) ?? 0) : undefined;
      if (name !== undefined && text !== undefined)
        lines.push(name, Buffer.from(' = "'), text, Buffer.from('"\n'));
      at += 6 + size;
    }
  }
  return true;
}
