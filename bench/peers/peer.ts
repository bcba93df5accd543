/**
 * How a scanner, or a command that sets a floor, is asked for what is compared. Every function gives arguments, with
 * the fastest flags that its documentation names: report to the file `out`, no validation, no update check.
 */
export interface Peer {
  name: string;
  /** Looked up on PATH, unless it is a path. */
  executable: string;
  /** What the executable runs, for one that is an interpreter. */
  script?: string;
  /** Exit codes that mean success: 0, and what it returns for findings. */
  codes: readonly number[];
  /** Whether it only sets a floor: it looks for one pattern, or for nothing. */
  floor?: true;
  version?: readonly string[];
  tree?(path: string, out: string): string[];
  /** One file, where that is asked for in another way than a tree. */
  file?(path: string, out: string): string[];
  /** A repository's whole history; the repository may be bare. */
  history?(repository: string, out: string): string[];
  /** What is staged in the current folder's repository; hooks that take names get those of the changed files. */
  staged?(files: readonly string[], out: string): string[];
}
