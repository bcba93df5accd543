import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { detectArchive, HEAD_BYTES } from '../../../src/sources/archives/kind.ts';

const head = (text: string) => {
  const bytes = new Uint8Array(HEAD_BYTES);
  bytes.set(Buffer.from(text, 'latin1'));
  return bytes;
};

describe('what a file is by its first bytes', () => {
  it.each([
    ['a.txt', 'password = 1\n'],
    ['a.pyc', 'text\r\n and more'],
    ['PKGBUILD', 'PKGNAME=x and some more\n'],
    ['a.js', '#!/usr/bin/env node\n'],
    ['fat', '\xca\xfe\xba\xbe\0\0\0\x02\0\0\0\0'],
    ['BZh', 'BZh stands for bzip\n'],
    ['a.tar', 'not a tar at all\n'],
    ['C', 'Cr24'],
    ['empty', ''],
  ])('%s is no archive', (path, text) => {
    if (path === 'C') return expect(detectArchive(Buffer.from(text), path)).toBeUndefined();
    expect(detectArchive(head(text), path)).toBeUndefined();
  });

  it.each([
    ['a.docx', 'PK\x03\x04....', 'zip'],
    ['a.crx', 'Cr24\x03\0\0\0', 'zip'],
    ['app.jar', '#!/bin/bash\n', 'zip'],
    ['a', '\x1f\x8b\x08\0..', 'gzip'],
    ['a', 'BZh91AY&SY', 'bzip2'],
    ['a', '\xfd7zXZ\0', 'xz'],
    ['a', '\x28\xb5\x2f\xfd....', 'zstd'],
    ['a', '\x50\x2a\x4d\x18....', 'zstd'],
    ['a', '7z\xbc\xaf\x27\x1c', '7z'],
    ['a', '%PDF-1.4\n', 'pdf'],
    ['a', 'SQLite format 3\0', 'sqlite'],
    ['X.class', '\xca\xfe\xba\xbe\0\0\0\x41\0\x10\0', 'class'],
    ['m.cpython-311.pyc', '\xa7\x0d\r\n\0\0\0\0', 'pyc'],
  ] as const)('%s that begins with %j is %s', (path, text, kind) => {
    expect(detectArchive(head(text), path)).toBe(kind);
  });

  it('is told for every file, so this repository holds none', () => {
    for (const path of ['package.json', 'LICENSE', 'tsconfig.json'])
      expect(detectArchive(readFileSync(path).subarray(0, HEAD_BYTES), path)).toBeUndefined();
  });
});
