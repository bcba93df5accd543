/** How a path's bytes are shown in reports: `/`-separated; bytes that are not UTF-8 percent-encoded, with the original as base64. */
export function namePath(bytes: Buffer): { path: string; pathBytes?: string } {
  const text = bytes.toString('utf8');
  if (!text.includes('\ufffd') || Buffer.from(text).equals(bytes)) return { path: text };
  let path = '';
  for (let at = 0; at < bytes.length; ) {
    const size = utf8Size(bytes, at);
    if (size > 0) path += bytes.toString('utf8', at, at + size);
    else path += `%${bytes[at].toString(16).toUpperCase().padStart(2, '0')}`;
    at += Math.max(1, size);
  }
  return { path, pathBytes: bytes.toString('base64') };
}

/** Length of the UTF-8 character at `at`, or 0 when there is none. */
function utf8Size(bytes: Buffer, at: number): number {
  const first = bytes[at];
  const size =
    first < 0x80 ? 1 : first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
  return size > 0 && !bytes.toString('utf8', at, at + size).includes('\ufffd') ? size : 0;
}
