import type { Blob } from './blob.ts';
import { COMMIT_MESSAGE } from './message-paths.ts';

/** The line below which `git commit --verbose` shows the diff, which does not become part of the message. */
const SCISSORS = /^.{1,4} -{24} >8 -{24}\r?$/m;

/**
 * The message of the commit that is being made. Comment lines count too: whether git strips them is a setting.
 * @see https://git-scm.com/docs/git-commit#Documentation/git-commit.txt-scissors
 */
export function readCommitMessage(file: Buffer): Blob[] {
  const cut = SCISSORS.exec(file.toString('latin1'))?.index ?? file.length;
  return cut === 0 ? [] : [{ path: COMMIT_MESSAGE, bytes: file.subarray(0, cut) }];
}
