import { isUtf8 } from 'node:buffer';

/** A path as reports write it. */
export interface PathName {
  path: string;
  /** Base64 of the bytes, when they are not UTF-8. */
  pathBytes?: string;
}

/** git keeps paths as bytes. Those that are not UTF-8 are percent-encoded, and the original comes along. */
export function namePath(bytes: Uint8Array): PathName {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (isUtf8(buffer)) return { path: buffer.toString() };
  let path = '';
  for (let i = 0; i < buffer.length; ) {
    const length = [1, 2, 3, 4].find((n) => i + n <= buffer.length && isUtf8(buffer.subarray(i, i + n)));
    if (length) path += buffer.toString('utf8', i, i + length);
    else path += `%${buffer[i].toString(16).toUpperCase().padStart(2, '0')}`;
    i += length ?? 1;
  }
  return { path, pathBytes: buffer.toString('base64') };
}
