import { readVarint } from './sqlite-pages.ts';

export type Value = null | number | bigint | string | Uint8Array;

/** The values of a record (https://www.sqlite.org/fileformat2.html#record_format); what is cut off is left out. */
export function readRecord(payload: Uint8Array, encoding: 'utf8' | 'utf16le' | 'utf16be'): Value[] {
  const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.length);
  const header = readVarint(bytes, 0);
  const values: Value[] = [];
  let at = header.value;
  let position = header.end;
  while (position < header.value && position < bytes.length) {
    const { value: type, end } = readVarint(bytes, position);
    position = end;
    const size = sizeOf(type);
    if (at + size > bytes.length) {
      if (type >= 12 && at < bytes.length) values.push(decodeValue(bytes.subarray(at), type, encoding));
      break;
    }
    values.push(decodeValue(bytes.subarray(at, at + size), type, encoding));
    at += size;
  }
  return values;
}

const INTEGER_BYTES = [0, 1, 2, 3, 4, 6, 8, 8, 0, 0, 0, 0];

function sizeOf(type: number): number {
  return type < 12 ? INTEGER_BYTES[type] : Math.floor((type - 12) / 2);
}

function decodeValue(bytes: Buffer, type: number, encoding: 'utf8' | 'utf16le' | 'utf16be'): Value {
  if (type === 0 || type === 10 || type === 11) return null;
  if (type < 6) return bytes.length === 0 ? 0 : bytes.readIntBE(0, bytes.length);
  if (type === 6) return bytes.readBigInt64BE();
  if (type === 7) return bytes.readDoubleBE();
  if (type < 10) return type - 8;
  if (type % 2 === 0) return bytes;
  if (encoding === 'utf16be')
    return Buffer.from(bytes.subarray(0, bytes.length & ~1))
      .swap16()
      .toString('utf16le');
  return bytes.toString(encoding);
}
