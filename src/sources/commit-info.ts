import type { CommitText } from '../git/parse-commit.ts';
import type { CommitInfo } from './blob.ts';

/** What reports tell of a commit or tag. */
export function infoOf(id: string, { author, email, date, subject }: CommitText): CommitInfo {
  return { id, author, email, date, subject };
}
