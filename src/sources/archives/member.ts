import type { Budget } from './limits.ts';
import type { ByteStream } from './stream.ts';

/** One file in a container, read at most once and before the next one is asked for. */
export interface Member {
  /** The container's path, `!/`, and the name as the container has it. Never used to open or write anything. */
  path: string;
  content: ByteStream;
}

/** What a reader needs besides the bytes. */
export interface Reading {
  /** The container's path. */
  path: string;
  budget: Budget;
  /** Names what was not read. */
  skip(path: string, reason: string): void;
}

/**
 * A member's path. Names stay as they are, `../` included; what is not UTF-8 or would move a terminal's cursor is
 * percent-encoded, and `\` of archives made on Windows becomes `/`.
 */
export function memberPath(container: string, name: Uint8Array | string): string {
  const text = typeof name === 'string' ? name : decodeName(name);
  return `${container}!/${text.replace(/[\0-\x1f\x7f]/g, percent).replaceAll('\\', '/')}`;
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

function decodeName(name: Uint8Array): string {
  try {
    return utf8.decode(name);
  } catch {
    return Buffer.from(name.buffer, name.byteOffset, name.length)
      .toString('latin1')
      .replace(/[\x80-\xff]/g, percent);
  }
}

function percent(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
}
