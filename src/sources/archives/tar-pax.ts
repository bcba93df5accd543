/** What a pax header changes about the member after it. */
export interface Extended {
  path?: Uint8Array;
  size?: number;
  /** `GNU.sparse.*`, by what follows the second dot. */
  sparse?: Record<string, string>;
  /** The `GNU.sparse.offset` and `numbytes` of format 0.0, which repeat. */
  pairs?: number[];
}

/** A run of data in a sparse file: where it belongs and how long it is, in bytes. */
export interface Segment {
  offset: number;
  length: number;
}

/** Records `<length> <key>=<value>\n`; what does not parse is left out. */
export function parsePax(data: Uint8Array): Extended {
  const extended: Extended = {};
  let at = 0;
  while (at < data.length) {
    const space = data.indexOf(0x20, at);
    const length = space < 0 ? 0 : Number(ascii(data, at, space));
    const equals = data.indexOf(0x3d, space);
    if (!Number.isInteger(length) || length <= 0 || equals < 0 || equals >= at + length) break;
    addRecord(extended, ascii(data, space + 1, equals), data.subarray(equals + 1, at + length - 1));
    at += length;
  }
  return extended;
}

/** GNU's three pax formats of sparse files: 0.0 and 0.1 keep the map in the header, 1.0 before the data. */
export function isPaxSparse(extended: Extended): boolean {
  return extended.sparse !== undefined && (extended.sparse.size ?? extended.sparse.realsize) !== undefined;
}

export function sparseSize(extended: Extended): number {
  return Number(extended.sparse?.realsize ?? extended.sparse?.size) || 0;
}

export function sparseName(extended: Extended): string | undefined {
  return extended.sparse?.name;
}

function addRecord(extended: Extended, key: string, value: Uint8Array): void {
  if (key === 'path') extended.path = value;
  else if (key === 'size') extended.size = Number(ascii(value, 0, value.length)) || 0;
  else if (key.startsWith('GNU.sparse.')) {
    const name = key.slice('GNU.sparse.'.length);
    const text = Buffer.from(value).toString();
    extended.sparse ??= {};
    if (name === 'offset' || name === 'numbytes') (extended.pairs ??= []).push(Number(text));
    else extended.sparse[name] = text;
  }
}

function ascii(data: Uint8Array, start: number, end: number): string {
  return Buffer.from(data.buffer, data.byteOffset + start, end - start).toString('latin1');
}
