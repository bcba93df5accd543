import type { Skipped } from '../../model/report.ts';
import type { Blob } from '../blob.ts';
import { bunzip2 } from './bzip2.ts';
import { readClassFile } from './class-file.ts';
import { gunzip } from './deflate.ts';
import { type Input, inputOf, openFile, piecesOf } from './input.ts';
import { type ArchiveKind, detectArchive, HEAD_BYTES } from './kind.ts';
import { ARCHIVE_LIMITS, type ArchiveLimits, Budget, damageOf, OverBudget } from './limits.ts';
import { type Member, memberPath, type Reading } from './member.ts';
import { isCutXml, isOfficeText, officeText } from './office.ts';
import { readPdf } from './pdf.ts';
import { readPyc } from './pyc.ts';
import { readSevenZip } from './seven-zip.ts';
import { readSqlite } from './sqlite.ts';
import { ByteStream } from './stream.ts';
import { readTar } from './tar.ts';
import { unxz } from './xz.ts';
import { readZip } from './zip.ts';
import { unzstd } from './zstd.ts';

/** An archive too large to be read whole: `path` for reports, `file` to open. */
export interface ArchiveFile {
  path: string;
  pathBytes?: string;
  file: string | Buffer;
}

/** What an archive holds under a path. */
export interface ArchiveMember extends Pick<Blob, 'path' | 'pathBytes'> {
  /** Its content, to be read before the next member is asked for. */
  pieces: Iterable<Uint8Array>;
  /** Known when the content was read: it grew out of proportion, and what it gave is not worth keeping. */
  isBomb(): boolean;
}

/**
 * The members of an archive and of the archives in it, as `outer.zip!/inner/file`; a container with one content, such
 * as `app.log.gz`, gives `app.log.gz!/app.log`, and a compressed tar its members without a step between.
 * Nothing is written to disk and nothing is thrown for what the bytes hold: whatever was not read is named in `skipped`,
 * and an archive that turns out damaged is given as it is too. Members come piece by piece, whatever their size; only
 * archives in archives are held, one for each depth, none larger than `limits.heldBytes`.
 * @param archive what `detectArchive` gave a kind for
 */
export function* expandArchive(
  archive: Pick<Blob, 'path' | 'pathBytes' | 'bytes'> | ArchiveFile,
  skipped: Skipped[],
  limits: ArchiveLimits = ARCHIVE_LIMITS,
): Generator<ArchiveMember> {
  let input: Input;
  try {
    input = 'file' in archive ? openFile(archive.file) : inputOf(archive.bytes);
  } catch (error) {
    skipped.push({ path: archive.path, reason: `cannot be opened: ${(error as Error).message}` });
    return;
  }
  const walk = new Walk(new Budget(limits, input.size), skipped);
  try {
    const kind = detectArchive(input.read(0, HEAD_BYTES), archive.path);
    if (kind === undefined) return;
    let over: OverBudget | undefined;
    for (const { path, content } of walk.container(kind, input, archive.path, 1)) {
      const pieces = piecesUntil(content, (error) => (over = error));
      yield { ...pathOf(archive, path), pieces, isBomb: () => content.isBomb };
      if (over !== undefined) throw over;
    }
  } catch (error) {
    if (!(error instanceof OverBudget)) throw error;
    skipped.push({ path: archive.path, reason: error.message });
  } finally {
    if (walk.unnamed > 0)
      skipped.push({ path: archive.path, reason: `${walk.unnamed} more of its members were not read` });
    input.close();
  }
}

/** The content for the caller; that the allowance is used up is not its affair. */
function* piecesUntil(content: ByteStream, onEnd: (error: OverBudget) => void): Generator<Uint8Array> {
  try {
    yield* content.pieces(Number.POSITIVE_INFINITY);
  } catch (error) {
    if (!(error instanceof OverBudget)) throw error;
    onEnd(error);
  }
}

function pathOf(
  archive: Pick<Blob, 'path' | 'pathBytes'>,
  path: string,
): Pick<ArchiveMember, 'path' | 'pathBytes'> {
  if (archive.pathBytes === undefined) return { path };
  const inner = Buffer.from(path.slice(archive.path.length));
  return {
    path,
    pathBytes: Buffer.concat([Buffer.from(archive.pathBytes, 'base64'), inner]).toString('base64'),
  };
}

/** Kinds read from front to back, so that their size does not matter. */
const DECOMPRESSORS: Partial<Record<ArchiveKind, (packed: ByteStream) => Generator<Uint8Array>>> = {
  gzip: gunzip,
  bzip2: bunzip2,
  xz: unxz,
  zstd: unzstd,
};

