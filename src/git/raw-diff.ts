/** One changed path, as `git diff-index --raw` and `git diff-tree --raw -c` tell it. */
export interface RawChange {
  /** `A`, `M`, `D`, `R`, `T`, `U`: of a merge one letter for each parent. */
  status: string;
  /** Octal, such as `100644`; all zeros when the path is gone. */
  mode: string;
  /** Of the new blob. All zeros when the path is gone or unmerged. */
  id: string;
  /** Of the blob it came from, one for each parent; all zeros where a parent has none. */
  oldModes: string[];
  oldIds: string[];
  /** Bytes of the new path, from the repository's root. */
  path: Uint8Array;
}

/** `git diff-tree --stdin` tells a commit's id before its changes. */
export type RawEntry = { commit: string } | RawChange;

/**
 * Reads the output of `--raw -z --no-abbrev [-c --combined-all-paths]`, cut at each NUL.
 * @see https://git-scm.com/docs/git-diff-tree#_raw_output_format
 */
export class RawDiffParser {
  #header: RawChange | undefined;
  #pathsLeft = 0;

  /** @returns the entry that this field completes */
  push(field: Buffer): RawEntry | undefined {
    if (this.#header) return this.#takePath(field);
    if (field[0] !== COLON) return { commit: field.toString('latin1') };
    this.#header = parseHeader(field.toString('latin1'));
    this.#pathsLeft = pathsOf(this.#header);
    return undefined;
  }

  #takePath(path: Buffer): RawChange | undefined {
    if (--this.#pathsLeft > 0) return undefined;
    const change = { ...this.#header!, path };
    this.#header = undefined;
    return change;
  }
}

/** Whether the id stands for no object. */
export function isNullId(id: string): boolean {
  return /^0+$/.test(id);
}

/** Modes of entries that hold text of their own: files and symbolic links (whose blob is the target's path). */
export function isFileMode(mode: string): boolean {
  return mode.startsWith('100') || mode === '120000';
}

/** The blobs that a change is compared with: of each parent that has one of the same kind (a file that became a link is new as a whole). */
export function oldVersionsOf({ mode, oldModes, oldIds }: RawChange): string[] {
  const kind = kindOf(mode);
  return oldIds.filter((id, i) => !isNullId(id) && isFileMode(oldModes[i]) && kindOf(oldModes[i]) === kind);
}

/** The fields of a whole output. */
export function* splitFields(output: Buffer): Generator<Buffer> {
  for (let from = 0, end = output.indexOf(0); end !== -1; from = end + 1, end = output.indexOf(0, from)) {
    yield output.subarray(from, end);
  }
}

function kindOf(mode: string): string {
  return mode.slice(0, 3);
}

const COLON = 58;

/** A header is one colon a parent, then the modes, then the ids (old ones first), then the status. */
function parseHeader(text: string): RawChange {
  const parents = /^:+/.exec(text)![0].length;
  const words = text.slice(parents).split(' ');
  if (words.length !== 2 * (parents + 1) + 1) throw new Error(`git: not a line of a raw diff: ${text}`);
  return {
    oldModes: words.slice(0, parents),
    mode: words[parents],
    oldIds: words.slice(parents + 1, 2 * parents + 1),
    id: words[2 * parents + 1],
    status: words[2 * parents + 2],
    path: new Uint8Array(),
  };
}

/** A merge names the path in each parent and the new one; a rename the old and the new. */
function pathsOf({ oldIds, status }: RawChange): number {
  if (oldIds.length > 1) return oldIds.length + 1;
  return /^[RC]/.test(status) ? 2 : 1;
}
