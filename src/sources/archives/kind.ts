export type ArchiveKind =
  | 'zip'
  | 'tar'
  | 'gzip'
  | 'bzip2'
  | 'xz'
  | 'zstd'
  | '7z'
  | 'pdf'
  | 'sqlite'
  | 'class'
  | 'pyc';

/** How much of a file's beginning `detectArchive` wants, in bytes: a tar header tells itself at offset 257. */
export const HEAD_BYTES = 512;

/**
 * What kind of container a file is, by its first bytes; its name counts only where those are weak.
 * Asked for every file of a scan, so it allocates nothing and most files leave at the switch.
 * @param head the first `HEAD_BYTES` of the file, or all of it when it is shorter
 */
export function detectArchive(head: Uint8Array, path: string): ArchiveKind | undefined {
  if (head.length < 6) return undefined;
  switch (head[0]) {
    case 0x50: // PK: a member, an empty archive, or the first part of a spanned one
      if (head[1] !== 0x4b) break;
      if (head[2] === 3 && head[3] === 4) return 'zip';
      if (head[2] === 5 && head[3] === 6) return 'zip';
      if (head[2] === 7 && head[3] === 8) return 'zip';
      break;
    case 0x43: // Cr24: a browser extension is a zip behind a signature
      if (head[1] === 0x72 && head[2] === 0x32 && head[3] === 0x34) return 'zip';
      break;
    case 0x23: // #!: executable jars and Python zip applications are a zip behind a script
      if (head[1] === 0x21 && SCRIPTED_ZIP.test(path)) return 'zip';
      break;
    case 0x1f:
      if (head[1] === 0x8b && head[2] === 8 && (head[3] & 0xe0) === 0) return 'gzip';
      break;
    case 0x42: // BZh1 to BZh9, then pi (a block) or its square root (the end)
      if (head[1] !== 0x5a || head[2] !== 0x68 || head[3] < 0x31 || head[3] > 0x39) break;
      if (head[4] === 0x31 && head[5] === 0x41) return 'bzip2';
      if (head[4] === 0x17 && head[5] === 0x72) return 'bzip2';
      break;
    case 0xfd:
      if (head[1] === 0x37 && head[2] === 0x7a && head[3] === 0x58 && head[4] === 0x5a && head[5] === 0)
        return 'xz';
      break;
    case 0x28:
      if (head[1] === 0xb5 && head[2] === 0x2f && head[3] === 0xfd) return 'zstd';
      break;
    case 0x37:
      if (head[1] === 0x7a && head[2] === 0xbc && head[3] === 0xaf && head[4] === 0x27 && head[5] === 0x1c)
        return '7z';
      break;
    case 0x25: // %PDF-
      if (head[1] === 0x50 && head[2] === 0x44 && head[3] === 0x46 && head[4] === 0x2d) return 'pdf';
      break;
    case 0x53: // SQLite format 3
      if (isSqlite(head)) return 'sqlite';
      break;
    case 0xca: // Fat Mach-O shares the magic; its count of architectures is small, class file versions begin at 45.
      if (head[1] === 0xfe && head[2] === 0xba && head[3] === 0xbe && head.length > 10)
        return head[6] * 256 + head[7] >= 45 ? 'class' : undefined;
      break;
  }
  if (head[1] === 0x2a && head[2] === 0x4d && head[3] === 0x18 && (head[0] & 0xf0) === 0x50) return 'zstd'; // a skippable frame comes first
  if (head[2] === 0x0d && head[3] === 0x0a && COMPILED_PYTHON.test(path)) return 'pyc';
  return isTar(head, path) ? 'tar' : undefined;
}

const SCRIPTED_ZIP = /\.(?:jar|war|pyz|pex|zip)$/i;
const COMPILED_PYTHON = /\.py[co]$/i;

function isSqlite(head: Uint8Array): boolean {
  if (head.length < 100 || head[15] !== 0) return false;
  return head[6] === 0x20 && head[7] === 0x66 && head[13] === 0x20 && head[14] === 0x33;
}

function isTar(head: Uint8Array, path: string): boolean {
  if (head.length < HEAD_BYTES) return false;
  if (
    head[257] === 0x75 &&
    head[258] === 0x73 &&
    head[259] === 0x74 &&
    head[260] === 0x61 &&
    head[261] === 0x72
  )
    return hasTarChecksum(head);
  return path.endsWith('.tar') && head[0] !== 0 && hasTarChecksum(head);
}

/** The header's bytes sum up to the octal number at 148, that field itself counted as spaces. */
export function hasTarChecksum(header: Uint8Array): boolean {
  let sum = 8 * 0x20;
  for (let i = 0; i < 148; i++) sum += header[i];
  for (let i = 156; i < 512; i++) sum += header[i];
  let told = 0;
  for (let i = 148; i < 156; i++) {
    const digit = header[i] - 0x30;
    if (digit >= 0 && digit < 8) told = told * 8 + digit;
    else if (told > 0) break;
  }
  return sum === told;
}