/** Kinds that need to be read here and there. */
const READERS: Partial<Record<ArchiveKind, (input: Input, reading: Reading) => Generator<Member>>> = {
  zip: readZip,
  '7z': readSevenZip,
  pdf: readPdf,
  sqlite: readSqlite,
  class: readClassFile,
  pyc: readPyc,
};

/** Bytes: the text of a document is taken from its XML at once, which takes several times its size. */
const MAX_OFFICE_TEXT = 32 * 2 ** 20;

/** So many members of one outermost archive are named when they are left out; a report of 200,000 lines helps nobody. */
const NAMED = 1000;

/** One outermost archive and all below it. */
class Walk {
  /** Members left out that are only counted. */
  unnamed = 0;
  readonly #budget: Budget;
  readonly #skipped: Skipped[];
  #named = 0;

  constructor(budget: Budget, skipped: Skipped[]) {
    this.#budget = budget;
    this.#skipped = skipped;
  }

  *container(kind: ArchiveKind, input: Input, path: string, depth: number): Generator<Member> {
    const read = READERS[kind];
    if (read === undefined) {
      yield* this.#stream(kind, new ByteStream(piecesOf(input)), path, depth);
      return;
    }
    const before = this.#skipped.length;
    try {
      for (const member of read(input, this.#reading(path))) yield* this.#member(member, depth + 1);
    } catch (error) {
      this.#skip(path, damageOf(error).message);
    }
    const isDamaged = this.#skipped.slice(before).some((entry) => entry.path === path);
    if (isDamaged) yield { path, content: new ByteStream(piecesOf(input)) };
  }

  /** @param depth that of the container's own members less one: 1 for the outermost */
  *#stream(kind: ArchiveKind, packed: ByteStream, path: string, depth: number): Generator<Member> {
    const decompress = DECOMPRESSORS[kind];
    if (decompress === undefined) {
      for (const member of readTar(packed, this.#reading(path))) yield* this.#member(member, depth + 1);
    } else {
      const content = new ByteStream(this.#budget.meter(decompress(packed), packed));
      if (detectArchive(content.peek(HEAD_BYTES), 'content.tar') === 'tar') {
        yield* this.#stream('tar', content, path, depth);
      } else {
        this.#budget.countEntry();
        yield* this.#member({ path: memberPath(path, innerName(path)), content }, depth + 1, path);
      }
      if (content.problem !== undefined) this.#skip(path, content.problem);
      content.close();
    }
    if (packed.problem !== undefined && decompress === undefined) this.#skip(path, packed.problem);
  }

  *#member(member: Member, depth: number, owner?: string): Generator<Member> {
    const { path, content } = member;
    const kind = detectArchive(content.peek(HEAD_BYTES), path);
    if (kind !== undefined && depth > this.#budget.limits.depth) {
      this.#skip(path, `an archive more than ${this.#budget.limits.depth} archives deep`);
    } else if (kind !== undefined && READERS[kind] === undefined) {
      yield* this.#stream(kind, content, path, depth);
    } else if (kind !== undefined || isOfficeText(path)) {
      const { heldBytes } = this.#budget.limits;
      const bytes = content.rest(kind === undefined ? Math.min(heldBytes, MAX_OFFICE_TEXT) : heldBytes);
      if (bytes === undefined) this.#skip(path, this.#budget.tooLarge());
      else if (kind !== undefined) yield* this.container(kind, inputOf(bytes), path, depth);
      else if (!content.isBomb) {
        yield { path, content: new ByteStream([officeText(bytes)]) };
        if (content.problem === undefined && isCutXml(bytes)) this.#skip(path, 'damaged: its XML is cut off');
      }
    } else if (content.peek(1).length > 0) {
      yield member;
    }
    if (content.problem !== undefined && owner === undefined) this.#skip(path, content.problem);
    content.close();
  }

  #reading(path: string): Reading {
    return { path, budget: this.#budget, skip: (at, reason) => this.#skip(at, reason) };
  }

  #skip(path: string, reason: string): void {
    const last = this.#skipped.at(-1);
    if (last?.path === path && last.reason === reason) return;
    if (++this.#named > NAMED) {
      this.unnamed++;
      return;
    }
    this.#skipped.push({ path, reason });
  }
}

/** `logs/app.log.gz` holds `app.log`; a name without a known ending is kept. */
function innerName(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return name.replace(/\.(?:gz|bz2|xz|zst|z)$/i, '') || name;
}
