import type { Place } from '../model/finding.ts';

/**
 * A path as an URI reference (RFC 3986): every byte that is not unreserved is percent-encoded, slashes stay.
 * Absolute paths become `file:` URIs.
 */
export function toUri({ path, pathBytes }: Pick<Place, 'path' | 'pathBytes'>): string {
  const bytes = pathBytes === undefined ? Buffer.from(path, 'utf8') : Buffer.from(pathBytes, 'base64');
  let uri = '';
  for (const byte of bytes) {
    const character = String.fromCharCode(byte);
    uri += /[\w.~/-]/.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  if (uri.startsWith('/')) return `file://${uri}`;
  return /^[A-Za-z]%3A\//.test(uri) ? `file:///${uri[0]}:${uri.slice(4)}` : uri;
}
