import { bunzip2 } from './bzip2.ts';
import { inflateRaw } from './deflate.ts';
import { type Input, piecesOf } from './input.ts';
import { Damaged } from './limits.ts';
import { unlzma, unlzma2 } from './lzma-stream.ts';
import { type Member, memberPath, type Reading } from './member.ts';
import { type Coder, type Folder, parseHeader, type SevenZipHeader } from './seven-zip-header.ts';
import { ByteStream } from './stream.ts';
import { dictionarySize } from './xz.ts';

/** A header larger than this, in bytes, is refused: it would name millions of files. */
const MAX_HEADER = 64 * 2 ** 20;

/** 7z (7zFormat.txt of the LZMA SDK): LZMA, LZMA2, deflate, bzip2 and stored, with delta and branch filters. */
export function* readSevenZip(input: Input, reading: Reading): Generator<Member> {
  const { folders, names } = readHeader(input, reading);
  let index = 0;
  for (const folder of folders) {
    const paths = folder.files.map((_, i) => memberPath(reading.path, names[index + i] ?? `${index + i}`));
    index += folder.files.length;
    const refused = refuse(folder);
    if (refused !== undefined) {
      for (const path of paths) reading.skip(path, refused);
      continue;
    }
    yield* readFolder(folder, paths, input, reading);
  }
}

function* readFolder(folder: Folder, paths: string[], input: Input, reading: Reading): Generator<Member> {
  const content = unpack(folder, input, reading);
  let end = 0;
  for (const [i, size] of folder.files.entries()) {
    reading.budget.countEntry();
    end += size;
    const refused = reading.budget.refuse(size, input.size);
    if (refused !== undefined) {
      // What follows it in the folder can only be had by unpacking it: none of that is.
      for (const path of paths.slice(i)) reading.skip(path, refused);
      break;
    }
    yield { path: paths[i], content: content.until(end) };
    if (!content.skipTo(end)) reading.skip(paths[i], content.problem ?? 'truncated');
  }
  content.close();
}

function readHeader(input: Input, reading: Reading): SevenZipHeader {
  const start = Buffer.from(input.read(0, 32));
  if (start.length < 32) throw new Damaged('truncated');
  const offset = Number(start.readBigUInt64LE(12));
  const size = Number(start.readBigUInt64LE(20));
  if (size === 0) return { folders: [], names: [] };
  if (32 + offset + size > input.size) throw new Damaged('truncated: the 7z has lost its header');
  if (size > MAX_HEADER) throw new Damaged('damaged: a 7z header of more than 64 MB');
  let header = parseHeader(input.read(32 + offset, size));
  for (let depth = 0; 'encoded' in header; depth++) {
    const refused = depth > 3 ? 'damaged: 7z headers without end' : refuse(header.encoded);
    if (refused !== undefined) throw new Damaged(refused === 'encrypted' ? 'encrypted, names too' : refused);
    const bytes = unpack(header.encoded, input, reading).rest(MAX_HEADER);
    if (bytes === undefined) throw new Damaged('damaged: a 7z header of more than 64 MB');
    header = parseHeader(bytes);
  }
  return header;
}

function refuse(folder: Folder): string | undefined {
  for (const { method } of folder.coders) {
    if (method === '06f10701') return 'encrypted';
    if (!(method in DECODERS)) return `packed by the 7z method ${method}, which is not supported`;
  }
  return undefined;
}

function unpack(folder: Folder, input: Input, reading: Reading): ByteStream {
  const packed = new ByteStream(piecesOf(input, folder.start, folder.start + folder.packed));
  let stream = packed;
  for (const [i, coder] of folder.coders.entries()) {
    const made = passDamage(stream, DECODERS[coder.method](stream, coder, folder.sizes[i]));
    stream = new ByteStream(reading.budget.meter(made, packed));
  }
  return stream;
}

/** What ended the step before ends this one too. */
function* passDamage(before: ByteStream, made: Generator<Uint8Array>): Generator<Uint8Array> {
  yield* made;
  if (before.problem !== undefined) throw new Damaged(before.problem);
}

type Decoder = (packed: ByteStream, coder: Coder, size: number) => Generator<Uint8Array>;

/** Branch filters turn the targets of calls in machine code from relative to absolute; text they leave alone. */
const leave: Decoder = (packed) => packed.pieces(65_536);

/** Methods.txt of the LZMA SDK. */
const DECODERS: Record<string, Decoder> = {
  '00': leave,
  '03': delta,
  '21': (packed, coder) => unlzma2(packed, dictionarySize(coder.properties[0] ?? 255)),
  '030101': (packed, coder, size) => unlzma(packed, coder.properties, size, 2 ** 28),
  '03030103': leave,
  '04': leave,
  '0a': leave,
  '040108': (packed) => inflateRaw(packed),
  '040202': (packed) => bunzip2(packed),
};

function* delta(packed: ByteStream, coder: Coder): Generator<Uint8Array> {
  const distance = (coder.properties[0] ?? 0) + 1;
  const past = new Uint8Array(distance);
  let at = 0;
  for (const piece of packed.pieces(65_536)) {
    const bytes = piece.slice();
    for (let i = 0; i < bytes.length; i++) {
      past[at] = bytes[i] = bytes[i] + past[at];
      at = (at + 1) % distance;
    }
    yield bytes;
  }
}
