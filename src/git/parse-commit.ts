/** Who made a commit or tag, when, and what they said. */
export interface CommitText {
  /** Ids of the parents; of a tag, the object it names. */
  parents: string[];
  author: string;
  email: string;
  /** ISO 8601 with the author's offset; empty when it is missing or beyond the year 9999. */
  date: string;
  subject: string;
  /** The message as its bytes stand in the object. */
  message: Buffer;
  /** Messages of signed tags that a merge keeps in its header, where `git log` does not show them. */
  mergedTags: Buffer[];
}

/**
 * Reads a commit or an annotated tag as git stores it, so that no setting (mailmap, log encoding) and no NUL in the
 * message can hide a part of it, as they can in the output of `git log`.
 * @see https://git-scm.com/docs/git-commit-tree, https://git-scm.com/docs/git-mktag
 */
export function parseCommit(content: Buffer): CommitText {
  const blank = content.indexOf('\n\n');
  const headerEnd = blank === -1 ? content.length : blank;
  const message = content.subarray(Math.min(content.length, headerEnd + 2));
  const header = content.toString('latin1', 0, headerEnd).split('\n');
  const valuesOf = (key: string) =>
    header.filter((line) => line.startsWith(`${key} `)).map((line) => line.slice(key.length + 1));
  const decode = decoderFor(valuesOf('encoding')[0]);
  const person = valuesOf('author')[0] ?? valuesOf('tagger')[0] ?? '';
  const [, author, email] = /^(.*?) ?<([^>]*)>/.exec(decode(Buffer.from(person, 'latin1'))) ?? [];
  const [, seconds, zone] = /> *(-?\d+) ([+-]\d+)\s*$/.exec(person) ?? [];
  return {
    parents: [...valuesOf('parent'), ...valuesOf('object')],
    author: author ?? '',
    email: email ?? '',
    date: seconds === undefined ? '' : formatDate(Number(seconds), zone),
    subject: subjectOf(decode(message)),
    message,
    mergedTags: readMergedTags(header),
  };
}

/** A tag object stands after `mergetag`, its further lines with a space before each. */
function readMergedTags(header: string[]): Buffer[] {
  const messages: Buffer[] = [];
  for (const [i, line] of header.entries()) {
    if (!line.startsWith('mergetag ')) continue;
    const after = header.slice(i + 1);
    const length = after.findIndex((other) => !other.startsWith(' '));
    const rest = (length === -1 ? after : after.slice(0, length)).map((other) => other.slice(1));
    messages.push(Buffer.from(rest.slice(rest.indexOf('') + 1).join('\n'), 'latin1'));
  }
  return messages;
}

/** The first paragraph on one line, as `%s` of git prints it: only what stands at the ends of lines is trimmed. */
function subjectOf(message: string): string {
  const lines = message.split('\n').map((line) => line.replace(/[ \t\r]+$/, ''));
  const start = lines.findIndex((line) => line !== '');
  if (start < 0) return '';
  const end = lines.indexOf('', start);
  return lines.slice(start, end < 0 ? undefined : end).join(' ');
}

function decoderFor(encoding: string | undefined): (bytes: Buffer) => string {
  try {
    const decoder = new TextDecoder(encoding ?? 'utf-8', { ignoreBOM: true });
    return (bytes) => decoder.decode(bytes);
  } catch {
    // An encoding that this runtime does not know.
    return (bytes) => bytes.toString('latin1');
  }
}

/** @param seconds since 1970, negative ones too @param zone as git writes it: `+0530`, or nonsense of old tools such as `+051800` */
function formatDate(seconds: number, zone: string): string {
  const size = Number(zone.slice(1, -2) || 0) * 60 + Number(zone.slice(-2));
  const minutes = zone.startsWith('-') ? -size : size;
  const local = new Date((seconds + minutes * 60) * 1000);
  const year = local.getUTCFullYear();
  if (!(year >= 0 && year <= 9999)) return '';
  const two = (value: number) => String(value).padStart(2, '0');
  return `${local.toISOString().slice(0, 19)}${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}
