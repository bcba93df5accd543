/** Bytes with an identity, as a source gives them to the engine. */
export interface Blob {
  /** `/`-separated, for reports; archive members read `outer.zip!/inner/file`. */
  path: string;
  /** Base64 of the path's bytes when they are not UTF-8. */
  pathBytes?: string;
  bytes: Uint8Array;
  /** Git object id, in hex. */
  id?: string;
  /** Half-open byte ranges that are new, in order. A match counts when it, or a part of its pair, touches one; the rest of the blob is context. Absent: all of it is new. */
  changed?: [start: number, end: number][];
  /** The versions that `changed` was told from, for what is compared otherwise: archives. */
  previous?: readonly Uint8Array[];
  /** The commit that brought it, where the source knows. */
  commit?: CommitInfo;
}

export interface CommitInfo {
  id: string;
  author: string;
  email: string;
  /** ISO 8601 with the author's offset. */
  date: string;
  subject: string;
}
