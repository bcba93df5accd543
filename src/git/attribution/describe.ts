/** Who made a commit or tag, when, and what its message begins with. */
export interface CommitFacts {
  /** Object id, in hex. */
  id: string;
  author: string;
  email: string;
  /** ISO 8601 with the author's offset. */
  date: string;
  /** The first paragraph of the message, on one line, as `%s` of git. */
  subject: string;
}

/** Reads a commit or tag object. What is missing or malformed in it is left empty. */
export function describeCommit(id: string, bytes: Uint8Array): CommitFacts {
  const latin1 = Buffer.from(bytes).toString('latin1');
  const gap = latin1.indexOf('\n\n');
  const head = gap < 0 ? latin1 : latin1.slice(0, gap);
  const encoding = /^encoding (.+)$/m.exec(head)?.[1] ?? 'utf-8';
  const decode = (text: string) => decodeText(Buffer.from(text, 'latin1'), encoding);
  const who = /^(?:author|tagger) (.*)$/m.exec(head)?.[1] ?? '';
  const [, name = '', email = '', time = '', zone = ''] =
    /^(.*?) ?<([^>]*)>.*?(?: (\d+) ([+-]\d+))?$/.exec(who) ?? [];
  const body = gap < 0 ? '' : latin1.slice(gap + 2).replace(/^\s*\n/, '');
  const paragraph = body.split(/\n[ \t]*\n/, 1)[0];
  return {
    id,
    author: decode(name),
    email: decode(email),
    date: time ? formatDate(Number(time), zone) : '',
    subject: decode(
      paragraph
        .trim()
        .split(/\s*\n\s*/)
        .join(' '),
    ),
  };
}

/** @param seconds since 1970 @param zone as git writes it: `+0530` */
function formatDate(seconds: number, zone: string): string {
  const minutes =
    (zone.startsWith('-') ? -1 : 1) * (Number(zone.slice(1, -2) || 0) * 60 + Number(zone.slice(-2)));
  const local = new Date((seconds + minutes * 60) * 1000);
  if (Number.isNaN(local.getTime()) || local.getUTCFullYear() > 9999) return '';
  const two = (value: number) => String(value).padStart(2, '0');
  const offset = Math.abs(minutes);
  return `${local.toISOString().slice(0, 19)}${minutes < 0 ? '-' : '+'}${two(Math.floor(offset / 60))}:${two(offset % 60)}`;
}

function decodeText(bytes: Uint8Array, encoding: string): string {
  try {
    return new TextDecoder(encoding).decode(bytes);
  } catch {
    return new TextDecoder().decode(bytes);
  }
}
