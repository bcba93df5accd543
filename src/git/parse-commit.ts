/** Who made a commit or tag, when, and what they said. */
export interface CommitText {
  /** Ids of the parents; of a tag, the object it names. */
  parents: string[];
  author: string;
  email: string;
  /** ISO 8601 with the author's offset. */
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
  const [, author, email, seconds, offset] =
    /^(.*?) ?<(.*)> ?(-?\d+)? ?([+-]\d{4})?$/.exec(decode(Buffer.from(person, 'latin1'))) ?? [];
  return {
    parents: [...valuesOf('parent'), ...valuesOf('object')],
    author: author ?? '',
    email: email ?? '',
    date: formatDate(Number(seconds ?? 0), offset ?? '+0000'),
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

/** The first paragraph on one line, as git prints it. */
function subjectOf(message: string): string {
  return message
    .replace(/^\s+/, '')
    .split(/\n\s*\n/, 1)[0]
    .replace(/\s*\n\s*/g, ' ')
    .trimEnd();
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

/** @param offset as in `+0530` */
function formatDate(seconds: number, offset: string): string {
  const minutes = (Number(offset.slice(1, 3)) * 60 + Number(offset.slice(3))) * (offset[0] === '-' ? -1 : 1);
  const local = new Date((seconds + minutes * 60) * 1000);
  // Dates that Date cannot hold stand in hostile commits.
  if (Number.isNaN(local.getTime())) return new Date(0).toISOString().replace('.000Z', '+00:00');
  return `${local.toISOString().slice(0, -5)}${offset.slice(0, 3)}:${offset.slice(3)}`;
}
