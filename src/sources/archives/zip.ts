import { crc32 } from 'node:zlib';
import { bunzip2 } from './bzip2.ts';
import { inflateRaw } from './deflate.ts';
import { type Input, piecesOf } from './input.ts';
import { Damaged, damageOf } from './limits.ts';
import { unlzmaZip } from './lzma-stream.ts';
import type { Member, Reading } from './member.ts';
import { memberPath } from './member.ts';
import { ByteStream } from './stream.ts';
import { unxz } from './xz.ts';
import { packedBytes, type ZipEntry, zipEntries, zipRemains } from './zip-directory.ts';
import { unzstd } from './zstd.ts';

/** Zip and what is built on it: jar, war, whl, apk, nupkg, crx, docx, xlsx, pptx, odt. */
export function* readZip(input: Input, reading: Reading): Generator<Member> {
  try {
    yield* members(zipEntries(input), input, reading);
  } catch (error) {
    reading.skip(reading.path, damageOf(error).message);
    yield* members(zipRemains(input), input, reading);
  }
}

function* members(entries: Iterable<ZipEntry>, input: Input, reading: Reading): Generator<Member> {
  for (const entry of entries) {
    if (entry.name.length === 0 || entry.name[entry.name.length - 1] === 0x2f) continue; // a folder
    const path = memberPath(reading.path, entry.name);
    reading.budget.countEntry();
    const refused = refuse(entry, input, reading);
    if (refused === undefined) yield { path, content: new ByteStream(unpack(entry, input, reading)) };
    else reading.skip(path, refused);
  }
}

function refuse(entry: ZipEntry, input: Input, reading: Reading): string | undefined {
  if (entry.flags & 1) return 'encrypted';
  if (!(entry.method in DECODERS)) return `compressed by zip method ${entry.method}, which is not supported`;
  return reading.budget.refuse(entry.size ?? 0, entry.packed ?? input.size);
}

function* unpack(entry: ZipEntry, input: Input, reading: Reading): Generator<Uint8Array> {
  const source = packedBytes(input, entry);
  const packed = new ByteStream(piecesOf(source));
  let crc = 0;
  let size = 0;
  for (const chunk of reading.budget.meter(DECODERS[entry.method](packed, entry), packed)) {
    crc = crc32(chunk, crc);
    size += chunk.length;
    yield chunk;
  }
  if (entry.packed !== undefined && source.size < entry.packed) throw new Damaged('truncated');
  if (entry.crc === undefined) return;
  if (entry.size !== undefined && size < entry.size) throw new Damaged('truncated');
  if (crc !== entry.crc) throw new Damaged('damaged: the checksum does not fit');
}

/** APPNOTE 6.3.10, section 4.4.5. */
const DECODERS: Record<number, (packed: ByteStream, entry: ZipEntry) => Generator<Uint8Array>> = {
  0: (packed) => packed.pieces(65_536),
  8: (packed) => inflateRaw(packed),
  12: (packed) => bunzip2(packed),
  14: (packed, entry) => unlzmaZip(packed, entry.size),
  93: (packed) => unzstd(packed),
  95: (packed) => unxz(packed),
};
