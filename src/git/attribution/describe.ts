import { type CommitText, parseCommit } from '../parse-commit.ts';

/** Who made a commit or tag, when, and what its message begins with. */
export interface CommitFacts extends Pick<CommitText, 'author' | 'email' | 'date' | 'subject'> {
  /** Object id, in hex. */
  id: string;
}

/** Reads a commit or tag object. What is missing or malformed in it is left empty. */
export function describeCommit(id: string, bytes: Uint8Array): CommitFacts {
  const { author, email, date, subject } = parseCommit(
    Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
  );
  return { id, author, email, date, subject };
}
