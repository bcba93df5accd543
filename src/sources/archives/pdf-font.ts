import { nameOf, type PdfFile } from './pdf-file.ts';
import { type PdfDict, PdfLexer, PdfOperator, type PdfValue } from './pdf-syntax.ts';

/** How the bytes of a shown string read, and how far they move the pen. */
export interface PdfFont {
  /** Bytes of one character code. */
  codeBytes: number;
  text(code: number): string;
  /** Thousandths of the font's size; undefined when the font does not say. */
  width(code: number): number | undefined;
}

export function readFont(file: PdfFile, dict: PdfDict): PdfFont {
  const isComposite = nameOf(dict.get('Subtype')) === 'Type0';
  const map = new Map<number, string>();
  const cmap = file.content(file.follow(dict.get('ToUnicode')));
  const mappedBytes = cmap === undefined ? undefined : readCMap(cmap, map);
  if (!isComposite) {
    addDifferences(file, dict, map);
    return { codeBytes: 1, text: (code) => map.get(code) ?? winAnsi(code), width: simpleWidths(file, dict) };
  }
  return {
    codeBytes: mappedBytes ?? 2,
    text: (code) => map.get(code) ?? '',
    width: compositeWidths(file, dict),
  };
}

/**
 * A ToUnicode map (ISO 32000-1, 9.10.3): `bfchar` pairs and `bfrange` runs between codes and UTF-16.
 * @returns bytes of a code, if the map says so
 */
function readCMap(cmap: Uint8Array, map: Map<number, string>): number | undefined {
  const lexer = new PdfLexer(cmap);
  let operands: PdfValue[] = [];
  let codeBytes: number | undefined;
  for (let value = lexer.next(); value !== undefined; value = lexer.next()) {
    if (!(value instanceof PdfOperator)) {
      operands.push(value);
      continue;
    }
    if (value.word === 'endcodespacerange' && operands[0] instanceof Uint8Array)
      codeBytes ??= operands[0].length;
    if (value.word === 'endbfchar') {
      for (let i = 0; i + 1 < operands.length; i += 2) {
        const [code, text] = [operands[i], operands[i + 1]];
        if (code instanceof Uint8Array && text instanceof Uint8Array) map.set(codeOf(code), utf16(text));
      }
    }
    if (value.word === 'endbfrange')
      for (let i = 0; i + 2 < operands.length; i += 3)
        addRange(map, operands[i], operands[i + 1], operands[i + 2]);
    operands = [];
  }
  return codeBytes || undefined;
}

function addRange(map: Map<number, string>, low: PdfValue, high: PdfValue, target: PdfValue): void {
  if (!(low instanceof Uint8Array) || !(high instanceof Uint8Array)) return;
  const start = codeOf(low);
  const count = Math.min(codeOf(high) - start + 1, 65_536);
  if (Array.isArray(target)) {
    for (const [i, text] of target.slice(0, count).entries())
      if (text instanceof Uint8Array) map.set(start + i, utf16(text));
  } else if (target instanceof Uint8Array) {
    const text = utf16(target);
    const last = text.charCodeAt(text.length - 1);
    for (let i = 0; i < count; i++) map.set(start + i, text.slice(0, -1) + String.fromCharCode(last + i));
  }
}

function addDifferences(file: PdfFile, dict: PdfDict, map: Map<number, string>): void {
  const differences = file.resolve(file.dict(dict.get('Encoding'))?.get('Differences'));
  if (!Array.isArray(differences)) return;
  let code = 0;
  for (const item of differences) {
    if (typeof item === 'number') code = item;
    else {
      const text = glyphText(nameOf(item) ?? '');
      if (text !== undefined && !map.has(code)) map.set(code, text);
      code++;
    }
  }
}

/** Names of the ASCII characters that are not their own name (Adobe Glyph List). */
const GLYPHS = new Map(
  (
    'space exclam quotedbl numbersign dollar percent ampersand quotesingle parenleft parenright asterisk plus comma hyphen ' +
    'period slash zero one two three four five six seven eight nine colon semicolon less equal greater question at'
  )
    .split(' ')
    .map((name, i) => [name, String.fromCharCode(0x20 + i)]),
);
for (const [name, text] of [
  ['bracketleft', '['],
  ['backslash', '\\'],
  ['bracketright', ']'],
  ['asciicircum', '^'],
  ['underscore', '_'],
  ['grave', '`'],
  ['braceleft', '{'],
  ['bar', '|'],
  ['braceright', '}'],
  ['asciitilde', '~'],
  ['fi', 'fi'],
  ['fl', 'fl'],
  ['ff', 'ff'],
  ['ffi', 'ffi'],
  ['ffl', 'ffl'],
])
  GLYPHS.set(name, text);

function glyphText(name: string): string | undefined {
  if (name.length === 1) return name;
  const unicode = /^uni([0-9A-F]{4})$/.exec(name);
  return unicode ? String.fromCharCode(Number.parseInt(unicode[1], 16)) : GLYPHS.get(name);
}

function simpleWidths(file: PdfFile, dict: PdfDict): PdfFont['width'] {
  const widths = file.resolve(dict.get('Widths'));
  const first = file.resolve(dict.get('FirstChar'));
  if (!Array.isArray(widths) || typeof first !== 'number') return () => undefined;
  return (code) => numberOr(file.resolve(widths[code - first]), 0);
}

/** `W` lists `first [w w w]` and `first last w` (9.7.4.3). */
function compositeWidths(file: PdfFile, dict: PdfDict): PdfFont['width'] {
  const descendants = file.resolve(dict.get('DescendantFonts'));
  const font = file.dict(Array.isArray(descendants) ? descendants[0] : undefined);
  const list = file.resolve(font?.get('W'));
  const fallback = numberOr(file.resolve(font?.get('DW')), 1000);
  const widths = new Map<number, number>();
  for (let i = 0; Array.isArray(list) && i + 1 < list.length; ) {
    const first = numberOr(list[i], 0);
    const next = file.resolve(list[i + 1]);
    if (Array.isArray(next)) {
      for (const [k, width] of next.entries()) widths.set(first + k, numberOr(width, fallback));
      i += 2;
    } else {
      const last = Math.min(numberOr(next, 0), first + 65_535);
      for (let code = first; code <= last; code++) widths.set(code, numberOr(list[i + 2], fallback));
      i += 3;
    }
  }
  return (code) => widths.get(code) ?? fallback;
}

function numberOr(value: PdfValue | undefined, fallback: number): number {
  return typeof value === 'number' ? value : fallback;
}

function codeOf(bytes: Uint8Array): number {
  let code = 0;
  for (const byte of bytes) code = code * 256 + byte;
  return code;
}

export function utf16(bytes: Uint8Array): string {
  return Buffer.from(bytes.subarray(0, bytes.length & ~1))
    .swap16()
    .toString('utf16le');
}

const windows1252 = new TextDecoder('windows-1252');

function winAnsi(code: number): string {
  return windows1252.decode(Uint8Array.of(code));
}
